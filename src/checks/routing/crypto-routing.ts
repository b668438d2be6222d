// What the checks of crypto-routing share: which addresses the peers of an interface have among them, and in which notation.
import { type Ranges, ranges } from '../../model/firewall/ranges.ts';
import { type AllowedIP, type PeerOnRouter, peersOf } from '../../model/routing/peers.ts';
import type { Peer, SitePath, Tunnel } from '../../site/site.ts';
import type { Interface } from '../../vyatta/interfaces.ts';
import { type Family, last, type Prefix, printPrefix } from '../../wireguard/prefix.ts';

/** One allowed IP with the peer that has it. */
export interface Owned extends AllowedIP {
  readonly peer: PeerOnRouter;
}

/** In the router's order; a peer that is disabled has none. */
export function ownedBy(iface: Interface): Owned[] {
  return peersOf(iface)
    .filter(peer => !peer.disabled)
    .flatMap(peer => peer.allowed.map(allowed => ({ ...allowed, peer })));
}

export const rangeOf = (prefix: Prefix): Ranges => ranges([[prefix.first, last(prefix)]]);

/** All addresses of one family in `list`. */
export function allOf(list: readonly { readonly prefix: Prefix }[], family: Family): Ranges {
  return ranges(
    list.flatMap(({ prefix }) => (prefix.family === family ? [[prefix.first, last(prefix)] as const] : [])),
  );
}

/** The peer of the file; undefined for one that only the router has. */
const inFile = (tunnel: Tunnel, peer: PeerOnRouter): Peer | undefined =>
  tunnel.peers.find(one => one.publicKey === peer.key);

/** Its name in the file, or its description on the router, or the beginning of its key. */
export const nameOf = (tunnel: Tunnel, peer: PeerOnRouter): string =>
  inFile(tunnel, peer)?.name ?? peer.description ?? `${peer.key.slice(0, 8)}…`;

/** Where the file says an allowed IP; undefined where only the router does. */
export function placeOfAllowed(tunnel: Tunnel, { peer, prefix }: Owned): SitePath | undefined {
  const mine = inFile(tunnel, peer);
  const index = mine?.allowedIPs.indexOf(printPrefix(prefix)) ?? -1;
  return mine === undefined || index === -1 ? undefined : [...mine.at, 'allowedIPs', index];
}

/** `10.0.0.1/24 (10.0.0.0/24)` where the router has it in another notation. */
export function tellAllowed({ prefix, text }: AllowedIP): string {
  const canonical = printPrefix(prefix);
  return text === canonical ? canonical : `${text} (${canonical})`;
}
