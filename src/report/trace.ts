// The way of a packet for a person: route by route, through tunnels to the line by which it leaves, and what may change it.
import type { ChalkInstance } from 'chalk';
import type { Detour } from '../model/routing/policy.ts';
import { type End, type Hop, type Trace, tellEndpoint, tellRoute } from '../model/routing/trace.ts';
import { printWord } from '../vyatta/words.ts';
import { visible } from './visible.ts';

/** Several lines; `when` says of which configuration: `after the plan`. */
export function renderTrace(trace: Trace, when: string, paint: ChalkInstance): string {
  const lines = [
    paint.bold(`The way to ${trace.address} ${when}:`),
    ...trace.hops.flatMap(hop => hopLines(hop).map((line, i) => `    ${i === 0 ? line : paint.dim(line)}`)),
    `    ${tellEnd(trace)}`,
    ...trace.detours.map(detour => `    ${paint.yellow('unless:')} ${tellDetour(detour)}`),
    ...trace.doubts.map(doubt => `    ${paint.yellow('unknown:')} ${visible(doubt)}`),
  ];
  return `${lines.join('\n')}\n`;
}

const tellEnd = ({ hops, end }: Pick<Trace, 'hops' | 'end'>): string => ends[end](hops.at(-1));

/** The same without its head, for the packets that WireGuard makes of others. */
export const traceLines = (trace: Pick<Trace, 'hops' | 'end'>): string[] => [
  ...trace.hops.flatMap(hop => hopLines(hop).slice(0, 1)),
  tellEnd(trace),
];

/** For programs. */
export const traceJson = (trace: Trace): unknown => ({
  destination: trace.address,
  end: trace.end,
  way: traceLines(trace),
  detours: trace.detours.map(tellDetour),
  doubts: trace.doubts,
});

function hopLines({ address, routes, behind, announced, out, peer }: Hop): string[] {
  const [route, ...others] = routes;
  if (route === undefined) return [`${address}: ${out === undefined ? 'no route' : `is ${out.name}'s`}`];
  const line = route.line === undefined ? '' : ` (line ${route.line} on the router)`;
  return [
    `${address}: ${visible(tellRoute(route))}, by ${visible(route.path.map(printWord).join(' '))}${line}`,
    ...others.map(other => `    shared with ${visible(tellRoute(other))}`),
    ...(peer === undefined
      ? []
      : [`    there peer ${visible(peer.description ?? peer.key)} takes it, ${visible(tellEndpoint(peer))}`]),
    ...announced.map(
      one =>
        `    unless BGP neighbour ${one.neighbor} announces it${one.out === undefined ? '' : `: ${one.out}`}`,
    ),
    ...behind.slice(0, 1).map(next => `    when that route is gone: ${visible(tellRoute(next))}`),
  ];
}

const ends: Readonly<Record<End, (last: Hop | undefined) => string>> = {
  own: () => "it is the router's own address",
  line: last => `it leaves by ${last?.out?.name}`,
  discarded: () => 'it is dropped there',
  'no-route': () => 'it is dropped: no route leads there',
  'no-peer': last => `it is dropped: no peer of ${last?.out?.name} has the address among its allowed IPs`,
  waits: () => 'from there to wherever that peer last sent from',
  name: last => `from there to whatever address ${last?.peer?.endpoint?.host ?? 'the endpoint'} has`,
  ring: last => `it never leaves: ${last?.out?.name} sends its own packets into itself`,
  unknown: () => 'where that leads only the router knows',
};

function tellDetour({ from, ruleset, number, by, isSure }: Detour): string {
  const where = 'table' in by ? `table ${by.table}` : `load-balance group ${by.group}`;
  return visible(
    `it comes in by ${from.name}: rule ${number} of ${ruleset} ${isSure ? 'sends' : 'may send'} it by ${where}`,
  );
}
