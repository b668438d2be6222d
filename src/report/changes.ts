// The changes of a plan for a person: object by object, leaf by leaf, what was there and what will be.
import type { ChalkInstance } from 'chalk';
import type { Change, Plan } from '../plan/types/plan.ts';
import type { SitePlace } from '../site/site.ts';
import { isLiteral, publicHalf, redacted } from '../vyatta/redact.ts';
import { printWord } from '../vyatta/words.ts';
import { marks, paintAction } from './marks.ts';
import { objectsOf, type PlanObject } from './objects.ts';
import { columns, visible } from './visible.ts';

export interface TextOptions {
  readonly paint: ChalkInstance;
  /** Also the place of every leaf in the site file. */
  readonly isVerbose: boolean;
}

const kept = 'kept: the site file says nothing of it';

/** One block per object, a blank line between. */
export function changeBlocks(plan: Plan, options: TextOptions): string[] {
  return objectsOf(plan).map(object => block(object, options));
}

export function printPlace({ file, line, column }: SitePlace): string {
  return visible(`${file}:${line}:${column}`);
}

function block(object: PlanObject, options: TextOptions): string {
  const { paint } = options;
  const color = paintAction(paint, object.action);
  const source = first(object.changes.flatMap(({ change }) => change.source ?? []));
  const note = object.action === 'keep' ? kept : source === undefined ? '' : printPlace(source);
  const place = note === '' ? '' : `  ${paint.dim(note)}`;
  const title = `${color(marks[object.action])} ${paint.bold(visible(object.title))}${place}`;
  const width = Math.max(...object.changes.map(({ label }) => columns(visible(label))));
  return [
    title,
    ...object.changes
      .filter(({ label }) => label !== '')
      .flatMap(({ label, change }) =>
        leafLines(label, change, { ...options, width, isAllKept: object.action === 'keep' }),
      ),
  ].join('\n');
}

/** Where the object begins in the file. */
function first(places: readonly SitePlace[]): SitePlace | undefined {
  return places.toSorted((a, b) => a.line - b.line || a.column - b.column)[0];
}

interface LeafOptions extends TextOptions {
  /** Of the column of labels. */
  readonly width: number;
  readonly isAllKept: boolean;
}

function leafLines(label: string, change: Change, options: LeafOptions): string[] {
  const { paint, isVerbose, width, isAllKept } = options;
  const color = paintAction(paint, change.action);
  const name = visible(label);
  const head = `    ${marks[change.action]} ${name}${' '.repeat(Math.max(0, width - columns(name)))}  `;
  const notes = [
    ...(change.action === 'keep' && !isAllKept ? [kept] : []),
    ...(change.impact === undefined ? [] : [visible(change.impact)]),
    ...(isVerbose && change.source !== undefined ? [printPlace(change.source)] : []),
  ];
  const tail = notes.length === 0 ? '' : `  ${paint.dim(`(${notes.join('; ')})`)}`;
  const line = (text: string): string => `${text.trimEnd()}${tail}`;

  const before = change.before ?? [];
  const after = change.after ?? [];
  if (change.action === 'create') return [line(color(`${head}${show(after)}`))];
  if (change.action !== 'update') return [line(color(`${head}${show(before)}`))];
  if (before.length < 2 && after.length < 2)
    return [line(`${color(head)}${paint.red(show(before))} → ${paint.green(show(after))}`)];
  return [
    line(color(head.trimEnd())),
    ...before.filter(word => !after.includes(word)).map(word => paint.red(`        - ${showWord(word)}`)),
    ...after.filter(word => !before.includes(word)).map(word => paint.green(`        + ${showWord(word)}`)),
  ];
}

const show = (words: readonly string[]): string => words.map(showWord).join(', ');

/** A value for a person: never a secret, not even what stands for one. */
export function showWord(word: string): string {
  if (word === redacted) return '(a secret)';
  if (!isLiteral(word)) return visible(printWord(word));
  const key = publicHalf(word);
  return key === undefined ? '(a literal key)' : `(a literal key, its public half ${key})`;
}
