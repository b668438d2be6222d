// EW141 and EW142: an MTU that is too large for the way of the tunnel's packets, or too small for IPv6 inside.

import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Tunnel } from '../../site/site.ts';
import type { Interface } from '../../vyatta/interfaces.ts';
import { linkMtu } from '../../vyatta/link-mtu.ts';
import { find, has } from '../../vyatta/tree.ts';
import { leastIpv6Mtu, tellOverhead } from '../../wireguard/mtu.ts';
import { siteFix } from '../fix.ts';
import { ownedBy } from '../routing/crypto-routing.ts';
import { livingTunnels } from '../routing/routes.ts';
import { finding, onRouter, viewOf } from '../view.ts';
import { narrowest } from './link-mtus.ts';

export const mtuFits: Check = {
  explanations: {
    EW141: {
      title: "a tunnel's MTU is too large for its way",
      why: `A full packet of the tunnel becomes larger than what the line takes. The router then sends it in two pieces, which costs
      its offloading and half of the speed; and whoever drops fragments on the way lets small packets through and stops large
      ones: ping works, SSH logs in, and the first long answer hangs. Where the peer is reached through another tunnel, that
      one's MTU is the line.`,
      way: `Take the number that the finding names, on both ends, or leave mtu out: auto computes it. When the path has a
      smaller MTU than the router's line, say uplink.mtu.`,
    },
    EW142: {
      title: "a tunnel's MTU is too small for IPv6",
      why: `IPv6 asks of every link to carry packets of 1280 bytes (RFC 8200 section 5). Linux takes IPv6 off an interface whose MTU
      is below: its addresses vanish, and with them the routes.`,
      way: `1280 is the least. EdgeOS clamps TCP over IPv6 down to 1280 only, which needs an MTU of 1340 (EW003).`,
    },
  },
  find(input) {
    const { after } = viewOf(input);
    return livingTunnels(input).flatMap(tunnel => {
      const iface = after.iface(tunnel.name);
      return iface === undefined
        ? []
        : [...tooLarge(input, tunnel, iface), ...tooSmall(input, tunnel, iface)];
    });
  },
};

/** Somebody else's interface, whose MTU the plan leaves alone, is only reported. */
const isOurs = ({ wanted }: CheckInput, name: string): boolean => tunnelKind.says(wanted, 'mtu', name);

function tooLarge(input: CheckInput, tunnel: Tunnel, iface: Interface): Finding[] {
  const { mtu, path } = linkMtu(iface);
  const way = narrowest(input, tunnel);
  if (mtu <= way.mtu) return [];
  const size = mtu + way.link.mtu - way.mtu;
  const to = way.peer === undefined ? '' : ` to ${way.peer.name}`;
  return [
    finding(input, [...tunnel.at, 'mtu'], {
      code: 'EW141',
      severity: isOurs(input, tunnel.name) ? 'warning' : 'note',
      message: `${tunnel.name}: MTU ${mtu} is ${mtu - way.mtu} too large: packets${to} grow to ${size} = ${mtu} ${tellOverhead('+', way.outer)}, and ${way.link.mtu} bytes leave in one piece (${way.link.said})`,
      hint: `say mtu: ${way.mtu} here and at the other end${typeof tunnel.mtu === 'number' && way.link.said !== iface.name ? ', or mtu: auto' : ''}`,
      ...siteFix({ path: [...tunnel.at, 'mtu'], value: way.mtu }),
      ...(path && has(input.running, path) && { running: onRouter(input, path) }),
    }),
  ];
}

function tooSmall(input: CheckInput, tunnel: Tunnel, iface: Interface): Finding[] {
  const { mtu } = linkMtu(iface);
  if (mtu >= leastIpv6Mtu) return [];
  const own = [...(find(iface.node, ['address'])?.children.keys() ?? [])].find(text => text.includes(':'));
  const carried = ownedBy(iface).find(({ prefix }) => prefix.family === 6)?.text;
  const inside = own ?? carried;
  if (inside === undefined) return [];
  return [
    finding(input, [...tunnel.at, 'mtu'], {
      code: 'EW142',
      severity: isOurs(input, tunnel.name) ? 'error' : 'warning',
      message: `${tunnel.name}: MTU ${mtu} is too small for ${inside}: IPv6 needs ${leastIpv6Mtu}, and the router takes it off an interface that has less`,
      hint: `say mtu: ${leastIpv6Mtu} or more (1340 so that EdgeOS can clamp TCP over IPv6), or carry IPv4 alone`,
      ...(narrowest(input, tunnel).mtu >= 1340 && siteFix({ path: [...tunnel.at, 'mtu'], value: 1340 })),
    }),
  ];
}
