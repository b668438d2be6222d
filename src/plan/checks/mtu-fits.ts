// EW141 and EW142: an MTU that is too large for the way of the tunnel's packets, or too small for IPv6 inside.
import type { Tunnel } from '../../site/site.ts';
import type { Interface } from '../../vyatta/interfaces.ts';
import { linkMtu } from '../../vyatta/link-mtu.ts';
import { find, has } from '../../vyatta/tree.ts';
import { leastIpv6Mtu, tellOverhead } from '../../wireguard/mtu.ts';
import type { Prospect } from '../make.ts';
import type { Diagnostic } from '../plan.ts';
import { ownedBy } from './crypto-routing.ts';
import { livingTunnels } from './routes.ts';
import { finding, onRouter, viewOf } from './view.ts';
import { narrowest } from './ways.ts';

export function mtuFits(prospect: Prospect): Diagnostic[] {
  const { after } = viewOf(prospect);
  return livingTunnels(prospect).flatMap(tunnel => {
    const face = after.face(tunnel.name);
    return face === undefined
      ? []
      : [...tooLarge(prospect, tunnel, face), ...tooSmall(prospect, tunnel, face)];
  });
}

/** Somebody else's interface, whose MTU the plan leaves alone, is told and no more. */
const isOurs = ({ wanted }: Prospect, name: string): boolean =>
  has(wanted, ['interfaces', 'wireguard', name, 'mtu']);

function tooLarge(prospect: Prospect, tunnel: Tunnel, face: Interface): Diagnostic[] {
  const { mtu, path } = linkMtu(face);
  const way = narrowest(prospect, tunnel);
  if (mtu <= way.mtu) return [];
  const size = mtu + way.link.mtu - way.mtu;
  const to = way.peer === undefined ? '' : ` to ${way.peer.name}`;
  return [
    finding(prospect, [...tunnel.at, 'mtu'], {
      code: 'EW141',
      severity: isOurs(prospect, tunnel.name) ? 'warning' : 'note',
      message: `${tunnel.name}: MTU ${mtu} is ${mtu - way.mtu} too large: packets${to} grow to ${size} = ${mtu} ${tellOverhead('+', way.outer)}, and ${way.link.mtu} bytes leave in one piece (${way.link.said})`,
      hint: `say mtu: ${way.mtu} here and at the other end${typeof tunnel.mtu === 'number' && way.link.said !== face.name ? ', or mtu: auto' : ''}`,
      ...(path && has(prospect.running, path) && { running: onRouter(prospect, path) }),
    }),
  ];
}

function tooSmall(prospect: Prospect, tunnel: Tunnel, face: Interface): Diagnostic[] {
  const { mtu } = linkMtu(face);
  if (mtu >= leastIpv6Mtu) return [];
  const own = [...(find(face.node, ['address'])?.children.keys() ?? [])].find(text => text.includes(':'));
  const carried = ownedBy(face).find(({ prefix }) => prefix.family === 6)?.text;
  const inside = own ?? carried;
  if (inside === undefined) return [];
  return [
    finding(prospect, [...tunnel.at, 'mtu'], {
      code: 'EW142',
      severity: isOurs(prospect, tunnel.name) ? 'error' : 'warning',
      message: `${tunnel.name}: MTU ${mtu} is too small for ${inside}: IPv6 needs ${leastIpv6Mtu}, and the router takes it off an interface that has less`,
      hint: `say mtu: ${leastIpv6Mtu} or more (1340 so that EdgeOS can clamp TCP over IPv6), or carry IPv4 alone`,
    }),
  ];
}
