// Findings of a plan for a person: what is wrong, where in the file, where on the router, and the way out.
import type { ChalkInstance } from 'chalk';
import type { Finding, Severity } from '../plan/types/plan.ts';
import { printWord } from '../vyatta/words.ts';
import { printPlace } from './changes.ts';
import { paintSeverity } from './marks.ts';
import { visible } from './visible.ts';

/** The worst come last, where a person looks first. */
const order: readonly Severity[] = ['note', 'warning', 'error'];

/** One block per finding; those that the site file silences come first, on a line each with the reason. */
export function findingBlocks(
  diagnostics: readonly Finding[],
  { paint, isVerbose }: { paint: ChalkInstance; isVerbose: boolean },
): string[] {
  const silenced = diagnostics.flatMap(finding =>
    finding.silenced === undefined || isVerbose
      ? []
      : [paint.dim(visible(`silenced ${finding.code}: ${finding.message} (reason: ${finding.silenced})`))],
  );
  const blocks = diagnostics
    .filter(finding => isVerbose || finding.silenced === undefined)
    .toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
    .map(finding => block(finding, paint));
  return silenced.length === 0 ? blocks : [silenced.join('\n'), ...blocks];
}

function block(finding: Finding, paint: ChalkInstance): string {
  const { code, severity, message, hint, source, other, running, allow, silenced } = finding;
  const lines = [`${paintSeverity(paint, severity).bold(severity)} ${paint.bold(code)}: ${visible(message)}`];
  if (source !== undefined) lines.push(`at ${printPlace(source)}`);
  if (other !== undefined) lines.push(`and ${printPlace(other)}`);
  if (running !== undefined) {
    const line = running.line === undefined ? '' : ` (line ${running.line})`;
    lines.push(`router: ${visible(running.path.map(printWord).join(' '))}${line}`);
  }
  if (hint !== undefined) lines.push(`${paint.cyan('hint:')} ${visible(hint)}`);
  if (allow !== undefined) lines.push(`${paint.cyan('lift it with:')} --allow ${visible(allow)}`);
  if (silenced !== undefined) lines.push(`silenced: ${visible(silenced)}`);
  return lines.join('\n    ');
}
