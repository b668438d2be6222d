// The interfaces of a configuration with the names the kernel gives them, wherever below `interfaces` they stand
// (vif, pppoe below a vif …). Reads the tree only; what an interface is used for is others' business.
import { find, type Path, type Tree, values } from './tree.ts';

export interface Interface {
  /** The kernel's name: `eth0`, `eth0.35`, `pppoe0`, `wg4`. */
  readonly name: string;
  /** The node that makes it what it is: `ethernet`, `vif`, `pppoe`, `wireguard` … */
  readonly kind: string;
  readonly path: Path;
  readonly node: Tree;
  /** `disable` on it or on what it lies upon. */
  readonly disabled: boolean;
  /** The interface that it lies upon. */
  readonly parent?: Interface;
}

/** How a node below an interface names the interface that it makes; `pppoe 0` of any parent is pppoe0. */
const below: Readonly<Record<string, (parent: string, word: string) => string>> = {
  vif: (parent, word) => `${parent}.${word}`,
  'vif-s': (parent, word) => `${parent}.${word}`,
  'vif-c': (parent, word) => `${parent}.${word}`,
  pppoe: (_, word) => `pppoe${word}`,
  pppoa: (_, word) => `pppoa${word}`,
};

/** Every interface of the tree, each after the one it lies upon, in the tree's order. */
export function interfacesOf(tree: Tree): Interface[] {
  const found: Interface[] = [];
  const visit = (path: Path, node: Tree, name: string, parent?: Interface): void => {
    const kind = path[path.length - 2] ?? '';
    const disabled = node.children.has('disable') || parent?.disabled === true;
    const here: Interface = { name, kind, path, node, disabled, ...(parent && { parent }) };
    found.push(here);
    for (const [word, nameOf] of Object.entries(below))
      for (const [instance, child] of node.children.get(word)?.children ?? [])
        visit([...path, word, instance], child, nameOf(name, instance), here);
  };
  for (const [kind, instances] of find(tree, ['interfaces'])?.children ?? [])
    for (const [name, node] of instances.children) visit(['interfaces', kind, name], node, name);
  return found;
}

export const isWireguard = (iface: Interface | undefined): boolean => iface?.kind === 'wireguard';

const encrypted = new Set(['wireguard', 'amneziawg', 'openvpn', 'vti']);

/** What leaves by it is encrypted. */
export const isEncrypted = (iface: Interface | undefined): boolean => encrypted.has(iface?.kind ?? '');

/** It has one other end, or tells its ends apart by itself: a route to it needs no next hop. */
export const isPointToPoint = (iface: Interface): boolean =>
  ['openvpn', 'tunnel', 'vti', 'wireguard'].includes(iface.kind);

/** The values of `address`: prefixes with their host bits, `dhcp`, `dhcpv6`. A pseudo-tunnel of OpenVPN has none. */
export function addressesOf(iface: Interface): string[] {
  return values(iface.node, ['address']);
}

/** A network at an interface: the text of a prefix, host bits and all, and the path below the interface that says it. */
export interface Linked {
  readonly text: string;
  readonly below: Path;
}

/** The networks that an interface reaches by itself: those of its addresses, and what OpenVPN routes into its own. */
export function linkedTo(iface: Interface): Linked[] {
  const at = (...below: string[]): Linked[] =>
    values(iface.node, below).map(text => ({ text, below: [...below, text] }));
  const addresses = at('address');
  if (iface.kind !== 'openvpn') return addresses;
  return [...addresses, ...at('server', 'subnet'), ...at('remote-address')];
}

/** The bridge, bond or switch of which an interface is a port: what it receives comes in by that one. */
export function carrierOf(tree: Tree, iface: Interface): string | undefined {
  const [bridge] = [...values(iface.node, ['bridge-group', 'bridge']), ...values(iface.node, ['bond-group'])];
  const isPort = (name: string): boolean =>
    find(tree, ['interfaces', 'switch', name, 'switch-port', 'interface', iface.name]) !== undefined;
  return bridge ?? values(tree, ['interfaces', 'switch']).find(isPort);
}
