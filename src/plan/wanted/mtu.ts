// MTU of a tunnel and the MSS that goes with it, from what the file says and the router has (edgeos-facts 10).
import type { Peer, Site, Tunnel } from '../../site/site.ts';
import { find, type Tree, value, values } from '../../vyatta/tree.ts';
import { tunnelMtu } from '../../wireguard/mtu.ts';
import type { Family } from '../../wireguard/prefix.ts';

const ethernetMtu = 1500;

/** The smallest MTU among the PPPoE links of a router that has any (EdgeOS's default there is 1492), else Ethernet's. */
function uplinkMtu(site: Site, running: Tree): number {
  return site.uplink.mtu ?? Math.min(ethernetMtu, ...pppoeMtus(running));
}

function* pppoeMtus(running: Tree): Generator<number> {
  for (const kind of ['ethernet', 'bonding', 'bridge', 'switch']) {
    for (const link of find(running, ['interfaces', kind])?.children.values() ?? []) {
      const vifs = find(link, ['vif'])?.children.values() ?? [];
      for (const node of [link, ...vifs])
        for (const pppoe of find(node, ['pppoe'])?.children.values() ?? []) {
          if (find(pppoe, ['disable']) === undefined) yield Number(value(pppoe, ['mtu']) ?? 1492);
        }
    }
  }
}

/** The worse family for the MTU: a host name, or no endpoint at all, may turn out to be IPv6. */
function outerFamily(peers: readonly Peer[]): Family {
  return peers.length > 0 && peers.every(peer => peer.endpoint?.family === 4) ? 4 : 6;
}

/** The MTU that the file says or that the sums give. */
export function wantedMtu(site: Site, running: Tree, tunnel: Tunnel): number {
  if (typeof tunnel.mtu === 'number') return tunnel.mtu;
  return tunnelMtu(uplinkMtu(site, running), outerFamily(tunnel.peers));
}

/** The MTU of every WireGuard interface that there is after the change. */
export function wireguardMtus(
  running: Tree,
  wanted: Tree,
  gone: (name: string) => boolean,
): Map<string, number> {
  const path = ['interfaces', 'wireguard'];
  const mtus = new Map<string, number>();
  for (const name of values(running, path))
    if (!gone(name)) mtus.set(name, Number(value(running, [...path, name, 'mtu']) ?? 1420));
  for (const name of values(wanted, path)) {
    const said = value(wanted, [...path, name, 'mtu']);
    if (said !== undefined) mtus.set(name, Number(said));
    else if (!mtus.has(name)) mtus.set(name, 1420);
  }
  return mtus;
}
