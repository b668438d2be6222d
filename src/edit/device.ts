// What a phone or laptop gets as a peer of an interface that is there: its address, what it sends into the tunnel, its packet size, and
// what won't work for it. Pure.
import { Refused } from '../errors.ts';
import { untranslated } from '../model/firewall/masqueraded.ts';
import { facingWan } from '../model/firewall/wan.ts';
import { doesListen, exceptInterface, forwarding } from '../objects/dns.ts';
import { peer as peers } from '../objects/peer.ts';
import { tunnel as tunnels } from '../objects/tunnel.ts';
import { tunnelSum, uplinksOf } from '../objects/uplinks.ts';
import type { Site, Tunnel } from '../site/site.ts';
import { addressesOf, interfacesOf } from '../vyatta/interfaces.ts';
import { has, type Tree } from '../vyatta/tree.ts';
import { freeAddress } from '../wireguard/device.ts';
import { parseEndpoint, printEndpoint } from '../wireguard/endpoint.ts';
import {
  covers,
  host,
  type InterfaceAddress,
  last,
  type Prefix,
  parseAddress,
  parseInterfaceAddress,
  parsePrefix,
  printPrefix,
} from '../wireguard/prefix.ts';

export interface DeviceWish {
  /** Without their length; none: the next free ones. */
  readonly addresses: readonly string[];
  /** `HOST` or `HOST:PORT`. */
  readonly endpoint: string | undefined;
  /** Undefined: the networks at home, or everything. */
  readonly allowedIPs: readonly string[] | undefined;
  readonly dns: readonly string[];
}

export interface Device {
  /** `192.168.5.101/32` */
  readonly addresses: readonly string[];
  readonly endpoint: string;
  readonly allowedIPs: readonly string[];
  readonly mtu: number;
  /** What won't work, or is not known to: one sentence each, with the way out. */
  readonly warnings: readonly string[];
}

/** The package's, and what WireGuard's own tools take for a line of 1500 bytes that may be IPv6 (docs/edgeos.md 'WireGuard nodes'). */
const usualMtu = 1420;

/** `planned`: the router after an apply of the file. Throws {@link Refused} where the interface has no room, or the wish can't be met. */
export function deviceFor(
  site: Site,
  tunnel: Tunnel,
  running: Tree,
  wish: DeviceWish,
  planned: Tree = running,
): Device {
  const networks = networksOf(tunnel, running);
  const addresses = addressesFor(site, tunnel, running, networks, wish.addresses);
  const allowedIPs = wish.allowedIPs ?? [
    ...(site.cluster?.homeNetworks.length ? site.cluster.homeNetworks : ['0.0.0.0/0']),
    ...(site.cluster?.homeNetworks.length ? networks.map(printPrefix) : v6Default(addresses)),
  ];
  const endpoint = endpointFor(site, tunnel, running, wish.endpoint);
  return {
    addresses,
    endpoint,
    allowedIPs,
    mtu: mtuFor(site, tunnel, running, endpoint),
    warnings: [
      ...unmasqueraded(planned, tunnel, addresses, allowedIPs),
      ...withoutIpv6(planned, allowedIPs),
      ...unanswered(planned, tunnel, wish.dns),
    ],
  };
}

const v6Default = (addresses: readonly string[]): string[] =>
  addresses.some(text => text.includes(':')) ? ['::/0'] : [];

const isDefault = (text: string): boolean => /\/0$/.test(text);

function networksOf({ name, address }: Tunnel, running: Tree): InterfaceAddress[] {
  const own = address.length > 0 ? address : tunnels.values(running, 'address', name);
  return own.flatMap(text => parseInterfaceAddress(text) ?? []);
}

/** Who has which prefix, on any interface: a device inside another peer's would take that one's packets, or never get its own. */
interface Taken {
  readonly prefix: Prefix;
  readonly by: string;
}

function takenOn(site: Site, running: Tree): Taken[] {
  const parse = (texts: readonly string[], by: string): Taken[] =>
    texts.flatMap(text => {
      const prefix = parsePrefix(text);
      return prefix === undefined || prefix.length === 0 ? [] : { prefix, by };
    });
  const ends = (texts: readonly string[], by: string): Taken[] =>
    texts.flatMap(text => {
      const own = parseInterfaceAddress(text);
      return own === undefined ? [] : { prefix: host(own.family, own.address), by };
    });
  const onRouter = tunnels.all(running).flatMap(([name]) => [
    ...ends(tunnels.values(running, 'address', name), name),
    ...peers.names(running, name).flatMap(key => {
      const said = peers.value(running, 'description', name, key) ?? `${key.slice(0, 8)}…`;
      const lists = peers.values(running, 'allowedIPs', name, key);
      return parse(
        lists.flatMap(list => list.split(',')),
        `peer ${said} of ${name}`,
      );
    }),
  ]);
  const inFile = site.tunnels.flatMap(({ name, address, peers: said }) => [
    ...ends(address, name),
    ...said.flatMap(one => parse(one.allowedIPs, `peer ${one.name} of ${name}`)),
  ]);
  return [...onRouter, ...inFile];
}

function addressesFor(
  site: Site,
  tunnel: Tunnel,
  running: Tree,
  networks: readonly InterfaceAddress[],
  said: readonly string[],
): string[] {
  const taken = takenOn(site, running);
  const chosen =
    said.length > 0
      ? said.map(text => chosenAddress(text, tunnel, networks, taken))
      : networks.flatMap(
          network =>
            freeAddress(
              network,
              taken.map(({ prefix }) => prefix),
            ) ?? [],
        );
  if (chosen.length === 0) {
    const whole = taken.find(({ prefix }) => networks.some(network => covers(prefix, network)));
    const own = networks.map(printPrefix).join(', ') || 'not known';
    throw new Refused(
      'no-address',
      `${tunnel.name} has no free address: its own networks are ${own}${whole === undefined ? '' : `, and ${whole.by} has all of ${printPrefix(whole.prefix)}`}`,
      whole === undefined
        ? 'an interface for devices needs a network, such as 192.168.5.1/24'
        : `give ${whole.by} narrower allowed IPs, or devices an interface of their own`,
    );
  }
  return chosen.map(address => `${address}/${address.includes(':') ? 128 : 32}`);
}

function chosenAddress(
  text: string,
  { name }: Tunnel,
  networks: readonly InterfaceAddress[],
  taken: readonly Taken[],
): string {
  const found = parseAddress(text.replace(/\/(?:32|128)$/, ''));
  if (found === undefined)
    throw new Refused('usage', `--address ${text} is no address`, 'write one address, such as 192.168.5.101');
  const own = host(found.family, found.address);
  const network = networks.find(one => covers(one, own));
  const isEdge =
    network !== undefined &&
    network.family === 4 &&
    network.length < 31 &&
    (own.first === network.first || own.first === last(network));
  if (network === undefined || isEdge)
    throw new Refused(
      'usage',
      `--address ${text} is no address of a device on ${name}`,
      `take one of ${networks.map(printPrefix).join(', ') || 'a network that the interface has'}`,
    );
  const other = taken.find(({ prefix }) => covers(prefix, own));
  if (other !== undefined)
    throw new Refused(
      'no-address',
      `${text} lies in ${printPrefix(other.prefix)}, which ${other.by} has`,
      'take another, or none for the next free one',
    );
  return text.replace(/\/(?:32|128)$/, '');
}

function endpointFor(site: Site, tunnel: Tunnel, running: Tree, wish: string | undefined): string {
  const said = wish ?? site.cluster?.routerEndpoint;
  if (said === undefined)
    throw new Refused(
      'usage',
      'where does the device reach the router?',
      'give --endpoint HOST: a name or a public address',
    );
  const whole = parseEndpoint(said);
  if (whole !== undefined) return printEndpoint(whole);
  const port = tunnel.listenPort ?? Number(tunnels.value(running, 'listenPort', tunnel.name) ?? 0);
  const bracketed = parseAddress(said)?.family === 6 ? `[${said}]` : said;
  const found = parseEndpoint(`${bracketed}:${port || 51820}`);
  if (found === undefined)
    throw new Refused('usage', `--endpoint ${said} is no HOST or HOST:PORT`, 'write home.example.net:51820');
  if (port === 0)
    throw new Refused(
      'no-port',
      `${tunnel.name} has no listenPort in the file, and none is known of the router: a device can't know where to call`,
      `give tunnels.${tunnel.name}.listenPort, or the port with --endpoint ${bracketed}:PORT`,
    );
  return printEndpoint(found);
}

/** No larger than the interface's own and than what the way to the router takes; beyond 1420 no app's user gains anything. */
function mtuFor(site: Site, { name, mtu }: Tunnel, running: Tree, endpoint: string): number {
  const found = parseEndpoint(endpoint);
  const { mtu: path } = tunnelSum(uplinksOf(site, running), found === undefined ? [] : [{ endpoint: found }]);
  const own = Number(typeof mtu === 'number' ? mtu : (tunnels.value(running, 'mtu', name) ?? usualMtu));
  return Math.min(own, path, usualMtu);
}

/** The internet through the tunnel needs a source that answers find back to. EdgeOS translates IPv4 alone. */
function unmasqueraded(
  running: Tree,
  { name }: Tunnel,
  addresses: readonly string[],
  allowedIPs: readonly string[],
): string[] {
  if (!allowedIPs.some(text => isDefault(text) && !text.includes(':'))) return [];
  const sources = addresses.flatMap(text => parsePrefix(text) ?? []).filter(({ family }) => family === 4);
  const source = sources.map(({ first }) => [first, first] as const);
  if (source.length === 0 || untranslated(running, source) === 'none') return [];
  const from = addresses.filter(text => !text.includes(':')).join(', ');
  return [
    `the device sends all of its IPv4 into ${name}, and no NAT rule of the router translates ${from} towards the internet: only your own networks will answer; add a masquerade rule for it, or give --allowed-ips with your own networks`,
  ];
}

/** The router's forwarder looks at the interface by which a question comes in, whichever of its addresses is asked. */
function unanswered(planned: Tree, { name }: Tunnel, dns: readonly string[]): string[] {
  const own = new Set(
    interfacesOf(planned)
      .flatMap(iface => addressesOf(iface))
      .flatMap(text => parseInterfaceAddress(text)?.address ?? []),
  );
  const asked = dns.filter(text => own.has(parseAddress(text)?.address ?? -1n));
  if (asked.length === 0 || doesListen(planned, name)) return [];
  const way = exceptInterface.names(planned).includes(name)
    ? `take ${name} out of dns.exceptInterface`
    : has(planned, [...forwarding])
      ? `add dns: { listenOn: [${name}] } to the site file`
      : 'set up service dns forwarding on the router';
  return [
    `the device asks ${asked.join(', ')} for names, and the router's DNS forwarder doesn't listen on ${name}: names won't resolve; ${way}, or give --dns with a server that answers`,
  ];
}

function withoutIpv6(running: Tree, allowedIPs: readonly string[]): string[] {
  if (!allowedIPs.includes('::/0') || facingWan(running, 6).length > 0) return [];
  return [
    'the device sends all of its IPv6 into the tunnel, and the router has no way to the internet over IPv6: those packets get no further',
  ];
}
