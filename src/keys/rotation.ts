// The rotation of an interface's private key, read off the site file and the router: nothing else keeps its state, so it can be
// interrupted anywhere and gone on with by anybody. An interface has one private key at a time; what can overlap is what the other
// end accepts (docs/keys.md).

import { keyLeafAt, keysNamed } from '../objects/key.ts';
import { peer as peerKind } from '../objects/peer.ts';
import { tunnel as tunnelKind } from '../objects/tunnel.ts';
import type { RouterFacts } from '../plan/types/facts.ts';
import type { Commit, Plan } from '../plan/types/plan.ts';
import type { Site, Tunnel } from '../site/site.ts';
import { isLiteral, shownOf } from '../vyatta/redact.ts';
import type { Path, Tree } from '../vyatta/tree.ts';
import { printEndpoint } from '../wireguard/endpoint.ts';
import { keyFilesNamedBy } from './named.ts';

/** The key that an interface runs with. */
export interface KeyInUse {
  /** Undefined for a literal in the configuration. */
  readonly path: string | undefined;
  readonly publicKey: string | undefined;
}

export interface KeyToCome {
  readonly path: string;
  readonly publicKey: string;
}

/** One of those who must be told, as this router knows it. */
export interface OtherEnd {
  readonly name: string | undefined;
  readonly publicKey: string;
  readonly endpoint: string | undefined;
  readonly hasPresharedKey: boolean;
  readonly isDisabled: boolean;
}

/** Undefined when the router has no such interface, or one without a key. */
export function keyInUse(name: string, running: Tree, facts: RouterFacts): KeyInUse | undefined {
  const word = tunnelKind.value(running, 'privateKey', name);
  if (word === undefined) return undefined;
  const live = facts.interfaces.get(name)?.publicKey;
  if (isLiteral(word)) return { path: undefined, publicKey: live ?? shownOf(word) };
  return { path: word, publicKey: live ?? facts.keyFiles.get(word)?.publicKey };
}

/** All peers of the interface on the router, whoever configured them: each has to know the new key. */
export function otherEnds(tunnel: Tunnel, running: Tree): OtherEnd[] {
  return peerKind.names(running, tunnel.name).map(publicKey => {
    const known = tunnel.peers.find(peer => peer.publicKey === publicKey);
    const leaf = (key: 'description' | 'endpoint' | 'presharedKey'): string | undefined =>
      peerKind.value(running, key, tunnel.name, publicKey);
    return {
      name: known?.name ?? leaf('description'),
      publicKey,
      endpoint: known?.endpoint === undefined ? leaf('endpoint') : printEndpoint(known.endpoint),
      hasPresharedKey: leaf('presharedKey') !== undefined,
      isDisabled: peerKind.says(running, 'disable', tunnel.name, publicKey),
    };
  });
}

/** What a plan does beside giving the interface its other key: paths, the first ones. Empty: it is the switch and no more. */
export function besidesTheSwitch(plan: Plan, name: string): Path[] {
  const leaf = tunnelKind.leaf('privateKey', name).join(' ');
  const others = plan.changes.filter(({ action, path }) => action !== 'keep' && path.join(' ') !== leaf);
  const files = plan.keys.filter(step => step.tunnel !== name || step.do === 'generate');
  return [
    ...others.map(({ path }) => path),
    ...[...files, ...(plan.helpers ?? [])].map(({ path }) => [path]),
  ];
}

/** An apply that the router remembers. */
interface Remembered {
  readonly id: string;
  /** ISO 8601, by the clock of whoever applied. */
  readonly since: string;
  readonly commits: readonly Commit[];
}

/** When the interface got the key that it has, in seconds since 1970 by the router's clock; undefined when nothing says. */
export function switchedAt(
  name: string,
  path: string,
  history: readonly Remembered[],
  applies: string,
): number | undefined {
  const wanted = [...tunnelKind.leaf('privateKey', name), path].join(' ');
  const apply = history.findLast(({ commits }) =>
    commits.some(({ run }) => run.some(({ op, path }) => op === 'set' && path.join(' ') === wanted)),
  );
  if (apply === undefined) return undefined;
  const saved = applies
    .split('\n')
    .findLast(line => line.split(' ')[1] === apply.id && / saved\b/.test(line));
  const ms = Date.parse(saved?.split(' ')[0] ?? apply.since);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

/** Peers that had a handshake once, or can be called, and none since: what proves that the new key works there. */
export function silentSince(
  seconds: number,
  ends: readonly OtherEnd[],
  name: string,
  facts: RouterFacts,
): OtherEnd[] {
  const live = facts.interfaces.get(name)?.peers ?? [];
  return ends.filter(({ publicKey, endpoint, isDisabled }) => {
    const last = live.find(peer => peer.publicKey === publicKey)?.latestHandshake ?? 0;
    return !isDisabled && (last > 0 || endpoint !== undefined) && last < seconds;
  });
}

/**
 * Key files that this interface had before and that neither the site file nor the running configuration names: those that its
 * applies replaced, and those named after it. The router looks once more before it takes one away.
 */
export function oldKeyFiles(
  site: Site,
  name: string,
  running: Tree,
  facts: RouterFacts,
  history: readonly Remembered[],
): KeyToCome[] {
  const replaced = history
    .flatMap(({ commits }) => commits.flatMap(({ undo }) => undo))
    .filter(({ op, path }) => op === 'set' && keyLeafAt(path)?.tunnel === name)
    .map(({ path }) => path.at(-1) ?? '');
  const named = new Set([...keysNamed(running), ...keyFilesNamedBy(site)]);
  return [...facts.keyFiles.values()].flatMap(({ path, publicKey }) => {
    const isOurs =
      replaced.includes(path) ||
      path === `/config/auth/${name}.key` ||
      path.startsWith(`/config/auth/edgewg-${name}-`);
    return isOurs && publicKey !== undefined && !named.has(path) ? [{ path, publicKey }] : [];
  });
}
