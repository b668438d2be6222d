// Tunnels as they are, for people and for programs; from one reading of the router.
import type { ChalkInstance } from 'chalk';
import type { LivePeer, RouterFacts } from '../plan/facts.ts';
import type { Plan } from '../plan/plan.ts';
import { visible } from './visible.ts';

export interface Status {
  readonly facts: RouterFacts;
  /** What it would take to make the router as wanted. */
  readonly plan: Plan;
}

/** What a program wants to know; no secret is among it. */
export function statusData({ facts, plan }: Status): object {
  return {
    router: plan.router,
    version: facts.version,
    interfaces: [...facts.interfaces].map(([name, { publicKey, listenPort, mtu, addresses, peers }]) => ({
      name,
      public_key: publicKey,
      listen_port: listenPort,
      mtu: mtu ?? null,
      addresses,
      peers: peers.map(peer => ({
        public_key: peer.publicKey,
        endpoint: peer.endpoint === '(none)' ? null : peer.endpoint,
        allowed_ips: peer.allowedIPs,
        handshake_seconds_ago: handshakeAge(facts, peer) ?? null,
        received: peer.received,
        sent: peer.sent,
      })),
    })),
    commands_to_wanted: plan.summary.commands,
    unsaved: facts.drift,
    applies: facts.applies.trim() === '' ? [] : facts.applies.trim().split('\n'),
  };
}

export function renderStatus({ facts, plan }: Status, paint: ChalkInstance): string {
  const blocks = [...facts.interfaces].map(([name, { listenPort, mtu, addresses, peers }]) => {
    const head = `${paint.bold(visible(name))}  port ${listenPort}, MTU ${mtu ?? '?'}, ${addresses.map(visible).join(', ') || 'no address'}`;
    return [head, ...peers.map(peer => `    ${peerLine(facts, peer, paint)}`)].join('\n');
  });
  if (blocks.length === 0) blocks.push('no WireGuard interface is up');
  if (facts.drift.length > 0)
    blocks.push(
      [paint.yellow('running, but not saved:'), ...facts.drift.map(line => `    ${visible(line)}`)].join(
        '\n',
      ),
    );
  const applies = facts.applies.trim();
  if (applies !== '')
    blocks.push(
      ['applies on the router:', ...applies.split('\n').map(line => `    ${visible(line)}`)].join('\n'),
    );
  const { commands } = plan.summary;
  blocks.push(
    commands === 0
      ? paint.green(`${visible(plan.router)} is as the site file wants it`)
      : paint.yellow(
          `${visible(plan.router)} differs from the site file by ${commands} commands: see edgewg plan`,
        ),
  );
  return `${blocks.join('\n\n')}\n`;
}

function peerLine(facts: RouterFacts, peer: LivePeer, paint: ChalkInstance): string {
  const age = handshakeAge(facts, peer);
  // WireGuard makes a new one every two minutes while there is something to send, and gives a session up after three
  const handshake =
    age === undefined
      ? paint.yellow('no handshake yet')
      : `${age > 180 ? paint.yellow(ago(age)) : paint.green(ago(age))}`;
  const endpoint = peer.endpoint === '(none)' ? 'no endpoint' : visible(peer.endpoint);
  return `${visible(peer.publicKey.slice(0, 8))}…  ${handshake}  ${endpoint}  ${bytes(peer.received)} received, ${bytes(peer.sent)} sent`;
}

/** Seconds by the router's own clock. */
function handshakeAge(facts: RouterFacts, peer: LivePeer): number | undefined {
  return peer.latestHandshake === 0 ? undefined : Math.max(0, facts.now - peer.latestHandshake);
}

function ago(seconds: number): string {
  if (seconds < 120) return `handshake ${seconds} s ago`;
  if (seconds < 7200) return `handshake ${Math.floor(seconds / 60)} min ago`;
  return `handshake ${Math.floor(seconds / 3600)} h ago`;
}

function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = count;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}
