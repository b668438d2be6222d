// Sessions with the neighbours of the site file, for people.
import type { ChalkInstance } from 'chalk';
import type { NeighborStatus } from '../health/neighbor-status.ts';
import { table } from './table.ts';
import { visible } from './visible.ts';

export function neighborBlock(neighbors: readonly NeighborStatus[], paint: ChalkInstance): string {
  const rows = neighbors.map(neighbor => cells(neighbor, paint));
  const isUnreadable = neighbors.some(({ state }) => state === 'unknown');
  return [
    paint.bold('BGP'),
    ...table(rows).map(line => `    ${line}`),
    ...(isUnreadable ? ["    the router's table of sessions can't be read: see show ip bgp summary"] : []),
    ...neighbors.flatMap(({ failed }) => failed.map(text => `    ${paint.red('failed:')} ${visible(text)}`)),
  ].join('\n');
}

function cells(neighbor: NeighborStatus, paint: ChalkInstance): string[] {
  const { address, tunnel, remote_asn: asn, state, prefixes_received: prefixes, since } = neighbor;
  const colour = state === 'Established' ? paint.green : paint.yellow;
  const time = since === null ? '' : since === 'never' ? 'never up' : `for ${visible(since)}`;
  return [
    address,
    tunnel,
    `AS ${asn}`,
    colour(visible(state)),
    time,
    prefixes === null ? '' : `${prefixes} ${prefixes === 1 ? 'prefix' : 'prefixes'} received`,
  ];
}
