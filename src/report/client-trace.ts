// The way of a client's packets for a person: rule by rule and route by route, with its tunnels and without them; and the same for programs.
import type { ChalkInstance } from 'chalk';
import type { Packets } from '../model/firewall/packets.ts';
import { familyName, tellDecider, tellPackets } from '../model/firewall/words.ts';
import type { ClientTrace, TracedWay } from '../model/routing/client-trace.ts';
import type { Way, WayEnd } from '../model/routing/step.ts';
import { tellEndpoint, tellRoute } from '../model/routing/trace.ts';
import { tellAnswer, tellEffect, tellNat } from '../model/routing/way-words.ts';
import type { Path } from '../vyatta/tree.ts';
import { printWord } from '../vyatta/words.ts';
import { printEndpoint } from '../wireguard/endpoint.ts';
import type { Family } from '../wireguard/prefix.ts';
import { traceLines } from './trace.ts';
import { visible } from './visible.ts';

/** Several lines; `when` says of which configuration: `after the plan`. */
export function renderClientTrace(trace: ClientTrace, when: string, paint: ChalkInstance): string {
  const { source, destination, from, down } = trace;
  const lines = [paint.bold(`The way from ${source} to ${destination} ${when}:`)];
  if (from === undefined)
    lines.push(`    no route leads to ${source}, so where it comes in only the router knows`);
  else if (from === 'own')
    lines.push(`    ${source} is the router's own address: give the destination alone`);
  else {
    lines.push(`    it comes in by ${visible(from)}`, ...waysLines(trace, trace.ways, paint));
    for (const { name, ways } of down)
      lines.push(`    ${paint.bold(`with ${name} gone:`)}`, ...waysLines(trace, ways, paint).map(indented));
    lines.push(...trace.doubts.map(doubt => `    ${paint.yellow('unknown:')} ${visible(doubt)}`));
  }
  return `${lines.join('\n')}\n`;
}

const indented = (line: string): string => `    ${line}`;

function waysLines(trace: ClientTrace, ways: readonly TracedWay[], paint: ChalkInstance): string[] {
  return ways.flatMap(one => {
    const steps = wayLines(one.way).map((line, i) => (i === 0 ? line : paint.dim(line)));
    const outer = one.outer === undefined ? [] : traceLines(one.outer).map(line => `encrypted, to ${line}`);
    const lines = [
      ...steps,
      tellEnd(one.way),
      ...outer.slice(0, 1).map(line => paint.dim(visible(line))),
      ...one.answers.map(answer => `${paint.yellow('answers:')} ${visible(tellAnswer(answer))}`),
    ].map(indented);
    return ways.length === 1 ? lines : [`    ${conditions(one.way, trace)}:`, ...lines.map(indented)];
  });
}

/** Which of the packets take this way: by what they are, then by what nobody can know. */
function conditions({ packets, doubts }: Way, { family }: ClientTrace): string {
  const said = besides(packets);
  const what = Object.keys(said).length === 0 ? [] : [tellPackets(said, family)];
  const all = [...what, ...doubts.map(doubt => `if ${doubt}`)];
  return visible(all.length === 0 ? 'all else' : all.join(', '));
}

/** What they are, besides what was asked. */
const besides = ({ source: _, destination: _to, state: _state, ...said }: Packets): Packets => said;

function wayLines(way: Way): string[] {
  const { by, forwarded, route, out, verdict, masked, peer } = way;
  const lines = by.map(
    rule => `rule ${rule.number} of ${rule.ruleset} ${tellEffect(rule)}${place(rule.path, rule.line)}`,
  );
  if (forwarded !== undefined) lines.push(`${tellNat(forwarded)}${place(forwarded.path, forwarded.line)}`);
  if (route !== undefined) lines.push(`${tellRoute(route)}${place(route.path, route.line)}`);
  if (verdict !== undefined && verdict.decider.kind !== 'nothing')
    lines.push(`${way.end === 'refused' ? 'refused' : 'let pass'} by ${tellDecider(verdict)}`);
  if (masked !== undefined) lines.push(`${tellNat(masked, out)}${place(masked.path, masked.line)}`);
  if (peer !== undefined) lines.push(`peer ${peer.description ?? peer.key} takes it, ${tellEndpoint(peer)}`);
  return lines.map(line => visible(line));
}

const place = (path: Path, line: number | undefined): string =>
  `, by ${path.map(printWord).join(' ')}${line === undefined ? '' : ` (line ${line} on the router)`}`;

const ends: Readonly<Record<WayEnd, string>> = {
  line: 'it leaves by',
  tunnel: 'it leaves encrypted by',
  own: "it is the router's own address",
  discarded: 'it is dropped by that blackhole',
  dropped: 'it is dropped by that rule',
  refused: 'it is dropped there',
  'no-route': 'it is dropped: no route leads there',
  'no-peer': 'it is dropped: no peer has the address among its allowed IPs, at',
  'no-address': 'it is dropped: no address to give it, at',
  unknown: 'where that leads only the router knows',
};

const tellEnd = ({ end, out }: Way): string =>
  visible(`${ends[end]}${/ (by|at)$|, at$/.test(ends[end]) ? ` ${out?.name ?? ''}` : ''}`);

/** For programs: what happens, and where it stands. */
export function clientTraceJson(trace: ClientTrace): unknown {
  const { source, destination, family, from, ways, down, doubts } = trace;
  return {
    source,
    destination,
    family: familyName(family),
    interface: from ?? null,
    ways: ways.map(one => wayJson(one, family)),
    down: down.map(({ name, ways: then }) => ({
      interface: name,
      ways: then.map(one => wayJson(one, family)),
    })),
    doubts,
  };
}

function wayJson({ way, outer, answers }: TracedWay, family: Family): unknown {
  const { packets, by, forwarded, table, route, out, verdict, masked, peer, end, doubts } = way;
  const rule = (path: Path): string => path.join(' ');
  return {
    packets: tellPackets(besides(packets), family),
    end,
    interface: out?.name ?? null,
    table,
    modify: by.map(one => ({ path: rule(one.path), does: tellEffect(one) })),
    ...(forwarded && { destination_nat: rule(forwarded.path) }),
    ...(route && { route: tellRoute(route), path: rule(route.path) }),
    ...(verdict && { firewall: tellDecider(verdict) }),
    ...(masked && { source_nat: rule(masked.path) }),
    ...(peer && { peer: peer.key }),
    ...(peer?.endpoint && { endpoint: printEndpoint(peer.endpoint) }),
    ...(outer && { outer: traceLines(outer) }),
    answers: answers.map(tellAnswer),
    doubts,
  };
}
