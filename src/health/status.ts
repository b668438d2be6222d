// Tunnels as they are against what the site file says of them: data for people and programs. Pure; from one reading of the router.

import { tunnel as tunnelKind } from '../objects/tunnel.ts';
import { isBypassed, routeNode } from '../plan/bypass.ts';
import type { LiveInterface, LivePeer, RouterFacts } from '../plan/types/facts.ts';
import type { Plan } from '../plan/types/plan.ts';
import type { Site, Tunnel } from '../site/site.ts';
import { byVersion, has, type Tree } from '../vyatta/tree.ts';
import { printEndpoint } from '../wireguard/endpoint.ts';
import { canonicalPrefix } from '../wireguard/prefix.ts';

export interface PeerStatus {
  /** As the site file calls it; null for a peer that it doesn't name. */
  readonly name: string | null;
  readonly public_key: string;
  /** As WireGuard sees it now. */
  readonly endpoint: string | null;
  /** As the file says it. */
  readonly endpoint_wanted: string | null;
  readonly allowed_ips: readonly string[];
  readonly handshake_seconds_ago: number | null;
  readonly received: number;
  readonly sent: number;
}

export interface RouteStatus {
  readonly prefix: string;
  /** `live`: the kernel sends it into the tunnel; `down`: configured, but not in the kernel's table. */
  readonly state: 'live' | 'down' | 'missing' | 'disabled' | 'bypassed';
}

export interface TunnelStatus {
  readonly name: string;
  readonly in_site_file: boolean;
  readonly state: 'up' | 'disabled' | 'missing';
  readonly public_key: string | null;
  readonly listen_port: number | null;
  /** What the proof of reachability says; null where the file opens no port. */
  readonly port: 'open' | 'closed' | 'unproven' | null;
  readonly mtu: number | null;
  readonly addresses: readonly string[];
  readonly peers: readonly PeerStatus[];
  readonly routes: readonly RouteStatus[];
  readonly bypassed: boolean;
  /** Leaves that the plan would change. */
  readonly drift: number;
  /** Checks that failed, in words; each makes the exit code 2. */
  readonly failed: readonly string[];
}

/** WireGuard makes a session anew every two minutes and gives one up after three (whitepaper, section 6.1). */
const deadAfterSeconds = 180;

export function tunnelStatus(site: Site, running: Tree, facts: RouterFacts, plan: Plan): TunnelStatus[] {
  const wanted = new Map(site.tunnels.map(tunnel => [tunnel.name, tunnel]));
  const names = new Set([...wanted.keys(), ...facts.interfaces.keys()]);
  return [...names].sort(byVersion).map(name => ofTunnel(name, wanted.get(name), { running, facts, plan }));
}

interface Router {
  readonly running: Tree;
  readonly facts: RouterFacts;
  readonly plan: Plan;
}

function ofTunnel(name: string, tunnel: Tunnel | undefined, router: Router): TunnelStatus {
  const { running, facts, plan } = router;
  const live = facts.interfaces.get(name);
  const isDisabled = tunnelKind.says(running, 'disable', name);
  const routes = tunnel === undefined ? [] : routesOf(tunnel, running, facts);
  const peers = live === undefined ? [] : live.peers.map(peer => ofPeer(peer, tunnel, facts));
  const drift = plan.changes.filter(({ path, action }) => action !== 'keep' && path.includes(name)).length;
  const port = tunnel?.openPort === undefined ? null : portOf(name, plan);
  const status = {
    name,
    in_site_file: tunnel !== undefined,
    state: live === undefined ? (isDisabled ? 'disabled' : 'missing') : isDisabled ? 'disabled' : 'up',
    public_key: live?.publicKey ?? null,
    listen_port: live?.listenPort ?? null,
    port,
    mtu: live?.mtu ?? null,
    addresses: live?.addresses ?? [],
    peers,
    routes,
    bypassed: tunnel !== undefined && isBypassed(tunnel, running),
    drift,
  } as const;
  return { ...status, failed: tunnel === undefined ? [] : failures(status, tunnel, live) };
}

function ofPeer(peer: LivePeer, tunnel: Tunnel | undefined, facts: RouterFacts): PeerStatus {
  const named = tunnel?.peers.find(({ publicKey }) => publicKey === peer.publicKey);
  const { latestHandshake: last } = peer;
  return {
    name: named?.name ?? null,
    public_key: peer.publicKey,
    endpoint: peer.endpoint === '(none)' ? null : peer.endpoint,
    endpoint_wanted: named?.endpoint === undefined ? null : printEndpoint(named.endpoint),
    allowed_ips: peer.allowedIPs,
    handshake_seconds_ago: last === 0 ? null : Math.max(0, facts.now - last),
    received: peer.received,
    sent: peer.sent,
  };
}

function routesOf(tunnel: Tunnel, running: Tree, facts: RouterFacts): RouteStatus[] {
  const isDown = isBypassed(tunnel, running);
  const live = new Set(
    facts.routes
      .map(line => line.trim().split(/\s+/))
      .filter(words => words[words.indexOf('dev') + 1] === tunnel.name)
      .map(([prefix = '']) => canonicalPrefix(prefix)),
  );
  return tunnel.routes.map(route => {
    const isThere = has(running, routeNode(tunnel, route));
    const missing = isDown ? 'bypassed' : 'missing';
    const state = route.disable ? 'disabled' : live.has(route.prefix) ? 'live' : isThere ? 'down' : missing;
    return { prefix: route.prefix, state };
  });
}

/** The findings of the plan tell what is closed; what they don't tell of is proven open. */
function portOf(name: string, plan: Plan): TunnelStatus['port'] {
  const told = plan.diagnostics
    .filter(({ message }) => message.startsWith(`${name}: port `))
    .map(({ code }) => code);
  if (told.includes('EW101')) return 'closed';
  return told.some(code => code === 'EW102' || code === 'EW104') ? 'unproven' : 'open';
}

function failures(
  status: Omit<TunnelStatus, 'failed'>,
  tunnel: Tunnel,
  live: LiveInterface | undefined,
): string[] {
  const { name, routes, peers, port } = status;
  if (tunnel.disable) return [];
  if (live === undefined) return [`${name} is not up`];
  const deadPeers = tunnel.peers.filter(peer => {
    const age = peers.find(({ public_key: key }) => key === peer.publicKey)?.handshake_seconds_ago;
    // only who keeps a session alive must have one; a phone may sleep
    return (
      !peer.disable &&
      peer.persistentKeepalive !== undefined &&
      (age ?? deadAfterSeconds + 1) > deadAfterSeconds
    );
  });
  const down = routes.filter(({ state }) => state === 'down').map(({ prefix }) => prefix);
  return [
    ...(typeof tunnel.mtu === 'number' && live.mtu !== undefined && live.mtu !== tunnel.mtu
      ? [`MTU is ${live.mtu}, not ${tunnel.mtu}`]
      : []),
    ...(tunnel.listenPort !== undefined && live.listenPort !== tunnel.listenPort
      ? [`listens on ${live.listenPort}, not ${tunnel.listenPort}`]
      : []),
    ...deadPeers.map(peer => `no handshake with ${peer.name} within ${deadAfterSeconds} s`),
    ...(down.length > 0 ? [`not in the kernel's table: ${down.join(', ')}`] : []),
    ...(port === 'closed' ? ['the port is closed'] : []),
  ];
}
