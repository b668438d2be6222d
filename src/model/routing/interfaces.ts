// Routes that interfaces bring by themselves: their networks, defaults from a provider, allowed IPs of WireGuard.
import { addressesOf, type Interface, linkedTo } from '../../vyatta/interfaces.ts';
import { find, value } from '../../vyatta/tree.ts';
import { type Family, parseInterfaceAddress, parsePrefix } from '../../wireguard/prefix.ts';
import type { Entry } from './entry.ts';
import { peersOf } from './peers.ts';

/** EdgeOS's for a default route by DHCP (`dhcp-options default-route-distance`). */
const dhcpDistance = 210;

/** An address of the router itself. */
export interface OwnAddress {
  readonly family: Family;
  readonly address: bigint;
  readonly iface: Interface;
  /** As it stands there, with the length of its network. */
  readonly text: string;
}

export function ownAddresses(ifaces: readonly Interface[]): OwnAddress[] {
  return ifaces.flatMap(iface =>
    addressesOf(iface).flatMap(text => {
      const found = parseInterfaceAddress(text);
      return found === undefined ? [] : [{ family: found.family, address: found.address, iface, text }];
    }),
  );
}

/** Everything that an interface which is up brings. */
export function routesOf(iface: Interface): Entry[] {
  return [...connected(iface), ...defaults(iface), ...allowedRoutes(iface)];
}

function connected(iface: Interface): Entry[] {
  return linkedTo(iface).flatMap(({ text, below }): Entry[] => {
    const prefix = parsePrefix(text);
    if (prefix === undefined) return [];
    const path = [...iface.path, ...below];
    const line = find(iface.node, below)?.line;
    return [
      {
        prefix,
        origin: 'connected',
        distance: 0,
        out: iface.name,
        path,
        ...(line !== undefined && { line }),
      },
    ];
  });
}

/** Default routes whose gateway only the provider knows. */
function defaults(iface: Interface): Entry[] {
  const made: Entry[] = [];
  const add = (text: string, distance: number, ...below: string[]): void => {
    const prefix = parsePrefix(text);
    const { line } = find(iface.node, below) ?? iface.node;
    const path = [...iface.path, ...below];
    if (prefix !== undefined)
      made.push({
        prefix,
        origin: 'provider',
        distance,
        out: iface.name,
        path,
        ...(line !== undefined && { line }),
      });
  };
  const addresses = addressesOf(iface);
  if (iface.kind === 'pppoe' && value(iface.node, ['default-route']) !== 'none') add('0.0.0.0/0', 1);
  if (addresses.includes('dhcp') && value(iface.node, ['dhcp-options', 'default-route']) !== 'no-update')
    add(
      '0.0.0.0/0',
      Number(value(iface.node, ['dhcp-options', 'default-route-distance']) ?? dhcpDistance),
      'address',
      'dhcp',
    );
  if (find(iface.node, ['ipv6', 'address', 'autoconf']) !== undefined)
    add('::/0', dhcpDistance, 'ipv6', 'address', 'autoconf');
  else if (addresses.includes('dhcpv6')) add('::/0', dhcpDistance, 'address', 'dhcpv6');
  else if (iface.kind === 'pppoe' && find(iface.node, ['ipv6', 'enable']) !== undefined)
    add('::/0', dhcpDistance, 'ipv6', 'enable');
  else if (find(iface.node, ['dhcpv6-pd']) !== undefined) add('::/0', dhcpDistance, 'dhcpv6-pd');
  return made;
}

/** `route-allowed-ips true`, which is the default, puts them into the kernel past everything else (docs/edgeos.md 'route-allowed-ips'). */
const allowedRoutes = (iface: Interface): Entry[] =>
  value(iface.node, ['route-allowed-ips']) === 'false' ? [] : allowedIPs(iface);

/** What would be routed if `route-allowed-ips` were true. Nothing for an interface that isn't WireGuard's. */
export function allowedIPs(iface: Interface): Entry[] {
  if (iface.kind !== 'wireguard') return [];
  return (
    peersOf(iface)
      .filter(peer => !peer.disabled)
      .flatMap(peer => peer.allowed)
      .map(({ prefix, path, line }) => ({
        prefix,
        origin: 'allowedIPs' as const,
        distance: 0,
        out: iface.name,
        path,
        ...(line !== undefined && { line }),
      }))
      // The commit refuses what clashes with the default route.
      .filter(({ prefix }) => prefix.length > 0)
  );
}
