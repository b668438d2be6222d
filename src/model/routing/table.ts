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

export function tableOf(entries: readonly Entry[]): RoutingTable {
  const rows: Readonly<Record<Family, Row>> = { 4: rowOf(entries, 4), 6: rowOf(entries, 6) };
  const at = (prefix: Prefix): Entry[] => {
    const { sorted } = rows[prefix.family];
    return sameAs(prefix, sorted, firstFrom(sorted, prefix));
  };
  const covering = ({ family, length, first }: Prefix): Entry[][] => {
    const size = family === 4 ? 32 : 128;
    return rows[family].lengths.flatMap(shorter => {
      if (shorter > length) return [];
      const host = BigInt(size - shorter);
      return [at({ family, length: shorter, first: (first >> host) << host })].filter(
        ({ length: n }) => n > 0,
      );
    });
  };
  return {
    all: entries,
    at,
    covering,
    best: prefix => inUse(covering(prefix)[0] ?? []),
    inside: prefix => {
      const { sorted } = rows[prefix.family];
      const end = last(prefix);
      const found: Entry[][] = [];
      let i = firstFrom(sorted, prefix);
      for (let one = sorted[i]; one !== undefined && one.prefix.first <= end; one = sorted[i]) {
        const list = sameAs(one.prefix, sorted, i);
        if (one.prefix.length > prefix.length) found.push(list);
        i += list.length;
      }
      const lengthOf = ([one]: readonly Entry[]): number => one?.prefix.length ?? 0;
      return found.sort((a, b) => lengthOf(b) - lengthOf(a)).flatMap(inUse);
    },
  };
}

/** The routes of one family. */
interface Row {
  /** By prefix, the best first within each. */
  readonly sorted: readonly Entry[];
  /** The lengths of the prefixes, the longest first. */
  readonly lengths: readonly number[];
}

function rowOf(entries: readonly Entry[], family: Family): Row {
  const sorted = entries
    .filter(({ prefix }) => prefix.family === family)
    .sort((a, b) => compare(a.prefix, b.prefix) || a.distance - b.distance);
  const lengths = new Set(sorted.map(({ prefix }) => prefix.length));
  return { sorted, lengths: [...lengths].sort((a, b) => b - a) };
}

/** By the first address, then the longer prefix behind the shorter one. */
function compare(a: Prefix, b: Prefix): number {
  if (a.first === b.first) return a.length - b.length;
  return a.first < b.first ? -1 : 1;
}

/** Index of the first route to `prefix`, or of the one before which it would stand. */
function firstFrom(sorted: readonly Entry[], prefix: Prefix): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = sorted[middle];
    if (one !== undefined && compare(one.prefix, prefix) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Those of the routes from an index on that are to `prefix`. */
function sameAs(prefix: Prefix, sorted: readonly Entry[], from: number): Entry[] {
  let end = from;
  for (let one = sorted[end]; one !== undefined && compare(one.prefix, prefix) === 0; one = sorted[end])
    end++;
  return sorted.slice(from, end);
}
