// The applies that a router remembers, as a table; the newest last, where the eye is.
import { plural } from '../plural.ts';
import { visible } from './visible.ts';

interface Remembered {
  readonly id: string;
  readonly since: string;
  readonly who: string;
  readonly file: string;
  /** Of a rollback: the apply that it took back. */
  readonly undoes: string | null;
  readonly commits: readonly { readonly run: readonly unknown[] }[];
}

/** Behind them those whose records can't be read. */
export function renderHistory(
  history: readonly Remembered[],
  unread: readonly { readonly id: string }[] = [],
): string {
  const others = unread.map(({ id }) => `${visible(id)}  its record can't be read\n`).join('');
  if (history.length === 0) return others === '' ? 'the router remembers no apply\n' : others;
  const back = new Set(history.map(({ undoes }) => undoes));
  const rows = history.map(({ id, since, who, file, undoes, commits }) => [
    id,
    since,
    who,
    plural(
      commits.reduce((sum, { run }) => sum + run.length, 0),
      'command',
    ),
    file,
    undoes === null ? (back.has(id) ? 'rolled back' : '') : `rollback of ${undoes}`,
  ]);
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map(row => (row[i] ?? '').length))) ?? [];
  const lines = rows
    .map(
      row =>
        `${row
          .map((cell, i) => visible(cell).padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
  return `${lines}${others}`;
}
