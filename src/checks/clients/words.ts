// The ways of a client in one line: `IPv4 wg1 → 203.0.113.9, wg1 gone: dropped; IPv6: dropped`.
import type { Way } from '../../model/routing/step.ts';
import { listed } from '../routing/routes.ts';
import type { Client } from './groups.ts';

export function tellWays({ tunnel, clients, isDisabled, four, six, hasSix }: Client): string {
  const up = ends(four.flatMap(one => one.up));
  const down = ends(four.flatMap(one => one.down));
  const over6 = ends(six.flatMap(one => one.up));
  const last = hasSix ? (over6 === '' ? 'not known' : over6) : 'none comes in';
  const may = clients.ipv6 === 'wan' && hasSix && over6 !== 'dropped' ? ', as the file says' : '';
  const meant = clients.whenDown === 'wan' ? ', as the file says' : '';
  const over4 = isDisabled
    ? `${tunnel.name} is disabled: IPv4 ${down}${down === 'dropped' ? '' : meant}`
    : `IPv4 ${up}, ${tunnel.name} gone: ${down}`;
  return `${over4}; IPv6: ${last}${may}`;
}

function ends(ways: readonly Way[]): string {
  const said = ways.filter(({ end }) => end !== 'own').map(tellEnd);
  return listed([...new Set(said)]);
}

function tellEnd({ end, out, peer }: Way): string {
  if (end === 'tunnel')
    return `${out?.name}${peer?.endpoint === undefined ? '' : ` → ${peer.endpoint.host}`}`;
  if (end === 'line') return `${out?.name} in clear`;
  return end === 'unknown' ? 'where only the router knows' : 'dropped';
}
