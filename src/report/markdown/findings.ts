// Findings as Markdown: errors and warnings in a box that nobody overlooks, notes and silenced ones behind a click.
import { type Allowed, refusals } from '../../plan/allow.ts';
import type { Finding, Plan } from '../../plan/types/plan.ts';
import { plural } from '../../plural.ts';
import { printWord } from '../../vyatta/words.ts';
import type { Section } from './fit.ts';
import { code, details, prose } from './prose.ts';

export function findingSections({ diagnostics }: Plan, allowed: Allowed): Section[] {
  const open = diagnostics.filter(({ silenced }) => silenced === undefined);
  const refused = refusals(diagnostics, allowed);
  const lifted = open.filter(one => one.severity === 'error' && !refused.includes(one));
  const warnings = open.filter(({ severity }) => severity === 'warning');
  const notes = open.filter(({ severity }) => severity === 'note');
  const silenced = diagnostics.filter(one => one.silenced !== undefined);
  const ignored = silenced.filter(({ severity }) => severity === 'error');
  return [
    // before everything else: what a change of the file lifts is reviewed with it
    ...box('CAUTION', 'the errors that the site file ignores', ignored, 9, 'The site file ignores:'),
    ...box('CAUTION', 'the errors', refused, 8),
    ...box('WARNING', 'the errors that are lifted', lifted, 7),
    ...box('WARNING', 'the warnings', warnings, 7),
    ...folded(plural(notes.length, 'note'), notes, 3),
    ...folded(
      `${silenced.length - ignored.length} silenced`,
      silenced.filter(one => !ignored.includes(one)),
      2,
    ),
  ];
}

function box(kind: string, name: string, found: readonly Finding[], rank: number, head?: string): Section[] {
  if (found.length === 0) return [];
  // a line break of its own: only some who show Markdown make one of every line
  const title = head === undefined ? [] : [`**${head}**`, ''];
  const lines = found.flatMap((one, i) => [...(i === 0 ? [] : ['']), told(one).join('<br>')]);
  const short = `> [!${kind}]\n> ${plural(found.length, 'finding')}: ${codes(found)}`;
  return [
    {
      name,
      rank,
      short,
      text: [`[!${kind}]`, ...title, ...lines].map(line => `> ${line}`.trimEnd()).join('\n'),
    },
  ];
}

function folded(title: string, found: readonly Finding[], rank: number): Section[] {
  if (found.length === 0) return [];
  const lines = found.map(one => `- ${told(one).join('<br>')}`);
  return [{ name: `${title.replace(/^\d+/, 'the')}`, rank, text: details(title, lines.join('\n')) }];
}

/** A finding in lines; of what it says of the router the path alone, which is what a person would look for. */
function told({ code: number, message, hint, source, running, allow, silenced }: Finding): string[] {
  const place = source === undefined ? '' : ` at ${code(`${source.file}:${source.line}`)}`;
  return [
    `**${prose(number)}**${place}: ${prose(message)}`,
    ...(running === undefined ? [] : [`On the router: ${code(running.path.map(printWord).join(' '))}`]),
    ...(hint === undefined ? [] : [`The way out: ${prose(hint)}`]),
    ...(allow === undefined ? [] : [`Lift it with: ${code(`--allow ${allow}`)}`]),
    ...(silenced === undefined ? [] : [`Silenced: ${prose(silenced)}`]),
  ];
}

const codes = (found: readonly Finding[]): string =>
  [...new Set(found.map(one => one.code))].map(code).join(', ');
