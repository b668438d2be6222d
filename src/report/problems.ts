// Problems with a place, as text: the place, the line with what is meant underlined, and the way out.
import type { ChalkInstance } from 'chalk';
import type { Problem } from '../site/problem.ts';
import { columns, visible } from './visible.ts';
import { columnsOf, wrap } from './wrap.ts';

/** A file of nothing but mistakes is not worth more paper. */
const most = 100;

/** So wide an excerpt fits a terminal; longer lines are cut around the place. */
const widest = 96;

/** One block per problem, a blank line between; ends with a line break. `paint` gives colours, without it there are none. */
export function renderProblems(
  problems: readonly Problem[],
  paint?: ChalkInstance,
  wrapAt = Number.POSITIVE_INFINITY,
): string {
  const blocks = problems.slice(0, most).map(problem => renderProblem(problem, wrapAt, paint));
  if (problems.length > most) blocks.push(`… and ${problems.length - most} more\n`);
  return blocks.join('\n');
}

function renderProblem(problem: Problem, wrapAt: number, paint?: ChalkInstance): string {
  const { file, line, column, message, hint } = problem;
  const place = `${visible(file)}:${line}:${column}:`;
  const { before, meant, after } = excerpt(problem, Math.min(widest, wrapAt - String(line).length - 5));
  const margin = String(line);
  const bar = paint?.dim('|') ?? '|';
  const caret = '^'.repeat(Math.max(1, columns(meant)));
  const lines = [
    ...wrap(`${paint?.bold(place) ?? place} ${visible(message)}`, { width: wrapAt, indent: '    ' }),
    `  ${paint?.dim(margin) ?? margin} ${bar} ${before}${paint?.red(meant) ?? meant}${after}`.trimEnd(),
    `  ${' '.repeat(margin.length)} ${bar} ${' '.repeat(columns(before))}${paint?.red(caret) ?? caret}`,
  ];
  if (hint !== undefined) {
    const left = `  ${' '.repeat(margin.length)} ${bar} `;
    const hints = wrap(visible(hint), { width: wrapAt - columnsOf(left), indent: '' });
    lines.push(...hints.map(text => left + (paint?.cyan(text) ?? text)));
  }
  return lines.map(text => `${text}\n`).join('');
}

/** The line in three parts, made visible, cut to a bearable width. */
function excerpt(
  { text, textColumn, column, length }: Problem,
  width: number,
): {
  before: string;
  meant: string;
  after: string;
} {
  const from = column - textColumn;
  const start = Math.max(0, Math.min(from - Math.floor(width / 3), text.length - width));
  const end = start + width;
  const to = Math.min(from + length, end);
  return {
    before: (start > 0 || textColumn > 1 ? '…' : '') + visible(text.slice(start, from)),
    meant: visible(text.slice(from, to)),
    after: visible(text.slice(to, end)) + (text.length > end ? '…' : ''),
  };
}
