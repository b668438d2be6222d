// The ways of packets from a client to an address: as the router is, and with each tunnel gone that they would take. Pure;
// report/client-trace.ts prints it.
import type { Tree } from '../../vyatta/tree.ts';
import { type Family, parseAddress, printAddress } from '../../wireguard/prefix.ts';
import { forwardsOf } from '../firewall/nat.ts';
import { states } from '../firewall/packets.ts';
import { only } from '../firewall/ranges.ts';
import { firewallOf } from '../firewall/ruleset.ts';
import { type Answer, answersTo } from './answers.ts';
import { without } from './down.ts';
import { insidesOf } from './inside.ts';
import { routingOf } from './routing.ts';
import type { Question, Way, World } from './step.ts';
import { follow, type Trace } from './trace.ts';
import { waysOf } from './way.ts';

export interface TracedWay {
  readonly way: Way;
  /** Of the packets that WireGuard makes of them, where the endpoint is an address. */
  readonly outer?: Pick<Trace, 'hops' | 'end'>;
  readonly answers: readonly Answer[];
}

export interface ClientTrace {
  readonly source: string;
  readonly destination: string;
  readonly family: Family;
  /** The interface by which they come in. `own`: the source is the router's own address; undefined: no route leads to it. */
  readonly from: string | 'own' | undefined;
  readonly ways: readonly TracedWay[];
  /** With one interface gone. */
  readonly down: readonly { readonly name: string; readonly ways: readonly TracedWay[] }[];
  readonly doubts: readonly string[];
}

/** Undefined when the texts are no addresses of one family. `live`: as for {@link routingOf}. */
export function clientTrace(
  tree: Tree,
  source: string,
  destination: string,
  live?: readonly string[],
): ClientTrace | undefined {
  const [from, to] = [parseAddress(source), parseAddress(destination)];
  if (from === undefined || to === undefined || from.family !== to.family) return undefined;
  const { family } = from;
  const world: World = { tree, routing: routingOf(tree, live), firewall: firewallOf(tree) };
  const common = {
    source: printAddress(family, from.address),
    destination: printAddress(family, to.address),
    family,
    doubts: world.routing.doubts,
  };
  const sources = only(from.address);
  const inside =
    world.routing.own(family, from.address) === undefined
      ? insidesOf(world, family, sources)[0]?.from
      : ('own' as const);
  if (inside === undefined || inside === 'own') return { ...common, from: inside, ways: [], down: [] };
  const packets = { source: sources, destination: only(to.address), state: only(states.new) };
  const question: Question = { from: inside, family, packets };
  const ways = traced(world, question);
  const tunnels = new Set(ways.flatMap(({ way: { out } }) => (out?.kind === 'wireguard' ? [out.name] : [])));
  const down = [...tunnels].map(name => ({ name, ways: traced(without(world, name, live), question) }));
  const forwards = family === 4 ? forwardsOf(tree, inside, world.routing.ifaces, to.address) : [];
  return { ...common, from: inside.name, ways, down, doubts: [...common.doubts, ...forwards] };
}

function traced(world: World, question: Question): TracedWay[] {
  return waysOf(world, question).map(way => {
    const end = way.end === 'tunnel' ? way.peer?.endpoint : undefined;
    const address = end && parseAddress(end.host);
    const outer = address && follow(world.routing, address.family, address.address);
    return { way, ...(outer && { outer }), answers: answersTo(world, question, way) };
  });
}
