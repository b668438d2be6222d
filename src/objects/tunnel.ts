// A WireGuard interface.
import { managesInterface } from '../site/manages.ts';
import type { KeySource, Site, Tunnel } from '../site/site.ts';
import { isLiteral } from '../vyatta/redact.ts';
import type { Path, Tree } from '../vyatta/tree.ts';
import { parseInterfaceAddress } from '../wireguard/prefix.ts';
import type { Draft } from './draft.ts';
import { any, type KeyOf, Kind } from './kind.ts';
import { leafOf, numberOr, oneWord, unsayable } from './leaf.ts';
import { wantedMtu } from './uplinks.ts';
import type { Wish } from './wanted.ts';

/** Where the private key of an interface lies when the file doesn't say. */
export function privateKeyOf({ name, privateKey }: Tunnel): KeySource {
  return privateKey ?? { kind: 'router', path: keyPathOf(name) };
}

/** Where edgewg puts the private key of an interface by default. */
const keyPathOf = (name: string): string => `/config/auth/${name}.key`;

const leaf = leafOf<Tunnel, Wish>();

const leaves = [
  leaf('description', 'description'),
  leaf('disable', 'disable'),
  leaf('address', 'address', { isOurs: word => parseInterfaceAddress(word) !== undefined }),
  leaf('listen-port', 'listenPort'),
  leaf('private-key', 'privateKey', {
    otherwise: privateKeyOf,
    words: (source, { at }, { keyPath }) => oneWord(keyPath(source, [...at, 'privateKey'])),
  }),
  leaf('mtu', 'mtu', {
    otherwise: () => 'auto',
    words: (_, said, { uplinks }) => [[String(wantedMtu(uplinks, said))]],
  }),
  leaf('route-allowed-ips', 'routeAllowedIPs', { otherwise: () => false }),
  leaf('fwmark', 'fwmark', numberOr),
  leaf('firewall in name', 'firewall.in.ipv4'),
  leaf('firewall in ipv6-name', 'firewall.in.ipv6'),
  leaf('firewall local name', 'firewall.local.ipv4'),
  leaf('firewall local ipv6-name', 'firewall.local.ipv6'),
  leaf('firewall out name', 'firewall.out.ipv4'),
  leaf('firewall out ipv6-name', 'firewall.out.ipv6'),
  leaf('ip ospf network', 'ospf.network'),
  leaf('ip ospf cost', 'ospf.cost'),
  leaf('ip ospf hello-interval', 'ospf.helloInterval'),
  leaf('ip ospf dead-interval', 'ospf.deadInterval'),
  leaf('ip ospf retransmit-interval', 'ospf.retransmitInterval'),
  leaf('ip ospf transmit-delay', 'ospf.transmitDelay'),
  leaf('ip ospf priority', 'ospf.priority'),
  leaf('ip ospf mtu-ignore', 'ospf.mtuIgnore'),
  leaf('ipv6 ospfv3 cost', 'ospfv3.cost'),
  leaf('ipv6 ospfv3 hello-interval', 'ospfv3.helloInterval'),
  leaf('ipv6 ospfv3 dead-interval', 'ospfv3.deadInterval'),
  leaf('ipv6 ospfv3 retransmit-interval', 'ospfv3.retransmitInterval'),
  leaf('ipv6 ospfv3 transmit-delay', 'ospfv3.transmitDelay'),
  leaf('ipv6 ospfv3 priority', 'ospfv3.priority'),
  leaf('ipv6 ospfv3 ifmtu', 'ospfv3.ifMtu'),
  leaf('ipv6 ospfv3 instance-id', 'ospfv3.instanceId'),
  leaf('ipv6 ospfv3 mtu-ignore', 'ospfv3.mtuIgnore'),
  leaf('ipv6 ospfv3 passive', 'ospfv3.passive'),
  unsayable('ip ospf authentication', 'ospf.authentication', 'set by hand: a site file holds no secret'),
  unsayable('up-command', 'upCommand', 'a program that the router runs: it is set by hand'),
  unsayable('down-command', 'downCommand', 'a program that the router runs: it is set by hand'),
];

export const tunnel: Kind<[name: string], KeyOf<typeof leaves>> = new Kind({
  at: ['interfaces', 'wireguard', any],
  leaves,
  hold: (claim, name) => {
    const isNamed = claim.isNamed(name);
    if (claim.isWhole(name)) return isNamed ? 'sayable' : 'all';
    return isNamed ? 'said' : 'none';
  },
  title: name => ({ title: `tunnel ${name}`, order: ['tunnels', name, 0] }),
});

/** Ours as a whole, or not there yet: then what can be derived has a default, said explicitly. */
export function isWhole(site: Site, running: Tree, { name }: Tunnel): boolean {
  return managesInterface(site, name) || !tunnel.has(running, name);
}

export function draftTunnel(draft: Draft, running: Tree, name: string): void {
  const at = ['tunnels', name];
  draft.set(at, {}, tunnel.path(name));
  tunnel.draft(draft, running, at, name);
  if (isLiteral(tunnel.value(running, 'privateKey', name) ?? ''))
    draft.comments.push({
      at,
      text: ` its private key is a literal of the configuration and stays one; the next apply moves it into a file with:\n privateKey: ${keyPathOf(name)}`,
    });
}

/** Run as a shell command by the package's scripts. */
export function isExecuted(path: Path): boolean {
  const key = tunnel.keyAt(tunnel.match(path)?.below ?? []);
  return key === 'upCommand' || key === 'downCommand';
}
