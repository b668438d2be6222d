// Which key files an apply makes or fills before its session begins, and what is wrong with those that are named. Where a
// key comes from is the site file's to say; what the key is, nobody here knows (docs/keys.md 'Where a key comes from').

import { peer as peerNode } from '../objects/peer.ts';
import { isWhole, tunnel as node, privateKeyOf } from '../objects/tunnel.ts';
import type { KeySource, Peer, Site, SitePath, Tunnel } from '../site/site.ts';
import { isLiteral, shownOf } from '../vyatta/redact.ts';
import { type Tree, value } from '../vyatta/tree.ts';
import type { KeyIdentity } from '../wireguard/key.ts';
import type { IdentityOf, PlaceOf } from './types/check.ts';
import type { KeyFile, RouterFacts } from './types/facts.ts';
import type { KeyObservation, NamedKey } from './types/observation.ts';
import type { KeyStep } from './types/plan.ts';

export interface KeyPlan {
  readonly steps: readonly KeyStep[];
  readonly observed: readonly KeyObservation[];
}

interface Router {
  readonly running: Tree;
  /** Undefined when the router wasn't asked. */
  readonly facts: RouterFacts | undefined;
}

/** One key that the site file names. */
interface Wish extends NamedKey {
  readonly leaf: readonly string[];
  readonly source: KeySource;
  readonly at: SitePath;
  /** Nothing has such a key yet: a missing file may be made. */
  readonly mayMake: boolean;
}

/** For all private and preshared keys of the file's tunnels. */
export function planKeys(site: Site, placeOf: PlaceOf, router: Router, identityOf: IdentityOf): KeyPlan {
  const plans = site.tunnels
    .flatMap(tunnel => wishes(site, tunnel, router.running))
    .map(wish => planKey(wish, placeOf, router, identityOf(wish.at)));
  const steps = plans.flatMap(plan => plan.steps);
  // two peers may share a file
  const first = (step: KeyStep, i: number): boolean => steps.findIndex(one => one.path === step.path) === i;
  return {
    steps: steps.filter(first),
    observed: plans.flatMap(plan => plan.observed),
  };
}

function wishes(site: Site, tunnel: Tunnel, running: Tree): Wish[] {
  const isNew = !node.has(running, tunnel.name);
  const own: Wish = {
    tunnel: tunnel.name,
    peer: undefined,
    leaf: node.leaf('privateKey', tunnel.name),
    source: privateKeyOf(tunnel),
    at: [...tunnel.at, 'privateKey'],
    mayMake: isNew,
  };
  const ofPeer = (peer: Peer): Wish[] =>
    peer.presharedKey === undefined
      ? []
      : [
          {
            tunnel: tunnel.name,
            peer: peer.name,
            leaf: peerNode.leaf('presharedKey', tunnel.name, peer.publicKey),
            source: peer.presharedKey,
            at: [...peer.at, 'presharedKey'],
            mayMake: false,
          },
        ];
  const isNamed = isWhole(site, running, tunnel) || tunnel.privateKey !== undefined;
  return [...(isNamed ? [own] : []), ...tunnel.peers.flatMap(ofPeer)];
}

function planKey(
  wish: Wish,
  placeOf: PlaceOf,
  { running, facts }: Router,
  identity: KeyIdentity | undefined,
): KeyPlan {
  const { source, tunnel, peer, leaf, at } = wish;
  const place = placeOf(at);
  const observed: KeyObservation[] = [];
  const observe = (seen: KeyObservation['seen']): void => {
    observed.push({ kind: 'key', at, key: { tunnel, peer }, seen });
  };
  const before = value(running, leaf);
  const steps: KeyStep[] = [];
  const path = source.kind === 'router' ? source.path : identity?.path;
  if (path === undefined) {
    observe({ what: 'not known yet', stays: before !== undefined });
    return { steps, observed };
  }
  const file = facts?.keyFiles.get(path);
  const now = known(before, facts);
  const next: Known | undefined = identity ?? (file && { publicKey: file.publicKey });
  const changes = now !== undefined && next !== undefined && differ(now, next);
  const step = { tunnel, path, source: place };
  if (changes) observe({ what: 'changes', from: now.publicKey, to: next.publicKey });
  if (file !== undefined) {
    const seen = misfit(file, identity, facts?.user);
    if (seen !== undefined) observe(seen);
  } else if (identity !== undefined)
    steps.push({
      ...step,
      do: 'write',
      identity: identity.shown,
      ...(changes && now.shown !== undefined ? { before: now.shown } : {}),
    });
  else if (before !== undefined && isLiteral(before)) steps.push({ ...step, do: 'move', from: leaf });
  else if (wish.mayMake) steps.push({ ...step, do: 'generate' });
  else if (facts !== undefined) observe({ what: 'missing', path });
  return { steps, observed };
}

/** As much as the router or the reference tells of a key. */
interface Known {
  readonly publicKey?: string | undefined;
  readonly shown?: string | undefined;
}

function known(word: string | undefined, facts: RouterFacts | undefined): Known | undefined {
  if (word === undefined) return undefined;
  if (!isLiteral(word)) {
    const publicKey = facts?.keyFiles.get(word)?.publicKey;
    return { publicKey, shown: publicKey };
  }
  const shown = shownOf(word);
  return shown.startsWith('sha256:') ? { shown } : { publicKey: shown, shown };
}

/** Two keys that are known to be two; what can't be compared is not told of. */
function differ(a: Known, b: Known): boolean {
  if (a.publicKey !== undefined && b.publicKey !== undefined) return a.publicKey !== b.publicKey;
  return a.shown !== undefined && b.shown !== undefined && a.shown !== b.shown;
}

/** Who commits must be able to read the file, and so must edgewg to tell what it holds: by owner, as vyattacfg, or everybody. */
function isReadable({ mode: text }: KeyFile, user: string): boolean {
  const [bits = '', owner, group] = text.split(':');
  const mode = Number.parseInt(bits, 8);
  if (owner === user) return (mode & 0o400) !== 0;
  return (mode & (group === 'vyattacfg' ? 0o040 : 0o004)) !== 0;
}

function misfit(
  file: KeyFile,
  identity: KeyIdentity | undefined,
  user = '',
): KeyObservation['seen'] | undefined {
  const { path, mode, publicKey } = file;
  if (publicKey === undefined && user !== '' && !isReadable(file, user))
    return { what: 'unreadable', path, mode, user };
  if (publicKey === undefined) return { what: 'no key', path };
  return identity === undefined || publicKey === identity.publicKey
    ? undefined
    : { what: 'another key', path };
}
