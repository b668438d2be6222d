// What a commit does to tunnels that are up, change by change: what the scripts of the wireguard package make of it
// (docs/edgeos.md 'Running tunnels'). Words for a person; the worst of a tunnel's changes counts.
import { publicHalf } from '../vyatta/redact.ts';
import { byVersion, has, type Path, type Tree, values } from '../vyatta/tree.ts';
import type { RouterFacts } from './types/facts.ts';
import type { Change, Effect, KeyStep, TunnelImpact } from './types/plan.ts';

/** Up to this release of the package any change of an interface took it down and up (docs/edgeos.md 'Running tunnels', L!124). */
export const flappingRelease = '1.0.20210219-1';

/** Undefined when the package says no version: EdgeOS 3 brings WireGuard itself, or nobody was asked. */
export const flapsOnEveryChange = (facts: RouterFacts | undefined): boolean =>
  facts?.wireguardPackage !== undefined && byVersion(facts.wireguardPackage, flappingRelease) <= 0;

interface Impact {
  readonly effect: Effect;
  readonly text: string;
  /** The same of one leaf, where it is said of many. */
  readonly short?: string;
}

const base = ['interfaces', 'wireguard'];

const worst: readonly Effect[] = ['new', 'keeps', 'peer', 'handshakes', 'flaps', 'gone'];

interface Both {
  readonly before: Tree;
  readonly after: Tree;
  readonly facts: RouterFacts | undefined;
  /** Literal keys that move into files. */
  readonly keys: readonly KeyStep[];
}

/** The changes with their impact. Nothing is said of interfaces that the plan makes or removes as a whole. */
export function withImpact(changes: readonly Change[], both: Both): Change[] {
  return changes.map(change => {
    const impact = impactOf(change, both);
    return impact === undefined ? change : { ...change, impact: impact.short ?? impact.text };
  });
}

/** One for each interface that the plan touches, by its worst change; the texts of all of that weight. */
export function tunnelImpacts(changes: readonly Change[], both: Both): TunnelImpact[] {
  const found = new Map<string, Impact[]>();
  for (const change of changes) {
    const name = tunnelOf(change);
    if (name === undefined) continue;
    const list = found.get(name) ?? [];
    found.set(name, list);
    list.push(impactOf(change, both) ?? whole(name, both));
  }
  return [...found]
    .sort(([a], [b]) => byVersion(a, b))
    .map(([tunnel, impacts]) => {
      const effect = worst[Math.max(...impacts.map(one => worst.indexOf(one.effect)))] ?? 'keeps';
      const texts = new Set(impacts.filter(one => one.effect === effect).map(one => one.text));
      if (texts.size > 1) texts.delete(keeps.text);
      return { tunnel, effect, text: [...texts].join('; ') };
    });
}

function tunnelOf({ path, action }: Change): string | undefined {
  return action !== 'keep' && path[0] === base[0] && path[1] === base[1] ? path[2] : undefined;
}

const whole = (name: string, { before }: Both): Impact =>
  has(before, [...base, name])
    ? { effect: 'gone', text: 'removed, and its sessions with it' }
    : { effect: 'new', text: 'new: nothing that runs is interrupted' };

function impactOf(change: Change, both: Both): Impact | undefined {
  const name = tunnelOf(change);
  if (name === undefined) return undefined;
  const here = [...base, name];
  if (!has(both.before, here) || !has(both.after, here)) return undefined;
  if (flapsOnEveryChange(both.facts)) return flap(here, both);
  const [leaf = '', ...rest] = change.path.slice(3);
  return leaf === 'peer' ? peerImpact(change, here, rest, both) : leafImpact(change, here, leaf, both);
}

const keeps: Impact = { effect: 'keeps', text: 'sessions go on' };

function leafImpact(change: Change, here: Path, leaf: string, both: Both): Impact {
  switch (leaf) {
    case 'private-key':
      return keyImpact(change, both);
    case 'listen-port':
      return {
        effect: 'peer',
        text: 'peers learn the new port when the router sends to them; a peer that sends first needs the new port',
      };
    case 'address':
      return addressImpact(change);
    case 'firewall':
    case 'disable':
      return flap(here, both);
    default:
      return keeps;
  }
}

/** The same key in another place changes nothing. */
function keyImpact({ path, before, after }: Change, { facts, keys }: Both): Impact {
  const identity = (text = ''): string | undefined =>
    publicHalf(text) ?? facts?.keyFiles.get(text)?.publicKey;
  const was = identity(before?.[0]);
  const moves = keys.some(
    step => step.do === 'move' && step.path === after?.[0] && step.from?.join(' ') === path.join(' '),
  );
  if (moves) return { effect: 'keeps', text: 'the key moves into its file: sessions go on' };
  if (was !== undefined && was === identity(after?.[0]))
    return { effect: 'keeps', text: 'the key is the same: sessions go on' };
  return {
    effect: 'handshakes',
    text: 'with another key the interface is somebody else: every peer must know it and handshake anew',
  };
}

/** The router compares several values by their position: those behind a deleted one go and come back. */
function addressImpact({ before, after }: Change): Impact {
  const now = after ?? [];
  const first = (before ?? []).findIndex(address => !now.includes(address));
  const moved = first === -1 ? [] : (before ?? []).slice(first + 1).filter(address => now.includes(address));
  if (moved.length === 0) return keeps;
  return {
    effect: 'peer',
    text: `${moved.join(', ')} is gone for a moment: it stands behind one that is deleted`,
  };
}

function peerImpact(
  { action }: Change,
  here: Path,
  [key = '', leaf]: string[],
  { before, after }: Both,
): Impact {
  const peer = [...here, 'peer', key];
  if (!has(before, peer)) return { effect: 'keeps', text: 'the other peers keep their sessions' };
  if (!has(after, peer)) return { effect: 'peer', text: 'the session of this peer ends, the others go on' };
  if (leaf === 'disable' || (leaf === 'endpoint' && action === 'delete'))
    return { effect: 'peer', text: 'the peer is taken out and put in again: it handshakes anew' };
  if (leaf === 'preshared-key')
    return {
      effect: 'keeps',
      text: 'the next handshake, within two minutes, needs the new key at both ends',
    };
  if (leaf === 'endpoint') return { effect: 'keeps', text: 'the session goes on at the new endpoint' };
  return keeps;
}

function flap(here: Path, { before, after }: Both): Impact {
  const lost = values(before, [...here, 'address']).filter(
    address => address.includes(':') && has(after, [...here, 'address', address]),
  );
  const addresses = lost.length === 0 ? '' : `, and loses ${lost.join(', ')}, which the apply adds again`;
  return {
    effect: 'flaps',
    short: 'takes the interface down and up',
    text: `the interface goes down and up: every peer handshakes anew${addresses}`,
  };
}
