// Which interfaces face the internet, and what says so: a default route of any kind, an address by DHCP, PPPoE, a
// load-balance group; a masquerade only where nothing better is found, since hairpin rules masquerade towards home too.
import { addressesOf, type Interface, interfacesOf } from '../../vyatta/interfaces.ts';
import { find, type Path, type Tree, value, values } from '../../vyatta/tree.ts';
import { covers, type Family, host, parseAddress, parseInterfaceAddress } from '../../wireguard/prefix.ts';
import { stagesToRouter } from './attached.ts';

/** `path` is the node that says it, `text` the same for a person: `default route via 198.51.100.1`. */
export interface Reason {
  readonly text: string;
  readonly path: Path;
}

export interface Facing {
  readonly iface: Interface;
  readonly reasons: readonly Reason[];
}

/** What goes out through another interface first: its packets have passed that one's rulesets. */
const carried = new Set([
  'wireguard',
  'amneziawg',
  'openvpn',
  'vti',
  'l2tp-client',
  'pptp-client',
  'loopback',
]);

/** The interfaces that face the internet in a family, in the tree's order, with every reason found. */
export function facingWan(
  tree: Tree,
  family: Family,
  ifaces: readonly Interface[] = interfacesOf(tree),
): Facing[] {
  const inside = new Set(ifaces.flatMap(iface => delegatedTo(iface)));
  const usable = ifaces.filter(
    iface => !iface.disabled && !carried.has(iface.kind) && !(family === 6 && inside.has(iface.name)),
  );
  const found = usable
    .map(iface => ({ iface, reasons: [...ownReasons(iface, family), ...reasonsIn(tree, iface, family)] }))
    .filter(({ reasons }) => reasons.length > 0);
  if (found.length > 0 || family === 6) return found;
  return usable
    .map(iface => ({ iface, reasons: masquerades(tree, iface) }))
    .filter(({ reasons }) => reasons.length > 0);
}

/** The interfaces at which a ruleset guards the router itself, attached or by their zone. */
export function guardedBy(
  tree: Tree,
  family: Family,
  ifaces: readonly Interface[],
  ruleset: string,
): Facing[] {
  return ifaces
    .filter(iface => !iface.disabled && !carried.has(iface.kind))
    .flatMap((iface): Facing[] => {
      const stage = stagesToRouter(tree, iface, family).find(
        one => one.kind === 'ruleset' && one.name === ruleset,
      );
      return stage === undefined
        ? []
        : [{ iface, reasons: [{ text: `guarded by ${ruleset}`, path: stage.path }] }];
    });
}

/** Interfaces to which it hands prefixes from its provider: those are towards home, whatever else they say. */
function delegatedTo(iface: Interface): string[] {
  const delegations = find(iface.node, ['dhcpv6-pd', 'pd'])?.children.values() ?? [];
  return [...delegations].flatMap(pd => values(pd, ['interface']));
}

/** What the interface says itself: addresses and default routes that a provider gives. */
function ownReasons(iface: Interface, family: Family): Reason[] {
  const reasons: Reason[] = [];
  const add = (text: string, ...path: string[]): void => {
    reasons.push({ text, path: [...iface.path, ...path] });
  };
  if (family === 4) {
    if (iface.kind === 'pppoe' && value(iface.node, ['default-route']) !== 'none')
      add('PPPoE with its default route');
    if (
      addressesOf(iface).includes('dhcp') &&
      value(iface.node, ['dhcp-options', 'default-route']) !== 'no-update'
    )
      add('address by DHCP', 'address', 'dhcp');
    return reasons;
  }
  if (addressesOf(iface).includes('dhcpv6')) add('address by DHCPv6', 'address', 'dhcpv6');
  if (find(iface.node, ['ipv6', 'address', 'autoconf']) !== undefined)
    add('address by router advertisement', 'ipv6', 'address', 'autoconf');
  if (find(iface.node, ['dhcpv6-pd']) !== undefined) add('prefix by DHCPv6', 'dhcpv6-pd');
  return reasons;
}

/** What the rest of the tree says about it. */
function reasonsIn(tree: Tree, iface: Interface, family: Family): Reason[] {
  const reasons: Reason[] = [];
  for (const { to, path } of defaultRoutes(tree, family)) {
    const table = path[2] === 'table' ? ` in table ${path[3]}` : '';
    if (to === iface.name) reasons.push({ text: `default route out of it${table}`, path });
    else if (onLink(iface, to)) reasons.push({ text: `default route via ${to}${table}`, path });
  }
  if (family === 6) return reasons;
  for (const [group] of find(tree, ['load-balance', 'group'])?.children ?? []) {
    const path = ['load-balance', 'group', group, 'interface', iface.name];
    if (find(tree, path) !== undefined) reasons.push({ text: `load-balance group ${group}`, path });
  }
  if (value(tree, ['port-forward', 'wan-interface']) === iface.name)
    reasons.push({ text: 'the WAN interface of port-forward', path: ['port-forward', 'wan-interface'] });
  return reasons;
}

/** Next hops and interfaces of every default route, of policy tables too. */
function defaultRoutes(tree: Tree, family: Family): { to: string; path: Path }[] {
  const all = family === 4 ? '0.0.0.0/0' : '::/0';
  const six = family === 4 ? '' : '6';
  const tables = values(tree, ['protocols', 'static', 'table']);
  const roots = [['protocols', 'static'], ...tables.map(table => ['protocols', 'static', 'table', table])];
  const found: { to: string; path: Path }[] = [];
  for (const root of roots) {
    for (const below of [
      [`route${six}`, all, 'next-hop'],
      [`interface-route${six}`, all, 'next-hop-interface'],
    ])
      for (const [to, node] of find(tree, [...root, ...below])?.children ?? []) {
        if (node.children.has('disable')) continue;
        // A link-local next hop stands with its interface.
        const out = value(node, ['interface']) ?? to;
        found.push({ to: out, path: [...root, ...below, to] });
      }
  }
  const gateway = family === 4 ? value(tree, ['system', 'gateway-address']) : undefined;
  if (gateway !== undefined) found.push({ to: gateway, path: ['system', 'gateway-address'] });
  return found;
}

/** The address is in a network of the interface. */
function onLink(iface: Interface, address: string): boolean {
  const found = parseAddress(address);
  if (found === undefined) return false;
  return addressesOf(iface).some(text => {
    const network = parseInterfaceAddress(text);
    return network !== undefined && covers(network, host(found.family, found.address));
  });
}

function masquerades(tree: Tree, iface: Interface): Reason[] {
  return [...(find(tree, ['service', 'nat', 'rule'])?.children ?? [])]
    .filter(
      ([, node]) =>
        value(node, ['type']) === 'masquerade' &&
        value(node, ['outbound-interface']) === iface.name &&
        !node.children.has('disable'),
    )
    .map(([rule]) => ({ text: `masquerade rule ${rule}`, path: ['service', 'nat', 'rule', rule] }));
}
