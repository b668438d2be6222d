// What came of one command for several site files: of each, and of them all.
import { visible } from '../report/visible.ts';
import type { Io } from './io.ts';

export interface Result {
  readonly file: string;
  /** Undefined: not begun, because of another's failure or a signal. */
  readonly exit: number | undefined;
  readonly stdout: string;
  readonly error: string;
}

export const notBegun = (file: string): Result => ({ file, exit: undefined, stdout: '', error: '' });

/** What one router came to, below its name; nothing where there was nothing to say. */
export function block({ file, stdout, error, exit }: Result, io: Io): string {
  if (exit === undefined || stdout + error === '') return '';
  return `${io.stdout.paint.bold(`== ${visible(file)}`)}\n\n${[stdout, error].filter(text => text !== '').join('\n')}\n`;
}

const words: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'a bug of edgewg',
  2: 'differs',
  3: 'refused',
  4: 'no access',
  5: 'failed, and was put back',
  6: 'a person must look',
};

const wordOf = (exit: number | undefined): string =>
  exit === undefined ? 'not begun' : (words[exit] ?? 'interrupted');

/** A line for each router. */
export function summary(results: readonly Result[], io: Io): string {
  const width = Math.max(...results.map(({ file }) => file.length));
  const { paint } = io.stdout;
  const lines = results.map(({ file, exit }) => {
    const word = wordOf(exit);
    return `  ${visible(file).padEnd(width)}  ${exit === 0 ? paint.green(word) : paint.yellow(word)}`;
  });
  return `${paint.bold(`${results.length} routers:`)}\n${lines.join('\n')}\n`;
}

/** `output`: what the command printed for that router alone; null when it came to nothing. */
export function json(results: readonly Result[]): string {
  const routers = results.map(({ file, exit, stdout, error }) => ({
    file,
    exit: exit ?? null,
    result: wordOf(exit),
    output: stdout.trim() === '' ? null : JSON.parse(stdout),
    error: error === '' ? null : error.trimEnd(),
  }));
  return `${JSON.stringify({ format_version: '1.0', routers }, null, 2)}\n`;
}

/** The worst first (docs/reference.md, 'Exit codes'); a signal comes after what a person must look at. */
export function fleetExit(exits: readonly number[]): number {
  const order = [6, 5, 130, 143, 129, 4, 3, 1, 2, 0];
  return order.find(exit => exits.includes(exit)) ?? 0;
}
