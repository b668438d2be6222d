// Prints a configuration, or the way from one to another, as commands (cnode-algorithm.cpp; docs/edgeos.md 'Printed commands').
import { byVersion } from '../../vyatta/tree.ts';
import { printWord } from '../../vyatta/words.ts';
import { compareValues } from './commit-tree.ts';
import type { View } from './config.ts';
import type { Template } from './template.ts';

/** What would have to be done, in the router's own order; a comment is the path and then its text. */
export interface CommandLists {
  readonly deletes: string[][];
  readonly sets: string[][];
  readonly comments: string[][];
}

/** The node where printing starts: its template, whether it is an instance, and the words its lines begin with. */
export interface Start {
  readonly template: Template;
  readonly isInstance: boolean;
  readonly words: readonly string[];
}

/** Commands that make `after` of `before`; with `before` undefined those that make it of nothing. */
export function commandsBetween(
  start: Start,
  before: View | undefined,
  after: View | undefined,
): CommandLists {
  const lists: CommandLists = { deletes: [], sets: [], comments: [] };
  walk(lists, start, before, after);
  return lists;
}

/** `set` lines of one configuration. */
export function commandsOf(start: Start, view: View | undefined): CommandLists {
  return commandsBetween(start, undefined, view);
}

export function printLists({ deletes, sets, comments }: CommandLists): string {
  const print = (verb: string, lines: string[][]): string =>
    lines.map(words => `${[verb, ...words.map(printWord)].join(' ')}\n`).join('');
  return print('delete', deletes) + print('set', sets) + print('comment', comments);
}

function walk(lists: CommandLists, start: Start, a: View | undefined, b: View | undefined): void {
  const { template, isInstance, words } = start;
  if (a === b || (a === undefined && b === undefined)) return;
  if (b === undefined) {
    lists.deletes.push([...words]);
    return;
  }
  comment(lists, words, a, b);
  if (template.kind === 'leaf' || template.kind === 'multi') {
    leaf(lists, template, words, a, b);
    return;
  }
  const names = [...new Set([...(a?.names() ?? []), ...b.names()])].sort(byVersion);
  if (names.length === 0 && a === undefined) lists.sets.push([...words]);
  for (const name of names) {
    const isTagNode = template.kind === 'tag' && !isInstance;
    const child = isTagNode ? template : template.children.get(name);
    if (child === undefined) continue;
    walk(
      lists,
      { template: child, isInstance: isTagNode, words: [...words, name] },
      a?.child(name),
      b.child(name),
    );
  }
}

function leaf(
  lists: CommandLists,
  template: Template,
  words: readonly string[],
  a: View | undefined,
  b: View,
): void {
  const before = a?.values ?? [];
  const after = b.values ?? [];
  if (a !== undefined && template.kind === 'multi') {
    if (compareValues(before, after).every(({ state }) => state === 'unchanged')) return;
    lists.deletes.push([...words]);
  } else if (a !== undefined && before[0] === after[0]) {
    return;
  }
  for (const value of after) lists.sets.push([...words, value]);
}

function comment(lists: CommandLists, words: readonly string[], a: View | undefined, b: View): void {
  const text = b.comment ?? '';
  if (words.length > 0 && text !== (a?.comment ?? '')) lists.comments.push([...words, text]);
}
