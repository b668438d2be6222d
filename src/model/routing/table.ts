// A set of routes that can be asked: the longest prefix wins, among equal prefixes the smallest distance.
import { type Family, last, type Prefix } from '../../wireguard/prefix.ts';
import type { Entry } from './entry.ts';

export interface RoutingTable {
  /** Every route of the table, in use or not. */
  readonly all: readonly Entry[];
  /** Routes to exactly this prefix, the best first. */
  at(prefix: Prefix): readonly Entry[];
  /** Routes to prefixes that hold all of `prefix`, the longest prefix first, the best first within each. */
  covering(prefix: Prefix): readonly (readonly Entry[])[];
  /** Those that carry `prefix` where nothing inside it says otherwise: several share the packets. Empty: no route at all. */
  best(prefix: Prefix): readonly Entry[];
  /** Routes that are in use for parts of `prefix`, by longer prefixes than its own. */
  inside(prefix: Prefix): readonly Entry[];
}

/** Of routes to one prefix, best first: those in use. */
export function inUse(entries: readonly Entry[]): Entry[] {
  return entries.filter(({ distance }) => distance === entries[0]?.distance);
}

type Lengths = Map<number, Map<bigint, Entry[]>>;

export function tableOf(entries: readonly Entry[]): RoutingTable {
  const families: Readonly<Record<Family, Lengths>> = { 4: new Map(), 6: new Map() };
  for (const entry of entries) add(families[entry.prefix.family], entry);
  for (const lengths of Object.values(families))
    for (const prefixes of lengths.values())
      for (const list of prefixes.values()) list.sort((a, b) => a.distance - b.distance);
  const sorted = { 4: longestFirst(families[4]), 6: longestFirst(families[6]) };

  const covering = ({ family, length, first }: Prefix): Entry[][] => {
    const size = family === 4 ? 32 : 128;
    return sorted[family].flatMap(({ length: shorter, prefixes }) => {
      if (shorter > length) return [];
      const host = BigInt(size - shorter);
      return [prefixes.get((first >> host) << host) ?? []].filter(list => list.length > 0);
    });
  };
  const rows = { 4: once(() => inOrder(families[4])), 6: once(() => inOrder(families[6])) };
  return {
    all: entries,
    at: ({ family, length, first }) => families[family].get(length)?.get(first) ?? [],
    covering,
    best: prefix => inUse(covering(prefix)[0] ?? []),
    inside: prefix => {
      const end = last(prefix);
      const row = rows[prefix.family]();
      const found: Spot[] = [];
      for (let i = firstFrom(row, prefix.first); i < row.length && (row[i]?.first ?? 0n) <= end; i++) {
        const spot = row[i];
        if (spot !== undefined && spot.length > prefix.length) found.push(spot);
      }
      return found.sort((a, b) => b.length - a.length).flatMap(({ list }) => inUse(list));
    },
  };
}

function add(lengths: Lengths, entry: Entry): void {
  const { length, first } = entry.prefix;
  let prefixes = lengths.get(length);
  if (prefixes === undefined) {
    prefixes = new Map();
    lengths.set(length, prefixes);
  }
  const list = prefixes.get(first);
  if (list === undefined) prefixes.set(first, [entry]);
  else list.push(entry);
}

const longestFirst = (lengths: Lengths): { length: number; prefixes: Map<bigint, Entry[]> }[] =>
  [...lengths].map(([length, prefixes]) => ({ length, prefixes })).sort((a, b) => b.length - a.length);

/** The routes to one prefix, in a row of all by their first address. */
interface Spot {
  readonly first: bigint;
  readonly length: number;
  readonly list: readonly Entry[];
}

const inOrder = (lengths: Lengths): Spot[] =>
  [...lengths]
    .flatMap(([length, prefixes]) => [...prefixes].map(([first, list]) => ({ first, length, list })))
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));

/** Index of the first spot at or after an address. */
function firstFrom(row: readonly Spot[], address: bigint): number {
  let [low, high] = [0, row.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((row[middle]?.first ?? 0n) < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
