// Which UDP ports the router's own services listen on, as far as its configuration says. WireGuard is UDP only: what listens on
// TCP (the GUI, SSH, BGP) is never in its way.
import type { Interface } from '../vyatta/interfaces.ts';
import { find, has, type Path, type Tree, value, values } from '../vyatta/tree.ts';

export interface Service {
  /** `OpenVPN on vtun0`, `DNS forwarding`. */
  readonly name: string;
  readonly port: number;
  /** The node that starts it. */
  readonly path: Path;
}

/** Services that a node starts on fixed ports. */
const fixed: readonly { name: string; path: Path; ports: readonly number[] }[] = [
  { name: 'DNS forwarding', path: ['service', 'dns', 'forwarding'], ports: [53] },
  { name: 'the DHCP server', path: ['service', 'dhcp-server', 'shared-network-name'], ports: [67] },
  { name: 'the DHCP relay', path: ['service', 'dhcp-relay', 'interface'], ports: [67] },
  { name: 'the DHCPv6 server', path: ['service', 'dhcpv6-server'], ports: [547] },
  { name: 'the DHCPv6 relay', path: ['service', 'dhcpv6-relay'], ports: [547] },
  { name: 'the TFTP server', path: ['service', 'tftp-server'], ports: [69] },
  { name: 'NTP', path: ['system', 'ntp', 'server'], ports: [123] },
  { name: 'UPnP', path: ['service', 'upnp', 'listen-on'], ports: [1900, 5351] },
  { name: 'UPnP', path: ['service', 'upnp2', 'listen-on'], ports: [1900, 5351] },
  { name: 'the mDNS repeater', path: ['service', 'mdns'], ports: [5353] },
  { name: 'L2TP', path: ['vpn', 'l2tp', 'remote-access'], ports: [1701, 500, 4500] },
  { name: 'IPsec', path: ['vpn', 'ipsec', 'site-to-site'], ports: [500, 4500] },
  { name: 'IPsec', path: ['vpn', 'ipsec', 'ipsec-interfaces'], ports: [500, 4500] },
  { name: 'RIP', path: ['protocols', 'rip', 'interface'], ports: [520] },
  { name: 'RIP', path: ['protocols', 'rip', 'network'], ports: [520] },
  { name: 'RIPng', path: ['protocols', 'ripng', 'interface'], ports: [521] },
];

/** Everything of the tree that listens on UDP, in no order that means anything. */
export function udpServices(tree: Tree, ifaces: readonly Interface[]): Service[] {
  const found = fixed
    .filter(({ path }) => find(tree, path) !== undefined)
    .flatMap(({ name, path, ports }) => ports.map(port => ({ name, port, path })));
  if (value(tree, ['service', 'dhcp-server', 'disabled']) === 'true')
    found.splice(0, found.length, ...found.filter(({ name }) => name !== 'the DHCP server'));
  return [
    ...found,
    ...clients(ifaces),
    ...openvpn(ifaces),
    ...amnezia(ifaces),
    ...snmp(tree),
    ...discovery(tree),
  ];
}

/** DHCP clients listen too. */
function clients(ifaces: readonly Interface[]): Service[] {
  return ifaces.flatMap(iface => [
    ...(has(iface.node, ['address', 'dhcp'])
      ? [{ name: `the DHCP client of ${iface.name}`, port: 68, path: [...iface.path, 'address', 'dhcp'] }]
      : []),
    ...(has(iface.node, ['address', 'dhcpv6']) || has(iface.node, ['dhcpv6-pd'])
      ? [{ name: `the DHCPv6 client of ${iface.name}`, port: 546, path: iface.path }]
      : []),
  ]);
}

/** A client without `local-port` takes any free one; all else listens on 1194 unless told otherwise. */
function openvpn(ifaces: readonly Interface[]): Service[] {
  return ifaces
    .filter(iface => iface.kind === 'openvpn' && !iface.disabled)
    .filter(iface => !value(iface.node, ['protocol'])?.startsWith('tcp'))
    .flatMap(iface => {
      const port = value(iface.node, ['local-port']);
      if (port === undefined && value(iface.node, ['mode']) === 'client') return [];
      const path = port === undefined ? iface.path : [...iface.path, 'local-port', port];
      return [{ name: `OpenVPN on ${iface.name}`, port: Number(port ?? 1194), path }];
    });
}

/** AmneziaWG, a relative of WireGuard's: foreign, and on a port of its own. */
function amnezia(ifaces: readonly Interface[]): Service[] {
  return ifaces
    .filter(iface => iface.kind === 'amneziawg' && !iface.disabled)
    .flatMap(iface => {
      const port = value(iface.node, ['listen-port']);
      const path = [...iface.path, 'listen-port', port ?? ''];
      return port === undefined ? [] : [{ name: `AmneziaWG on ${iface.name}`, port: Number(port), path }];
    });
}

function snmp(tree: Tree): Service[] {
  const path = ['service', 'snmp'];
  if (find(tree, path) === undefined) return [];
  const addresses = values(tree, [...path, 'listen-address']);
  const said = addresses.map(address => value(tree, [...path, 'listen-address', address, 'port']) ?? '161');
  return [...new Set(said.length === 0 ? ['161'] : said)].map(port => ({
    name: 'SNMP',
    port: Number(port),
    path,
  }));
}

/** Ubiquiti's discovery answers unless one of its two halves is switched off as a whole. */
function discovery(tree: Tree): Service[] {
  const nodes = ['ubnt-discover', 'ubnt-discover-server'];
  if (nodes.some(node => has(tree, ['service', node, 'disable']))) return [];
  return [{ name: "Ubiquiti's discovery", port: 10001, path: ['service', 'ubnt-discover'] }];
}

const sshPort = 22;

/** Where sshd listens: no addresses are all of them. Undefined: it is switched off. */
export function sshOf(
  tree: Tree,
): { readonly port: number; readonly addresses: readonly string[] } | undefined {
  const said = find(tree, ['service', 'ssh']);
  if (said === undefined) return undefined;
  return { port: Number(value(said, ['port']) ?? sshPort), addresses: values(said, ['listen-address']) };
}
