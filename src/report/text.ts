// A plan for a person: what changes, the commands that do it, what was found, and one line that sums up.
import { isEmpty, type Plan } from '../plan/types/plan.ts';
import { changeBlocks, type TextOptions } from './changes.ts';
import { commitLines, keyLine } from './commands.ts';
import { findingBlocks } from './findings.ts';
import { visible } from './visible.ts';

export interface PlanTextOptions extends TextOptions {
  /** The commands that undo the plan in place of those that apply it. */
  readonly isInverse: boolean;
  /** How many findings refuse it. */
  readonly refused: number;
  /** A unified diff, as {@link unifiedDiff} gives it. */
  readonly diff?: string;
}

/** The whole text; ends with a line break. */
export function renderPlan(plan: Plan, options: PlanTextOptions): string {
  const { paint, isInverse } = options;
  const parts = [
    ...changeBlocks(plan, options),
    ...impactBlock(plan, options),
    ...keyBlock(plan, options),
    ...commandBlocks(commitLines(plan, isInverse), options),
    ...(options.diff === undefined || options.diff === '' ? [] : [options.diff.trimEnd()]),
    ...findingBlocks(plan.diagnostics, options),
    paint.bold(summary(plan, options.refused)),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** New tunnels are told by what is created; the others line by line, the word that counts first. */
function impactBlock({ impacts = [] }: Plan, { paint }: PlanTextOptions): string[] {
  const told = impacts.filter(({ effect }) => effect !== 'new');
  if (told.length === 0) return [];
  const width = Math.max(...told.map(({ tunnel }) => tunnel.length));
  const color = {
    new: paint.green,
    keeps: paint.green,
    peer: paint.yellow,
    handshakes: paint.yellow,
    flaps: paint.red,
    gone: paint.red,
  };
  const lines = told.map(
    ({ tunnel, effect, text }) =>
      `    ${color[effect](`${visible(tunnel).padEnd(width)}  ${visible(text)}`)}`,
  );
  return [[paint.bold('Impact on running tunnels:'), ...lines].join('\n')];
}

function keyBlock(plan: Plan, { paint }: PlanTextOptions): string[] {
  if (plan.keys.length === 0) return [];
  return [
    [paint.bold('Key files, before the commands:'), ...plan.keys.map(k => `    ${keyLine(k)}`)].join('\n'),
  ];
}

function commandBlocks(commits: readonly string[][], { paint, isInverse }: PlanTextOptions): string[] {
  const name = isInverse ? 'Commands that undo it' : 'Commands';
  return commits.map((lines, i) => {
    const which = commits.length === 1 ? '' : `, commit ${i + 1} of ${commits.length}`;
    return [paint.bold(`${name}${which}:`), ...lines.map(line => `    ${line}`)].join('\n');
  });
}

/** `Plan: 3 to create, 1 to change, 0 to delete; 4 commands in 1 commit`. */
function summary(plan: Plan, refused: number): string {
  const ignored = plan.diagnostics.filter(
    one => one.severity === 'error' && one.silenced !== undefined,
  ).length;
  const verdict = [
    ignored === 0 ? '' : `. The site file ignores ${count(ignored, 'error')}`,
    refused === 0 ? '' : `. Refused: ${count(refused, 'error')} above`,
  ].join('');
  if (isEmpty(plan)) return `Plan: nothing to do on ${visible(plan.router)}${verdict}`;
  const { create, update, delete: gone, keep, commands } = plan.summary;
  const kept = keep === 0 ? '' : `, ${keep} kept`;
  const steps = `${count(commands, 'command')} in ${count(plan.commits.length, 'commit')}`;
  return `Plan: ${create} to create, ${update} to change, ${gone} to delete${kept}; ${steps}${verdict}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
