// What the checks of the two ends share: both ends of each tunnel, and a finding that names both places.

import type { CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { type Ends, endsOf } from '../../site/ends.ts';
import type { Neighbor, Peer, SitePath, Tunnel } from '../../site/site.ts';
import { covers, parsePrefix } from '../../wireguard/prefix.ts';

/** Both ends of a tunnel that the file has, with the peer that is the node. */
export interface Pair extends Ends {
  readonly tunnel: Tunnel;
  readonly peer: Peer;
}

export const pairsOf = (input: CheckInput): Pair[] =>
  endsOf(input.site).flatMap(ends =>
    ends.tunnel === undefined || ends.peer === undefined
      ? []
      : { ...ends, tunnel: ends.tunnel, peer: ends.peer },
  );

/** `router` and `cluster` are the places of the two that disagree. */
export function twoSided(
  input: CheckInput,
  places: { readonly router: SitePath; readonly cluster: SitePath },
  found: Omit<Finding, 'source' | 'other'>,
): Finding {
  return {
    ...found,
    source: input.placeOf(places.router),
    other: input.placeOf(places.cluster),
  };
}

export const bare = (address: string): string => address.split('/')[0] ?? address;

/** Every address of `inner`, an address or a prefix, is in one of `list`. */
export function within(list: readonly string[], inner: string): boolean {
  const wanted = parsePrefix(inner);
  return wanted !== undefined && list.some(text => isIn(text, inner));
}

/** `outer` has all of `inner`. */
export function isIn(outer: string, inner: string): boolean {
  const [a, b] = [parsePrefix(outer), parsePrefix(inner)];
  return a !== undefined && b !== undefined && covers(a, b);
}

export const touches = (a: string, b: string): boolean => isIn(a, b) || isIn(b, a);

/** What a node sends into its tunnel, with the place of each in the file; MetalLB's ranges come from any node. */
export function sentBy({ node, cluster }: Ends): { prefix: string; what: string; at: SitePath }[] {
  return [
    ...node.address.map((text, i) => ({
      prefix: single(text),
      what: `${node.name}'s address in the tunnel`,
      at: [...node.at, 'address', i],
    })),
    ...node.publicAddresses.map((text, i) => ({
      prefix: single(text),
      what: `${node.name}'s public address`,
      at: [...node.at, 'publicAddresses', i],
    })),
    ...node.pods.map((prefix, i) => ({
      prefix,
      what: `${node.name}'s pods`,
      at: [...node.at, 'pods', i],
    })),
    ...(cluster.metallb?.ranges ?? []).map((prefix, i) => ({
      prefix,
      what: "MetalLB's range",
      at: ['cluster', 'metallb', 'ranges', i],
    })),
  ];
}

const single = (address: string): string => `${bare(address)}/${address.includes(':') ? 128 : 32}`;

/** A session of BGP: the router's neighbour, its tunnel and node, and what the cluster expects. */
export interface SessionEnds {
  readonly neighbor: Neighbor;
  readonly pair: Pair;
  readonly expected: NonNullable<Pair['cluster']['bgp']>;
}

/** Those that both ends know and nobody has switched off. */
export function sessionsOf(input: CheckInput): SessionEnds[] {
  return pairsOf(input).flatMap(pair => {
    const expected = pair.cluster.bgp;
    return expected === undefined
      ? []
      : pair.neighbors.filter(one => !one.disable).map(neighbor => ({ neighbor, pair, expected }));
  });
}
