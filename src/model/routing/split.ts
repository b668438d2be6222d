// A set of destinations, taken apart by the routes that carry them. `best` of a table answers for one prefix; here nothing of a set is lost.
import type { Family } from '../../wireguard/prefix.ts';
import { last, type Prefix } from '../../wireguard/prefix.ts';
import { intersection, type Range, type Ranges, ranges } from '../firewall/ranges.ts';
import type { Entry } from './entry.ts';
import { inUse } from './table.ts';

interface Holder<T> {
  readonly prefix: Prefix;
  readonly value: T;
}

export interface Share<T> {
  readonly addresses: Ranges;
  /** What the longest prefix over them holds; undefined where there is none. */
  readonly value: T | undefined;
}

/**
 * Which addresses belong to which prefix, where the longest wins and of equal ones the last. In the order of the prefixes; what
 * no prefix holds comes last. One pass over the prefixes by their first address, since a table may have very many.
 */
export function shares<T>(addresses: Ranges, holders: readonly Holder<T>[], family: Family): Share<T>[] {
  const rows = [...new Map(holders.map(one => [`${one.prefix.first}/${one.prefix.length}`, one])).values()]
    .filter(({ prefix }) => prefix.family === family)
    .sort((a, b) => compare(a.prefix.first, b.prefix.first) || a.prefix.length - b.prefix.length);
  const pieces = new Map<Holder<T> | undefined, Range[]>(rows.map(row => [row, []]));
  const nobody: Range[] = [];
  const add = (holder: Holder<T> | undefined, from: bigint, to: bigint): void => {
    if (from <= to) (holder === undefined ? nobody : pieces.get(holder))?.push([from, to]);
  };
  const stack: Holder<T>[] = [];
  let at = 0n;
  const close = (until: bigint): void => {
    for (let top = stack.at(-1); top !== undefined && last(top.prefix) < until; top = stack.at(-1)) {
      add(top, at, last(top.prefix));
      at = last(top.prefix) + 1n;
      stack.pop();
    }
  };
  for (const row of rows) {
    close(row.prefix.first);
    add(stack.at(-1), at, row.prefix.first - 1n);
    at = row.prefix.first;
    stack.push(row);
  }
  const end = 1n << (family === 4 ? 32n : 128n);
  close(end);
  add(undefined, at, end - 1n);
  const found = rows.map(row => ({
    addresses: intersection(addresses, ranges(pieces.get(row) ?? [])),
    value: row.value as T | undefined,
  }));
  return [...found, { addresses: intersection(addresses, ranges(nobody)), value: undefined }].filter(
    share => share.addresses.length > 0,
  );
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** The routes of a table that are in use, by their prefixes. */
export function carriers(entries: readonly Entry[], family: Family): Holder<readonly Entry[]>[] {
  const lists = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.prefix.family !== family) continue;
    const key = `${entry.prefix.first}/${entry.prefix.length}`;
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [entry]);
    else list.push(entry);
  }
  return [...lists.values()].flatMap(list => {
    const used = inUse(list.sort((a, b) => a.distance - b.distance));
    return used[0] === undefined ? [] : [{ prefix: used[0].prefix, value: used }];
  });
}
