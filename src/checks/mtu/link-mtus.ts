// How large a packet the way of a tunnel takes: to a peer whose address is known by the route to it (through another tunnel, to a
// network at home), to the others by the uplinks.

import { linesOut, tunnelSum, type Uplinks } from '../../objects/uplinks.ts';
import type { CheckInput } from '../../plan/types/check.ts';
import type { Peer, Tunnel } from '../../site/site.ts';
import { type LinkMtu, linkMtu } from '../../vyatta/link-mtu.ts';
import { tunnelMtu } from '../../wireguard/mtu.ts';
import { type Family, host, parseAddress } from '../../wireguard/prefix.ts';
import { type Side, viewOf } from '../view.ts';

export interface Way {
  readonly peer?: Peer;
  readonly outer: Family;
  readonly link: LinkMtu;
  /** The largest packet inside the tunnel that leaves in one piece. */
  readonly mtu: number;
}

const lines = new WeakMap<Side, Uplinks>();

/** What the router itself has, whatever the file says. */
export function routersUplinks(side: Side): Uplinks {
  let found = lines.get(side);
  if (found === undefined) {
    found = linesOut(family => side.wan(family));
    lines.set(side, found);
  }
  return found;
}

export function uplinksAfter(input: CheckInput): Uplinks {
  const { mtu } = input.site.uplink;
  if (mtu === undefined) return routersUplinks(viewOf(input).after);
  return { 4: { mtu, said: 'uplink.mtu' }, 6: { mtu, said: 'uplink.mtu' } };
}

const withIpv6 = new WeakMap<Side, boolean>();

/** It has a way to the internet over IPv6. */
function hasIpv6(side: Side): boolean {
  let found = withIpv6.get(side);
  if (found === undefined) {
    found =
      side.wan(6).length > 0 ||
      side.routing.main.all.some(({ prefix }) => prefix.family === 6 && prefix.length === 0);
    withIpv6.set(side, found);
  }
  return found;
}

/** The narrowest of the ways to the peers of a tunnel. */
export function narrowest(input: CheckInput, { peers }: Tunnel): Way {
  const uplinks = uplinksAfter(input);
  const { after } = viewOf(input);
  const wayTo = (peer: Peer): Way => {
    // who calls, or has a name, comes over IPv6 only where the router has it
    const known4 = hasIpv6(after) || peer.endpoint?.family !== undefined ? peer : overIpv4(peer);
    const { outer, uplink, mtu } = tunnelSum(uplinks, [known4]);
    const known = routed(input, peer);
    return known === undefined
      ? { peer, outer, link: uplink, mtu }
      : { peer, outer, link: known, mtu: tunnelMtu(known.mtu, outer) };
  };
  const ways = peers.filter(peer => !peer.disable).map(wayTo);
  if (ways.length > 0) return ways.reduce((least, one) => (one.mtu < least.mtu ? one : least));
  const { outer, uplink, mtu } = tunnelSum(uplinks, []);
  return { outer, link: uplink, mtu };
}

const overIpv4 = (peer: Peer): Peer => ({ ...peer, endpoint: { host: '0.0.0.0', port: 1, family: 4 } });

/** The interface by which a peer with an address is reached; undefined where that is an uplink or not known. */
function routed(input: CheckInput, { endpoint }: Peer): LinkMtu | undefined {
  const { after } = viewOf(input);
  const address = parseAddress(endpoint?.host ?? '');
  if (address === undefined) return undefined;
  const [entry] = after.routing.main.best(host(address.family, address.address));
  const iface = after.iface(entry?.out ?? '');
  if (iface === undefined || after.wan(address.family).some(one => one.iface.name === iface.name))
    return undefined;
  return linkMtu(iface);
}
