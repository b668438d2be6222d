// How a plan compares with the one that was reviewed, for people.
import type { ChalkInstance } from 'chalk';
import type { Comparison } from '../plan/compare.ts';
import { originText } from './origin.ts';
import { visible } from './visible.ts';

/** Lines of a diff need no more: who wants all of them has both plans. */
const most = 40;

interface Part {
  readonly title: string;
  readonly lines: readonly string[];
}

/** `file` is the reviewed plan's. Ends with a line break. */
export function renderComparison(comparison: Comparison, file: string, paint: ChalkInstance): string {
  const verdict = comparison.isSame ? paint.green.bold('same') : paint.red.bold('not the same');
  const parts = comparisonParts(comparison).map(({ title, lines }) =>
    [`  ${paint.bold(`${title}:`)}`, ...lines.map(line => `    ${colored(line, paint)}`)].join('\n'),
  );
  return `${[`Compared with ${visible(comparisonName(comparison, file))}: ${verdict}`, ...parts].join('\n')}\n`;
}

export function comparisonName({ origin }: Comparison, file: string): string {
  return origin === undefined ? file : `${file}, made for ${originText(origin)}`;
}

/** What is to be said of it, each with its lines; nothing when nothing moved at all. */
export function comparisonParts({ isSame, moved, commits, onlyReviewed, onlyNow }: Comparison): Part[] {
  const isReordered = !isSame && onlyReviewed.length + onlyNow.length === 0;
  return [
    {
      title: 'the router changed since',
      lines: [...cut(moved), ...commits.map(line => `committed ${line}`)],
    },
    { title: 'reviewed, and not wanted now', lines: cut(onlyReviewed) },
    { title: 'wanted now, and not reviewed', lines: cut(onlyNow) },
    ...(isReordered
      ? [{ title: 'the order', lines: ['the same commands, in another order or with another undo'] }]
      : []),
  ].filter(({ lines }) => lines.length > 0);
}

function cut(lines: readonly string[]): string[] {
  return lines.length <= most ? [...lines] : [...lines.slice(0, most), `… and ${lines.length - most} more`];
}

function colored(line: string, paint: ChalkInstance): string {
  const shown = visible(line);
  if (line.startsWith('+ ')) return paint.green(shown);
  return line.startsWith('- ') ? paint.red(shown) : shown;
}
