// One tunnel of the site file as the router's own nodes: interface, peers, routes, ubnt-discover entry.
import { managesInterface } from '../../site/manages.ts';
import type { Attachments, KeySource, Peer, Route, Site, SitePath, Tunnel } from '../../site/site.ts';
import { has, type Tree, value } from '../../vyatta/tree.ts';
import { printEndpoint } from '../../wireguard/endpoint.ts';
import { guardDistance } from '../ownership.ts';
import type { Wanted } from './builder.ts';
import { wantedMtu } from './mtu.ts';
import type { Uplinks } from './uplinks.ts';

/** The file on the router that holds, or will hold, a key; undefined when that can't be told here. */
export type KeyPath = (source: KeySource, at: SitePath) => string | undefined;

/** Ours as a whole, or not there yet: then what can be derived has a default, said explicitly. */
export function isWhole(site: Site, running: Tree, tunnel: Tunnel): boolean {
  return managesInterface(site, tunnel.name) || !has(running, ['interfaces', 'wireguard', tunnel.name]);
}

/** Where the private key of an interface lies when the file doesn't say. */
export function privateKeyOf(tunnel: Tunnel): KeySource {
  return tunnel.privateKey ?? { kind: 'router', path: `/config/auth/${tunnel.name}.key` };
}

export function wantTunnel(
  wanted: Wanted,
  site: Site,
  running: Tree,
  tunnel: Tunnel,
  { keyPath, uplinks }: { readonly keyPath: KeyPath; readonly uplinks: Uplinks },
): void {
  const whole = isWhole(site, running, tunnel);
  const base = ['interfaces', 'wireguard', tunnel.name];
  const leaf = (words: readonly string[], key: string): void =>
    wanted.set([...base, ...words], [...tunnel.at, key]);
  // where the file of a key isn't known yet, what is there stays
  const kept = (words: readonly string[]): string | undefined => value(running, [...base, ...words]);

  wanted.set(base, tunnel.at);
  if (tunnel.description !== undefined) leaf(['description', tunnel.description], 'description');
  if (tunnel.disable) leaf(['disable'], 'disable');
  for (const [i, address] of tunnel.address.entries())
    wanted.set([...base, 'address', address], [...tunnel.at, 'address', i]);
  if (tunnel.listenPort !== undefined) leaf(['listen-port', String(tunnel.listenPort)], 'listenPort');
  if (whole || tunnel.privateKey !== undefined) {
    const path = keyPath(privateKeyOf(tunnel), [...tunnel.at, 'privateKey']) ?? kept(['private-key']);
    if (path !== undefined) leaf(['private-key', path], 'privateKey');
  }
  if (whole || tunnel.mtu !== undefined) leaf(['mtu', String(wantedMtu(uplinks, tunnel))], 'mtu');
  if (whole || tunnel.routeAllowedIPs !== undefined)
    leaf(['route-allowed-ips', String(tunnel.routeAllowedIPs ?? false)], 'routeAllowedIPs');
  wantAttachments(wanted, base, tunnel.firewall, [...tunnel.at, 'firewall']);
  for (const peer of tunnel.peers) {
    const presharedKey =
      peer.presharedKey &&
      (keyPath(peer.presharedKey, [...peer.at, 'presharedKey']) ??
        kept(['peer', peer.publicKey, 'preshared-key']));
    wantPeer(wanted, [...base, 'peer', peer.publicKey], peer, presharedKey);
  }
  for (const route of tunnel.routes) wantRoute(wanted, tunnel.name, route);
  if (whole) wanted.set(['service', 'ubnt-discover', 'interface', tunnel.name, 'disable'], tunnel.at);
}

function wantAttachments(wanted: Wanted, base: string[], firewall: Attachments, at: SitePath): void {
  for (const direction of ['in', 'local', 'out'] as const) {
    const { ipv4, ipv6 } = firewall[direction];
    const path = [...base, 'firewall', direction];
    if (ipv4 !== undefined) wanted.set([...path, 'name', ipv4], [...at, direction, 'ipv4']);
    if (ipv6 !== undefined) wanted.set([...path, 'ipv6-name', ipv6], [...at, direction, 'ipv6']);
  }
}

function wantPeer(wanted: Wanted, base: string[], peer: Peer, presharedKey: string | undefined): void {
  const leaf = (words: readonly string[], key: string): void =>
    wanted.set([...base, ...words], [...peer.at, key]);
  wanted.set(base, peer.at);
  for (const [i, prefix] of peer.allowedIPs.entries())
    wanted.set([...base, 'allowed-ips', prefix], [...peer.at, 'allowedIPs', i]);
  if (peer.description !== undefined) leaf(['description', peer.description], 'description');
  if (peer.disable) leaf(['disable'], 'disable');
  if (peer.endpoint !== undefined) leaf(['endpoint', printEndpoint(peer.endpoint)], 'endpoint');
  if (peer.persistentKeepalive !== undefined)
    leaf(['persistent-keepalive', String(peer.persistentKeepalive)], 'persistentKeepalive');
  if (presharedKey !== undefined) leaf(['preshared-key', presharedKey], 'presharedKey');
}

function wantRoute(wanted: Wanted, name: string, route: Route): void {
  const kind = route.family === 4 ? 'route' : 'route6';
  const hop = ['protocols', 'static', `interface-${kind}`, route.prefix, 'next-hop-interface', name];
  wanted.set(hop, route.at);
  if (route.description !== undefined) wanted.set([...hop, 'description', route.description], route.at);
  if (route.distance !== undefined) wanted.set([...hop, 'distance', String(route.distance)], route.at);
  if (route.disable) wanted.set([...hop, 'disable'], route.at);
  if (route.guard)
    wanted.set(['protocols', 'static', kind, route.prefix, 'blackhole', 'distance', guardDistance], route.at);
}
