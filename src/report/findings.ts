// Findings of a plan for a person: what is wrong, where in the file, where on the router, and the way out.
import type { ChalkInstance } from 'chalk';
import type { Diagnostic, Severity } from '../plan/plan.ts';
import { printWord } from '../vyatta/words.ts';
import { printPlace } from './changes.ts';
import { paintSeverity } from './marks.ts';
import { visible } from './visible.ts';

/** The worst come last, where a person looks first. */
const order: readonly Severity[] = ['note', 'warning', 'error'];

/** One block per finding; those that the site file silences are left out unless `isVerbose`. */
export function findingBlocks(
  diagnostics: readonly Diagnostic[],
  { paint, isVerbose }: { paint: ChalkInstance; isVerbose: boolean },
): string[] {
  return diagnostics
    .filter(diagnostic => isVerbose || diagnostic.silenced === undefined)
    .toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
    .map(diagnostic => block(diagnostic, paint));
}

function block(diagnostic: Diagnostic, paint: ChalkInstance): string {
  const { code, severity, message, hint, source, running, allow, silenced } = diagnostic;
  const lines = [`${paintSeverity(paint, severity).bold(severity)} ${paint.bold(code)}: ${visible(message)}`];
  if (source !== undefined) lines.push(`at ${printPlace(source)}`);
  if (running !== undefined) {
    const line = running.line === undefined ? '' : ` (line ${running.line})`;
    lines.push(`router: ${visible(running.path.map(printWord).join(' '))}${line}`);
  }
  if (hint !== undefined) lines.push(`${paint.cyan('hint:')} ${visible(hint)}`);
  if (allow !== undefined) lines.push(`${paint.cyan('lift it with:')} --allow ${visible(allow)}`);
  if (silenced !== undefined) lines.push(`silenced: ${visible(silenced)}`);
  return lines.join('\n    ');
}
