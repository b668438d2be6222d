// What a commit does to tunnels that are up, change by change: what the scripts of the wireguard package make of it
// (docs/edgeos.md 'Running tunnels'). Words for a person; the worst of a tunnel's changes counts.
import { peer as peerKind } from '../objects/peer.ts';
import { tunnel as tunnelKind } from '../objects/tunnel.ts';
import { generationOf } from '../vyatta/firmware.ts';
import { publicHalf } from '../vyatta/redact.ts';
import { byVersion, type Tree } from '../vyatta/tree.ts';
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

const worst: readonly Effect[] = ['new', 'keeps', 'peer', 'handshakes', 'flaps', 'gone'];

interface Both {
  readonly before: Tree;
  readonly after: Tree;
  readonly facts: RouterFacts | undefined;
  /** Of the router's EdgeOS; empty where it isn't known. */
  readonly version: string;
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
      if (texts.size > 1) texts.delete(reserved(keeps, both).text);
      return { tunnel, effect, text: [...texts].join('; ') };
    });
}

function tunnelOf({ path, action }: Change): string | undefined {
  return action === 'keep' ? undefined : tunnelKind.match(path)?.instance[0];
}

const whole = (name: string, { before }: Both): Impact =>
  tunnelKind.has(before, name)
    ? { effect: 'gone', text: 'removed, and its sessions with it' }
    : { effect: 'new', text: 'new: nothing that runs is interrupted' };

/** What the scripts of a release do is known of EdgeOS 1 and 2 alone (docs/edgeos.md 'EdgeOS 3'). */
function reserved(impact: Impact, { version }: Both): Impact {
  if (version === '' || [1, 2].includes(generationOf(version) ?? 0)) return impact;
  const reserve = (text: string): string =>
    text.replace(/(sessions|the others) go on/, '$1 go on if this release does as EdgeOS 2');
  return {
    ...impact,
    text: reserve(impact.text),
    ...(impact.short !== undefined && { short: reserve(impact.short) }),
  };
}

function impactOf(change: Change, both: Both): Impact | undefined {
  const impact = impactOn2(change, both);
  return impact && reserved(impact, both);
}

function impactOn2(change: Change, both: Both): Impact | undefined {
  const name = tunnelOf(change);
  if (name === undefined) return undefined;
  if (!tunnelKind.has(both.before, name) || !tunnelKind.has(both.after, name)) return undefined;
  if (flapsOnEveryChange(both.facts)) return flap(name, both);
  return peerKind.match(change.path) === undefined
    ? leafImpact(change, name, both)
    : peerImpact(change, both);
}

const keeps: Impact = { effect: 'keeps', text: 'sessions go on' };

function leafImpact(change: Change, name: string, both: Both): Impact {
  const below = tunnelKind.match(change.path)?.below ?? [];
  if (below[0] === 'firewall') return flap(name, both);
  switch (tunnelKind.keyAt(below)) {
    case 'privateKey':
      return keyImpact(change, both);
    case 'listenPort':
      return {
        effect: 'peer',
        text: 'peers learn the new port when the router sends to them; a peer that sends first needs the new port',
      };
    case 'address':
      return addressImpact(change);
    case 'disable':
      return flap(name, both);
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

function peerImpact({ path, action }: Change, { before, after }: Both): Impact {
  const found = peerKind.match(path);
  if (found === undefined) return keeps;
  if (!peerKind.has(before, ...found.instance))
    return { effect: 'keeps', text: 'the other peers keep their sessions' };
  if (!peerKind.has(after, ...found.instance))
    return { effect: 'peer', text: 'the session of this peer ends, the others go on' };
  const key = peerKind.keyAt(found.below);
  if (key === 'disable' || (key === 'endpoint' && action === 'delete'))
    return { effect: 'peer', text: 'the peer is taken out and put in again: it handshakes anew' };
  if (key === 'presharedKey')
    return {
      effect: 'keeps',
      text: 'the next handshake, within two minutes, needs the new key at both ends',
    };
  if (key === 'endpoint') return { effect: 'keeps', text: 'the session goes on at the new endpoint' };
  return keeps;
}

function flap(name: string, { before, after }: Both): Impact {
  const now = tunnelKind.values(after, 'address', name);
  const lost = tunnelKind
    .values(before, 'address', name)
    .filter(address => address.includes(':') && now.includes(address));
  const addresses = lost.length === 0 ? '' : `, and loses ${lost.join(', ')}, which the apply adds again`;
  return {
    effect: 'flaps',
    short: 'takes the interface down and up',
    text: `the interface goes down and up: every peer handshakes anew${addresses}`,
  };
}
