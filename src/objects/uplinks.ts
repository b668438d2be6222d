// How large a packet leaves for the internet, by the family of addresses: what the file says, or the smallest of the interfaces that face
// the internet. The way beyond the router's own line is taken for Ethernet's 1500, and never more.
import { type Facing, facingWan } from '../model/firewall/wan.ts';
import type { Peer, Site, Tunnel } from '../site/site.ts';
import { interfacesOf } from '../vyatta/interfaces.ts';
import { ethernetMtu, type LinkMtu, linkMtu } from '../vyatta/link-mtu.ts';
import type { Tree } from '../vyatta/tree.ts';
import { tunnelMtu } from '../wireguard/mtu.ts';
import type { Family } from '../wireguard/prefix.ts';

export type Uplinks = Readonly<Record<Family, LinkMtu>>;

/** The uplinks of a site on a router; what the file says goes for both families. */
export function uplinksOf(site: Site, running: Tree): Uplinks {
  if (site.uplink.mtu !== undefined) {
    const said: LinkMtu = { mtu: site.uplink.mtu, said: 'uplink.mtu' };
    return { 4: said, 6: said };
  }
  const ifaces = interfacesOf(running);
  return linesOut(family => facingWan(running, family, ifaces));
}

/** Of the interfaces that face the internet the smallest. A family that none faces has what the other has. */
export function linesOut(facing: (family: Family) => readonly Facing[]): Uplinks {
  const smallest = (family: Family): LinkMtu | undefined =>
    facing(family)
      .map(({ iface }) => linkMtu(iface))
      .reduce<LinkMtu | undefined>((least, one) => (least && least.mtu <= one.mtu ? least : one), undefined);
  const nothing: LinkMtu = { mtu: ethernetMtu, said: 'Ethernet' };
  const [four, six] = [smallest(4), smallest(6)];
  const most = (found: LinkMtu): LinkMtu =>
    found.mtu <= ethernetMtu ? found : { mtu: ethernetMtu, said: 'the internet' };
  return { 4: most(four ?? six ?? nothing), 6: most(six ?? four ?? nothing) };
}

export interface TunnelSum {
  /** The family of the tunnel's own packets that leaves least room. */
  readonly outer: Family;
  readonly uplink: LinkMtu;
  readonly mtu: number;
}

/** The worse of both families for a host name, and for a peer that comes from anywhere: it may turn out to be either. */
export function tunnelSum(uplinks: Uplinks, peers: readonly Pick<Peer, 'endpoint'>[]): TunnelSum {
  const sums = ([4, 6] as const)
    .filter(family => canBe(peers, family))
    .map(outer => ({ outer, uplink: uplinks[outer], mtu: tunnelMtu(uplinks[outer].mtu, outer) }));
  return sums.reduce((least, one) => (least.mtu <= one.mtu ? least : one));
}

/** What the file says, or what the sums give. */
export function wantedMtu(uplinks: Uplinks, tunnel: Tunnel): number {
  return typeof tunnel.mtu === 'number' ? tunnel.mtu : tunnelSum(uplinks, tunnel.peers).mtu;
}

const canBe = (peers: readonly Pick<Peer, 'endpoint'>[], family: Family): boolean =>
  peers.length === 0 ||
  peers.some(({ endpoint }) => endpoint?.family === undefined || endpoint.family === family);
