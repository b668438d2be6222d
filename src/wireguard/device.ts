// A phone or laptop as a peer of an interface: its address, and the configuration that its app reads.
import type { Secret } from '../secret.ts';
import { covers, type InterfaceAddress, last, type Prefix, printAddress } from './prefix.ts';

/**
 * The first address of a network that nobody has, for one device alone. `taken` are the addresses and prefixes that are in
 * use. The network's own address and, in IPv4, its broadcast address are nobody's. Undefined when there is none left.
 */
export function freeAddress(network: InterfaceAddress, taken: readonly Prefix[]): string | undefined {
  const { family, first, length, address } = network;
  const size = family === 4 ? 32 : 128;
  if (length >= size - 1) return undefined;
  const end = family === 4 ? last(network) - 1n : last(network);
  // behind the last of those that are single, as a person would go on counting
  const used = taken.filter(one => covers(network, one) && one.length === size).map(one => one.first);
  const start = (used.filter(one => one > address).sort((a, b) => (a < b ? 1 : -1))[0] ?? address) + 1n;
  for (const from of [start, first + 1n])
    for (let at = from, tries = 0; at <= end && tries < 65_536; at++, tries++) {
      const single: Prefix = { family, length: size, first: at };
      if (at !== address && !taken.some(one => covers(one, single))) return printAddress(family, at);
    }
  return undefined;
}

export interface DeviceConfig {
  /** Without it the device has made its own key. */
  readonly privateKey?: Secret;
  /** With prefix length. */
  readonly addresses: readonly string[];
  readonly dns: readonly string[];
  readonly mtu: number;
  readonly routerKey: string;
  readonly allowedIPs: readonly string[];
  /** `home.example.net:51820` */
  readonly endpoint: string;
  readonly keepalive?: number;
}

/** The text of a file that WireGuard's apps import. It holds the private key: only whoever sets up the device may see it. */
export function deviceText(config: DeviceConfig): string {
  const { privateKey, dns, keepalive } = config;
  return [
    '[Interface]',
    ...(privateKey === undefined ? [] : [`PrivateKey = ${privateKey.reveal()}`]),
    `Address = ${config.addresses.join(', ')}`,
    ...(dns.length === 0 ? [] : [`DNS = ${dns.join(', ')}`]),
    `MTU = ${config.mtu}`,
    '',
    '[Peer]',
    `PublicKey = ${config.routerKey}`,
    `AllowedIPs = ${config.allowedIPs.join(', ')}`,
    `Endpoint = ${config.endpoint}`,
    ...(keepalive === undefined ? [] : [`PersistentKeepalive = ${keepalive}`]),
    '',
  ].join('\n');
}
