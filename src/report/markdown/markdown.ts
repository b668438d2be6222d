// A plan as Markdown, for a comment on a pull request or the summary of a job: the sentence that sums up, what refuses the plan,
// the impact on running tunnels, the changes of each tunnel, a drawing, and the commands.

import type { Graph } from '../../model/routing/topology.ts';
import { type Allowed, refusals } from '../../plan/allow.ts';
import type { Comparison } from '../../plan/compare.ts';
import { isEmpty, type Plan } from '../../plan/types/plan.ts';
import { plural } from '../../plural.ts';
import { commitLines, fileLines } from '../commands.ts';
import { visible } from '../visible.ts';
import { changeSections } from './changes.ts';
import { comparisonSections } from './comparison.ts';
import { findingSections } from './findings.ts';
import { fitted, type Section } from './fit.ts';
import { code, details, fence, prose } from './prose.ts';
import { topologySections } from './topology.ts';

export interface MarkdownOptions {
  readonly allowed: Allowed;
  /** The tunnels before and after; undefined when the whole configuration isn't known. */
  readonly graph?: Graph;
  /** A unified diff of the configuration. */
  readonly diff?: string;
  /** Bytes. */
  readonly maxLength: number;
  /** Where all of it is, for what has to be left out. */
  readonly artifact: string;
  /** With the plan that was reviewed, and its file. */
  readonly comparison?: Comparison | undefined;
  readonly reviewed?: string | undefined;
  /** What the plan was made for: `the snapshot of …`. */
  readonly origin?: string;
}

/** Ends with a line break. The last line is a comment by which a program finds it again, to replace it. */
export function renderMarkdown(plan: Plan, options: MarkdownOptions): string {
  const { graph, maxLength, artifact } = options;
  const sections: Section[] = [
    { rank: 9, text: [headline(plan, options.allowed), facts(plan, options)].join('\n\n') },
    ...comparisonSections(options.comparison, options.reviewed ?? 'the reviewed plan'),
    ...findingSections(plan, options.allowed),
    ...impactSections(plan),
    ...(graph === undefined ? [] : topologySections(graph)),
    ...changeSections(plan),
    ...diffSections(options.diff),
    ...commandSections(plan),
    { rank: 9, text: marker(plan) },
  ];
  return fitted(sections, maxLength, names => leftOut(names, maxLength, artifact));
}

function headline(plan: Plan, allowed: Allowed): string {
  const { create, update, delete: deleted, keep } = plan.summary;
  const kept = keep === 0 ? '' : `, ${keep} kept`;
  const what = isEmpty(plan)
    ? 'nothing to do'
    : `${create} to create, ${update} to change, ${deleted} to delete${kept}`;
  const isRefused = refusals(plan.diagnostics, allowed).length > 0;
  return `### ${isRefused ? '⛔ Refused: ' : ''}edgewg plan for ${code(plan.router)}: ${what}`;
}

function facts(plan: Plan, { allowed, origin }: MarkdownOptions): string {
  const open = plan.diagnostics.filter(({ silenced }) => silenced === undefined);
  const count = (severity: string): number => open.filter(one => one.severity === severity).length;
  const errors = count('error');
  const lifted = errors - refusals(plan.diagnostics, allowed).length;
  const parts = [
    `${plural(plan.summary.commands, 'command')} in ${plural(plan.commits.length, 'commit')}`,
    errors === 0 ? '' : `**${plural(errors, 'error')}**${lifted === 0 ? '' : ` (${lifted} lifted)`}`,
    count('warning') === 0 ? '' : plural(count('warning'), 'warning'),
    count('note') === 0 ? '' : plural(count('note'), 'note'),
    origin === undefined ? '' : `made for ${prose(origin)}`,
  ];
  return parts.filter(part => part !== '').join(' · ');
}

const lights = { new: '🟢', keeps: '🟢', peer: '🟡', handshakes: '🟡', flaps: '🔴', gone: '🔴' } as const;

function impactSections({ impacts = [] }: Plan): Section[] {
  if (impacts.length === 0) return [];
  const told = new Map<string, string[]>();
  for (const { tunnel, effect, text } of impacts) {
    const words = `${lights[effect]} @: ${prose(text)}`;
    told.set(words, [...(told.get(words) ?? []), code(tunnel)]);
  }
  const lines = [...told].map(([words, tunnels]) => `- ${words.replace('@', () => tunnels.join(', '))}`);
  return [
    {
      name: 'the impact on running tunnels',
      rank: 6,
      text: ['**Impact on running tunnels**', '', ...lines].join('\n'),
    },
  ];
}

function diffSections(diff: string | undefined): Section[] {
  if (diff === undefined || diff === '') return [];
  const text = details('Configuration before and after', fence('diff', diff.trimEnd().split('\n')));
  return [{ name: 'the configuration before and after', rank: 2, text }];
}

/** Both ways, and what has to be done with key files first. */
function commandSections(plan: Plan): Section[] {
  if (isEmpty(plan)) return [];
  const block = (isInverse: boolean, keys: readonly string[]): string =>
    fence('sh', [
      ...keys,
      ...commitLines(plan, isInverse).flatMap((lines, i) => (i === 0 ? lines : ['# commit', ...lines])),
    ]);
  const keys = fileLines(plan);
  return [
    {
      name: 'the commands',
      rank: 1,
      text: details(`Commands (${plan.summary.commands})`, block(false, keys)),
    },
    { name: 'the commands that undo it', rank: 0, text: details('Commands that undo it', block(true, [])) },
  ];
}

function leftOut(names: readonly string[], most: number, artifact: string): string {
  const shown = names.length > 8 ? [...names.slice(0, 8), `${names.length - 8} more parts`] : names;
  return [
    '> [!IMPORTANT]',
    `> Cut to ${most} bytes. Left out: ${shown.map(prose).join(', ')}. All of it is in ${code(artifact)}.`,
  ].join('\n');
}

/** Only what can't end a comment. */
function marker({ router }: Plan): string {
  return `<!-- edgewg plan ${visible(router).replace(/[^A-Za-z0-9.:]/g, '_')} -->`;
}
