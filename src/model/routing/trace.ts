// The way of a packet from the router to an address: the route, through a tunnel the peer and the way of the tunnel's own
// packets, until they leave by a line that is no tunnel. Pure; report/trace.ts prints it.

import type { Interface } from '../../vyatta/interfaces.ts';
import type { Tree } from '../../vyatta/tree.ts';
import { printEndpoint } from '../../wireguard/endpoint.ts';
import {
  type Family,
  host,
  type Prefix,
  parseAddress,
  printAddress,
  printPrefix,
} from '../../wireguard/prefix.ts';
import type { Announced, Entry } from './entry.ts';
import { type PeerOnRouter, peerFor, peersOf } from './peers.ts';
import { type Detour, detoursTo } from './policy.ts';
import { isLinkLocal, type Routing, routingOf } from './routing.ts';

/** One packet: inside a tunnel first, then the one that WireGuard makes of it. */
export interface Hop {
  readonly address: string;
  /** The routes in use, all of the same prefix. Several share the packets; only the first is followed. */
  readonly routes: readonly Entry[];
  /** Those of the same prefix that wait behind them, and less specific ones: what carries it when they are gone. */
  readonly behind: readonly Entry[];
  /** What BGP neighbours may announce over it. */
  readonly announced: readonly Announced[];
  readonly out?: Interface;
  /** The peer whose allowed IPs hold the address, where `out` is a tunnel. */
  readonly peer?: PeerOnRouter;
}

/**
 * `line`: it leaves by an interface that is no tunnel. `waits`: the peer has no endpoint, so it goes where the peer was last
 * heard. `name`: the endpoint is a name. `ring`: the tunnel's packets come back into a tunnel that they come from.
 */
export type End =
  | 'own'
  | 'line'
  | 'discarded'
  | 'no-route'
  | 'no-peer'
  | 'waits'
  | 'name'
  | 'ring'
  | 'unknown';

export interface Trace {
  readonly address: string;
  readonly hops: readonly Hop[];
  readonly end: End;
  /** Rules that may take packets from home past the main table. */
  readonly detours: readonly Detour[];
  readonly doubts: readonly string[];
}

/** Undefined when the text is no address. `live`: see {@link routingOf}. */
export function trace(tree: Tree, address: string, live?: readonly string[]): Trace | undefined {
  const found = parseAddress(address);
  return found && traceIn(routingOf(tree, live), found.family, found.address);
}

function traceIn(routing: Routing, family: Family, address: bigint): Trace {
  const { hops, end } = follow(routing, family, address);
  return {
    address: printAddress(family, address),
    hops,
    end,
    detours: detoursTo(routing, host(family, address)),
    doubts: routing.doubts,
  };
}

/** Without policy routing: what the router itself sends, such as the packets of its tunnels. */
export function follow(routing: Routing, family: Family, address: bigint): Pick<Trace, 'hops' | 'end'> {
  const hops: Hop[] = [];
  const seen = new Set<string>();
  let [f, a] = [family, address];
  for (;;) {
    const own = routing.own(f, a);
    const target = host(f, a);
    if (own !== undefined) {
      hops.push({ address: printAddress(f, a), routes: [], behind: [], announced: [], out: own.iface });
      return { hops, end: 'own' };
    }
    const hop = hopTo(routing, target);
    hops.push(hop);
    const end = endOf(hop, target, seen);
    if (end !== undefined) return { hops, end };
    seen.add(hop.out?.name ?? '');
    const next = parseAddress(hop.peer?.endpoint?.host ?? '');
    if (next === undefined) return { hops, end: 'name' };
    [f, a] = [next.family, next.address];
  }
}

function hopTo(routing: Routing, target: Prefix): Hop {
  const [first = [], ...shorter] = routing.main.covering(target);
  const routes = first.filter(({ distance }) => distance === first[0]?.distance);
  const behind = [...first.filter(one => !routes.includes(one)), ...shorter.flat()];
  const name = routes[0]?.out;
  const out = name === undefined ? undefined : routing.iface(name);
  const peer = out?.kind === 'wireguard' ? peerFor(peersOf(out), target) : undefined;
  return {
    address: printAddress(target.family, target.first),
    routes,
    behind,
    announced: routing.mayWin(target),
    ...(out && { out }),
    ...(peer && { peer }),
  };
}

/** Undefined: it goes on to the peer's endpoint. */
function endOf(
  { routes: [route], out, peer }: Hop,
  target: Prefix,
  seen: ReadonlySet<string>,
): End | undefined {
  if (isLinkLocal(target)) return 'unknown';
  if (route === undefined) return 'no-route';
  if (route.origin === 'blackhole') return 'discarded';
  if (out === undefined) return 'unknown';
  if (out.kind !== 'wireguard') return 'line';
  if (seen.has(out.name)) return 'ring';
  if (peer === undefined) return 'no-peer';
  if (peer.endpoint === undefined) return 'waits';
  return peer.endpoint.family === undefined ? 'name' : undefined;
}

/** `10.42.4.0/24 → wg4`, `0.0.0.0/0 → eth9 via 198.51.100.1`, `10.0.0.0/8 → nowhere`. */
export function tellRoute({ prefix, out, via, origin, distance }: Entry): string {
  const hop = via === undefined ? '' : ` via ${via}`;
  const target = origin === 'blackhole' ? 'nowhere' : (out ?? 'an interface that is not known');
  const behind = distance <= 1 ? '' : ` at distance ${distance}`;
  return `${printPrefix(prefix)} → ${target}${hop}${behind}`;
}

/** `at 192.0.2.4:51820`, `which has no endpoint`. */
export const tellEndpoint = ({ endpoint }: PeerOnRouter): string =>
  endpoint === undefined ? 'which has no endpoint' : `at ${printEndpoint(endpoint)}`;
