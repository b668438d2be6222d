// Firewall groups: named sets of addresses, networks and ports. `ADDRv4_eth0` and `NETv4_eth0` are made by EdgeOS itself
// and hold what the interface has (vyatta-cfg src/ubnt/fw/fw_group.cpp); of an interface on DHCP only the router knows it.
import { addressesOf, type Interface, interfacesOf } from '../../vyatta/interfaces.ts';
import { find, type Path, type Tree, values } from '../../vyatta/tree.ts';
import { type Family, last, parseInterfaceAddress } from '../../wireguard/prefix.ts';
import { addresses, allAddresses, type Known, listed, ports } from './conditions.ts';
import { all } from './packets.ts';
import { only, span, union } from './ranges.ts';

export type GroupKind = 'address-group' | 'network-group' | 'port-group';

const unknown = (possible: Known['possible'], because: string): Known => ({ sure: [], possible, because });

/**
 * What a group holds. `kind` is the node below `source group` without EdgeOS's `ipv6-`, which the family gives. A group that isn't
 * there may hold anything: EdgeOS refuses such a rule, so it can't be known what was meant.
 */
export function groupOf(tree: Tree, kind: GroupKind, family: Family, name: string): Known {
  const prefix = family === 6 && kind !== 'port-group' ? 'ipv6-' : '';
  const path = groupPath(kind, family, name);
  const full = kind === 'port-group' ? all.destinationPort : allAddresses(family);
  if (find(tree, path) === undefined)
    return interfaceGroup(tree, family, name) ?? unknown(full, `${prefix}${kind} ${name} is not defined`);
  const members = values(tree, [...path, `${prefix}${kind.replace('-group', '')}`]);
  const read = kind === 'port-group' ? ports : (word: string) => addresses(word, family);
  return listed(members, read, full, `${prefix}${kind} ${name}: member`);
}

/** Where a group stands; those of ports are of both families. */
export function groupPath(kind: GroupKind, family: Family, name: string): Path {
  const prefix = family === 6 && kind !== 'port-group' ? 'ipv6-' : '';
  return ['firewall', 'group', `${prefix}${kind}`, name];
}

/** EdgeOS makes some of each interface. */
export const isInterfaceGroup = (name: string): boolean => /^(ADDR|NET)v[46]_/.test(name);

/** EdgeOS's own groups: ADDRv4_eth0, NETv4_eth0, ADDRv6_eth0, NETv6_eth0. */
function interfaceGroup(tree: Tree, family: Family, name: string): Known | undefined {
  const [, what, version, iface] = /^(ADDR|NET)v([46])_(.+)$/.exec(name) ?? [];
  if (what === undefined || Number(version) !== family) return undefined;
  const full = allAddresses(family);
  const found = interfacesOf(tree).find(one => one.name === iface);
  if (found === undefined || isDynamic(found, family))
    return unknown(full, `only the router knows the addresses of ${iface}`);
  let sure: Known['sure'] = [];
  for (const text of addressesOf(found)) {
    const address = parseInterfaceAddress(text);
    if (address?.family !== family) continue;
    const set = what === 'ADDR' ? only(address.address) : span(address.first, last(address));
    sure = union(sure, set);
  }
  return { sure, possible: sure };
}

/** It gets addresses that no configuration shows: by DHCP, PPP, OpenVPN, or IPv6's own means. */
export function isDynamic(iface: Interface, family: Family): boolean {
  const words = addressesOf(iface);
  if (words.includes(family === 4 ? 'dhcp' : 'dhcpv6')) return true;
  if (family === 6 && find(iface.node, ['ipv6', 'address']) !== undefined) return true;
  if (words.some(word => parseInterfaceAddress(word)?.family === family)) return false;
  return !['ethernet', 'vif', 'switch', 'bridge', 'bonding', 'wireguard', 'loopback'].includes(iface.kind);
}
