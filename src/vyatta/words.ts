// Words and quotes: how EdgeOS prints a word, and the one way a word may get into a shell.
import type { Path } from './tree.ts';

/** What makes `--show-commands` quote a word (docs/edgeos.md 'Printed commands'); nothing inside is escaped. */
const needsQuotes = /^$|[*}{\t\n\v\f\r [;&`!$><|\]?#\\~():]/;

/** Whether the router prints the word in quotes. */
export const isPrintedQuoted = (word: string): boolean => needsQuotes.test(word);

/** One word as `show configuration commands` prints it. */
export function printWord(word: string): string {
  return isPrintedQuoted(word) ? `'${word}'` : word;
}

/** One line as `show configuration commands` prints it: `set firewall name WAN_LOCAL …`. */
export function printCommand(op: 'set' | 'delete', path: Path): string {
  return [op, ...path.map(printWord)].join(' ');
}

/** One word for a POSIX shell, whatever it holds but NUL: the only way into a command line. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new TypeError('a word for a shell holds a NUL byte');
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
