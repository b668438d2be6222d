// Errors as a person reads them, and the exit code that scripts read.
import type { ChalkInstance } from 'chalk';
import { EdgewgError, Exit } from '../errors.ts';
import { SiteProblems } from '../site/problem.ts';
import { scrub } from '../vyatta/scrub.ts';
import { visible } from './visible.ts';
import { wrap } from './wrap.ts';

interface Failure {
  readonly text: string;
  readonly exit: number;
}

/** Several lines stay several lines; nothing else of a foreign text moves the cursor. */
const lines = (text: string): string[] => text.split('\n').map(line => visible(line));

export async function explainFailure(
  error: unknown,
  isVerbose: boolean,
  paint: ChalkInstance,
  width = Number.POSITIVE_INFINITY,
): Promise<Failure> {
  if (!(error instanceof EdgewgError)) return unforeseen(error, paint);
  if (error instanceof SiteProblems) return siteProblems(error, paint, width);
  const text = [
    ...hanging(`${paint.red.bold('error:')} `, error.message, width),
    ...(error.hint === undefined ? [] : hanging(`  ${paint.cyan('hint:')} `, error.hint, width)),
    ...(isVerbose ? [`  code: ${error.code}`, ...causes(error)] : []),
  ];
  return { text: `${text.join('\n')}\n`, exit: error.exit };
}

/** Below each other, further lines under the first word of the message. */
function hanging(head: string, text: string, width: number): string[] {
  const indent = head.startsWith(' ') ? '        ' : '  ';
  return lines(text).flatMap((line, i) => wrap((i === 0 ? head : indent) + line, { width, indent }));
}

/** Every problem at its place, and one line that sums up. */
async function siteProblems(error: SiteProblems, paint: ChalkInstance, width: number): Promise<Failure> {
  const { renderProblems } = await import('./problems.ts');
  const sum = `${paint.red.bold('error:')} ${visible(error.message)}`;
  return { text: `${renderProblems(error.problems, paint, width)}\n${sum}\n`, exit: error.exit };
}

function causes(error: Error): string[] {
  const found: string[] = [];
  for (let cause = error.cause; cause instanceof Error && found.length < 5; cause = cause.cause)
    found.push(`  because: ${lines(scrub(cause.message)).join(' ')}`);
  return found;
}

/** Nobody foresaw it: everything that a report needs, and nothing secret. */
function unforeseen(error: unknown, paint: ChalkInstance): Failure {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const text = [
    `${paint.red.bold('error:')} edgewg has a bug: it met something that it doesn't foresee`,
    ...lines(scrub(trace)).map(line => `  ${line}`),
    `  ${paint.cyan('hint:')} please report it with the text above (look it over for what is private), the command,`,
    `        and what ${paint.bold('edgewg --version')} and ${paint.bold('node --version')} say`,
  ];
  return { text: `${text.join('\n')}\n`, exit: Exit.bug };
}
