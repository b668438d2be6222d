// Sets of packets, as far as a ruleset can tell packets apart. A ruleset's question and a rule's answer are both such
// sets, so 'which of these reach the router?' is nothing but intersections and differences.
import { difference, intersection, meets, type Ranges, span } from './ranges.ts';

/** What a rule may look at. `icmp` is type * 256 + code; `tcpFlags` the six flags of RFC 793; `state` see {@link states}. */
export type Field =
  | 'protocol'
  | 'state'
  | 'destinationPort'
  | 'sourcePort'
  | 'icmp'
  | 'tcpFlags'
  | 'destination'
  | 'source';

/** Packets whose every named field is in its set; a field that isn't named may be anything. Never empty in any field. */
export type Packets = Readonly<Partial<Record<Field, Ranges>>>;

const fields: readonly Field[] = [
  'destinationPort',
  'protocol',
  'state',
  'source',
  'destination',
  'sourcePort',
  'icmp',
  'tcpFlags',
];

/** Conntrack's states. Rules name the first four; IPv6's neighbour discovery is never tracked, so that no rule with a state takes it. */
export const states = { new: 0, established: 1, related: 2, invalid: 3, untracked: 4 } as const;

const address = span(0, (1n << 128n) - 1n);
const port = span(0, 65535);

/** All values of each field. Addresses reach to IPv6's end, since a question about a ruleset always says its family's (verdict.ts). */
export const all: Readonly<Record<Field, Ranges>> = {
  protocol: span(0, 255),
  state: span(0, 4),
  destinationPort: port,
  sourcePort: port,
  icmp: port,
  tcpFlags: span(0, 63),
  destination: address,
  source: address,
};

/**
 * Whether any packet is in both. Most rules have nothing to do with most questions, and this says so without making a set:
 * field by field by its name, since it is asked of every rule for every tunnel.
 */
export function meeting(a: Packets, b: Packets): boolean {
  return (
    overlap(a.destinationPort, b.destinationPort) &&
    overlap(a.protocol, b.protocol) &&
    overlap(a.state, b.state) &&
    overlap(a.source, b.source) &&
    overlap(a.destination, b.destination) &&
    overlap(a.sourcePort, b.sourcePort) &&
    overlap(a.icmp, b.icmp) &&
    overlap(a.tcpFlags, b.tcpFlags)
  );
}

const overlap = (a: Ranges | undefined, b: Ranges | undefined): boolean =>
  a === undefined || b === undefined || meets(a, b);

/** Packets that are in both; undefined when there are none. */
export function both(a: Packets, b: Packets): Packets | undefined {
  if (!meeting(a, b)) return undefined;
  const found: Partial<Record<Field, Ranges>> = { ...a };
  for (const field of fields) {
    const theirs = b[field];
    if (theirs === undefined) continue;
    const ours = a[field];
    found[field] = ours === undefined ? theirs : intersection(ours, theirs);
  }
  return found;
}

/** Packets of `a` that aren't in `b`, as sets that don't overlap. */
export function without(a: Packets, b: Packets): Packets[] {
  if (!meeting(a, b)) return [a];
  const rest: Packets[] = [];
  let left: Packets = a;
  for (const field of fields) {
    const theirs = b[field];
    if (theirs === undefined) continue;
    const ours = left[field] ?? all[field];
    const outside = difference(ours, theirs);
    if (outside.length === 0) continue;
    rest.push({ ...left, [field]: outside });
    left = { ...left, [field]: intersection(ours, theirs) };
  }
  return rest;
}

/** Packets of any of `sets` that are in none of `taken`. */
export function withoutAll(sets: readonly Packets[], taken: readonly Packets[]): Packets[] {
  let left = [...sets];
  for (const set of taken) left = left.flatMap(packets => without(packets, set));
  return left;
}

/** Packets that are in one of `a` and in one of `b`. */
export function product(a: readonly Packets[], b: readonly Packets[]): Packets[] {
  return a.flatMap(x => b.flatMap(y => both(x, y) ?? []));
}
