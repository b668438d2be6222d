// The changes of a plan for a person: object by object, what was there and what will be. An object that is made or goes as a whole is
// told in a few lines, and one that changes leaf by leaf; with -v every leaf has a line of its own.
import type { ChalkInstance } from 'chalk';
import type { Change, Plan } from '../plan/types/plan.ts';
import type { SitePlace } from '../site/site.ts';
import { isLiteral, publicHalf, redacted } from '../vyatta/redact.ts';
import { printWord } from '../vyatta/words.ts';
import { marks, paintAction } from './marks.ts';
import { objectsOf, type PlanObject } from './objects.ts';
import { columns, visible } from './visible.ts';
import { columnsOf, widest, wrap, wrapParts } from './wrap.ts';

export interface TextOptions {
  readonly paint: ChalkInstance;
  /** Also the place of every leaf in the site file. */
  readonly isVerbose: boolean;
  /** Columns of a line; Infinity by default. */
  readonly width?: number;
}

const kept = 'kept: the site file says nothing of it';
const indent = '    ';

/** One block per tunnel, for the firewall and so on, a blank line between; with -v one per object. */
export function* changeBlocks(plan: Plan, options: TextOptions): Generator<string> {
  const objects = objectsOf(plan, options.isVerbose ? 'whole' : 'short');
  if (options.isVerbose) {
    for (const object of objects) yield leafBlock(object, options);
    return;
  }
  yield* keptBlock(objects, options);
  const groups = new Map<string, PlanObject[]>();
  for (const object of objects.filter(({ action }) => action !== 'keep')) {
    const group = groups.get(object.group) ?? [];
    group.push(object);
    groups.set(object.group, group);
  }
  for (const group of groups.values()) yield group.map(object => block(object, options)).join('\n');
}

export function printPlace({ file, line, column }: SitePlace): string {
  return visible(`${file}:${line}:${column}`);
}

/** What is left alone needs no more than its names. */
function keptBlock(
  objects: readonly PlanObject[],
  { paint, width = Number.POSITIVE_INFINITY }: TextOptions,
): string[] {
  const names = objects.filter(({ action }) => action === 'keep').map(({ title }) => visible(title));
  if (names.length === 0) return [];
  const text = `${marks.keep} kept, as the site file says nothing of ${names.length === 1 ? 'it' : 'them'}: ${names.join(', ')}`;
  return [wrap(paint.dim(text), { width, indent }).join('\n')];
}

function block(object: PlanObject, options: TextOptions): string {
  return object.action === 'update' ? leafBlock(object, options) : wholeBlock(object, options);
}

/** `+ route 10.42.4.0/24 through wg4  edgewg.yaml:43:7  description pods` */
function wholeBlock(object: PlanObject, { paint, width = Number.POSITIVE_INFINITY }: TextOptions): string {
  const color = paintAction(paint, object.action);
  const title = titleLine(object, paint);
  const parts = object.changes.map(({ label, change }) => {
    const value = show((object.action === 'delete' ? change.before : change.after) ?? []);
    const text = [visible(label), value].filter(part => part !== '').join(' ');
    return color(text) + (change.impact === undefined ? '' : paint.dim(` (${visible(change.impact)})`));
  });
  const told = parts.filter(part => columnsOf(part) > 0);
  const line = `${title}${told.length === 0 ? '' : '  '}${told.join('; ')}`;
  if (columnsOf(line) <= Math.min(width, widest)) return line;
  return [title, ...wrapParts(told, '; ', { width, indent })].join('\n');
}

function titleLine(object: PlanObject, paint: ChalkInstance): string {
  const color = paintAction(paint, object.action);
  const source = first(object.changes.flatMap(({ change }) => change.source ?? []));
  const note = object.action === 'keep' ? kept : source === undefined ? '' : printPlace(source);
  const place = note === '' ? '' : `  ${paint.dim(note)}`;
  return `${color(marks[object.action])} ${paint.bold(visible(object.title))}${place}`;
}

function leafBlock(object: PlanObject, options: TextOptions): string {
  const labels = object.changes.map(({ label }) => columns(visible(label)));
  return [
    titleLine(object, options.paint),
    ...object.changes
      .filter(({ label }) => label !== '')
      .flatMap(({ label, change }) =>
        leafLines(label, change, {
          ...options,
          labelWidth: Math.max(...labels),
          isAllKept: object.action === 'keep',
        }),
      ),
  ].join('\n');
}

/** Where the object begins in the file. */
function first(places: readonly SitePlace[]): SitePlace | undefined {
  return places.toSorted((a, b) => a.line - b.line || a.column - b.column)[0];
}

interface LeafOptions extends TextOptions {
  readonly labelWidth: number;
  readonly isAllKept: boolean;
}

function leafLines(label: string, change: Change, options: LeafOptions): string[] {
  const { paint, isVerbose, labelWidth, isAllKept, width = Number.POSITIVE_INFINITY } = options;
  const color = paintAction(paint, change.action);
  const name = visible(label);
  const head = `${indent}${marks[change.action]} ${name}${' '.repeat(Math.max(0, labelWidth - columns(name)))}  `;
  const notes = [
    ...(change.action === 'keep' && !isAllKept ? [kept] : []),
    ...(change.impact === undefined ? [] : [visible(change.impact)]),
    ...(isVerbose && change.source !== undefined ? [printPlace(change.source)] : []),
  ];
  const tail = notes.length === 0 ? '' : `  ${paint.dim(`(${notes.join('; ')})`)}`;
  const line = (text: string): string[] =>
    wrap(`${text.trimEnd()}${tail}`, { width, indent: ' '.repeat(columns(head)) });

  const before = change.before ?? [];
  const after = change.after ?? [];
  if (change.action === 'create') return line(color(`${head}${show(after)}`));
  if (change.action !== 'update') return line(color(`${head}${show(before)}`));
  if (before.length < 2 && after.length < 2)
    return line(`${color(head)}${paint.red(show(before))} → ${paint.green(show(after))}`);
  return [
    ...line(color(head.trimEnd())),
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
