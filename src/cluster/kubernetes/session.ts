// The BGP sessions of a node, whoever speaks on it.
import type { ClusterBgp } from '../../site/cluster.ts';
import type { Family } from '../../wireguard/prefix.ts';
import type { NodeSetup } from '../setup.ts';

/** The Secret with the password, of type kubernetes.io/basic-auth; not rendered without being asked for. */
export const passwordSecret = 'edgewg-bgp';

export interface Session {
  readonly name: string;
  /** The router's address. */
  readonly peer: string;
  /** The node's. */
  readonly source: string | undefined;
  readonly family: Family;
}

/** One for each address of the router in the tunnel. */
export function sessionsOf({ node, routerAddresses }: NodeSetup): Session[] {
  const isV6 = (address: string): boolean => address.includes(':');
  const both = new Set(routerAddresses.map(isV6)).size > 1;
  return routerAddresses.map(peer => ({
    name: `${node.name}${both ? (isV6(peer) ? '-ipv6' : '-ipv4') : ''}`,
    peer,
    family: isV6(peer) ? 6 : 4,
    source: node.address.map(text => text.split('/')[0] ?? text).find(own => isV6(own) === isV6(peer)),
  }));
}

export const needsHops = (bgp: ClusterBgp): boolean => bgp.ebgpMultihop && bgp.asn !== bgp.routerAsn;
