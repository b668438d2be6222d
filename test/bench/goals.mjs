// What is to be reached, known here alone: each benchmark brings the figures that it has, and the table says how far they are.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** By what is measured: at most so much. In the order of the table. */
const goals = {
  'processes of edgewg on the router, apply of 42 lines': 96,
  'the same, plan': 35,
  'plan with 100 key files more, of the plan without, a slow router': 1.3,
  'apply of 42 lines, of the plain exec, a slow router': 1.15,
  'apply of 42 lines, of the plain exec, a router whose configuration system alone is fast': 1.15,
  'round trips of an apply': 15,
  'apply at 150 ms, of the plain exec': 1.3,
  "plan at 150 ms, of the plain listing and Node.js's start": 1,
  'plan of a home network, CPU of `node -e 0`, Node.js 20': 2.5,
  'plan of a home network, CPU of `node -e 0`, Node.js 22': 2.5,
  'plan of a home network, CPU of `node -e 0`, Node.js 24': 2.5,
  'installed, MiB': 3,
  'apply of 1,604 lines, of the plain exec': 0.8,
  'memory of a plan of 100,000 lines, MiB': 200,
  'CPU of 50 routers planned at once, s': 1.2,
};

/** The goals of these figures (numbers by what is measured) as a table in markdown, in columns as the formatter wants them in a page. */
export function goalTable(figures) {
  const unknown = Object.keys(figures).filter(what => goals[what] === undefined);
  if (unknown.length > 0) throw new Error(`no goal: ${unknown.join(', ')}`);
  const rows = Object.entries(goals).flatMap(([what, most]) => {
    const is = figures[what];
    if (is === undefined) return [];
    const shown = Number.isInteger(is) ? is : is.toFixed(2);
    return [[what, `at most ${most}`, `${shown}`, is <= most ? 'met' : '**missed**']];
  });
  const table = [['what', 'goal', 'is', ''], ...rows];
  const widths = [0, 1, 2, 3].map(column => Math.max(3, ...table.map(row => row[column].length)));
  const line = cells =>
    `| ${cells.map((cell, at) => (at === 1 || at === 2 ? cell.padStart(widths[at]) : cell.padEnd(widths[at]))).join(' | ')} |`;
  const rule = widths.map((width, at) =>
    at === 1 || at === 2 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(table[0]), line(rule), ...table.slice(1).map(line), ''].join('\n');
}

/** What is held to a goal and has no figure. */
export const unmeasured = figures => Object.keys(goals).filter(what => figures[what] === undefined);

export const goalOf = what => goals[what];

/** Prints the goals of these figures, and leaves them in `file` (when one is given) for the table of all. */
export function tellGoals(figures, file) {
  process.stdout.write(`\n${goalTable(figures)}`);
  if (file !== undefined) keepFigures(file, figures);
}

/** Adds figures to those that a file has. */
export function keepFigures(file, figures) {
  writeFileSync(file, JSON.stringify({ ...figuresIn(file), ...figures }));
}

export const figuresIn = file => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
