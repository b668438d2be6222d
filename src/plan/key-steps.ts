// Which key files an apply makes or fills before its session begins, and what is wrong with those that are named. Where a
// key comes from is the site file's to say; what the key is, nobody here knows (docs/keys.md 'Where a key comes from').

import type { KeySource, Peer, Site, SitePath, Tunnel } from '../site/site.ts';
import { isLiteral, shownOf } from '../vyatta/redact.ts';
import { has, type Tree, value } from '../vyatta/tree.ts';
import type { KeyIdentity } from '../wireguard/key.ts';
import type { IdentityOf, PlaceOf } from './types/check.ts';
import type { KeyFile, RouterFacts } from './types/facts.ts';
import type { Diagnostic, KeyStep } from './types/plan.ts';
import { isWhole, privateKeyOf } from './wanted/tunnel.ts';

export interface KeyPlan {
  readonly steps: readonly KeyStep[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Router {
  readonly running: Tree;
  /** Undefined when the router wasn't asked. */
  readonly facts: RouterFacts | undefined;
}

/** One key that the site file names. */
interface Wish {
  readonly tunnel: string;
  /** `the private key of wg4`, in messages. */
  readonly what: string;
  readonly isPrivate: boolean;
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
    diagnostics: plans.flatMap(plan => plan.diagnostics),
  };
}

function wishes(site: Site, tunnel: Tunnel, running: Tree): Wish[] {
  const base = ['interfaces', 'wireguard', tunnel.name];
  const isNew = !has(running, base);
  const own: Wish = {
    tunnel: tunnel.name,
    what: `the private key of ${tunnel.name}`,
    isPrivate: true,
    leaf: [...base, 'private-key'],
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
            what: `the preshared key of ${tunnel.name} with ${peer.name}`,
            isPrivate: false,
            leaf: [...base, 'peer', peer.publicKey, 'preshared-key'],
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
  const { source, tunnel, leaf } = wish;
  const place = placeOf(wish.at);
  const report = (diagnostic: Omit<Diagnostic, 'source'>): Diagnostic => ({ ...diagnostic, source: place });
  const path = source.kind === 'router' ? source.path : identity?.path;
  if (path === undefined) return { steps: [], diagnostics: [report(unknownYet(wish, running))] };
  const file = facts?.keyFiles.get(path);
  const before = value(running, leaf);
  const now = known(before, facts);
  const next: Known | undefined = identity ?? (file && { publicKey: file.publicKey });
  const changes = now !== undefined && next !== undefined && differ(now, next);
  const step = { tunnel, path, source: place };
  const steps: KeyStep[] = [];
  const diagnostics = changes ? [report(changed(wish, now, next))] : [];
  if (file !== undefined) diagnostics.push(...misfit(wish, file, identity, facts?.user).map(report));
  else if (identity !== undefined)
    steps.push({
      ...step,
      do: 'write',
      identity: identity.shown,
      ...(changes && now?.shown !== undefined ? { before: now.shown } : {}),
    });
  else if (before !== undefined && isLiteral(before)) steps.push({ ...step, do: 'move', from: leaf });
  else if (wish.mayMake) steps.push({ ...step, do: 'generate' });
  else if (facts !== undefined) diagnostics.push(report(missing(wish, path)));
  return { steps, diagnostics };
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

function changed(wish: Wish, now: Known | undefined, next: Known | undefined): Omit<Diagnostic, 'source'> {
  if (wish.isPrivate)
    return {
      code: 'EW012',
      severity: 'warning',
      message: `${wish.tunnel} changes its identity: public key ${now?.publicKey} → ${next?.publicKey}`,
      hint: 'every peer of the interface must know the new public key before it can connect again',
    };
  return {
    code: 'EW018',
    severity: 'warning',
    message: `${wish.what} changes`,
    hint: 'the other end must have the new one before it can connect again',
  };
}

/** Who commits must be able to read the file, and so must edgewg to tell what it holds: by owner, as vyattacfg, or everybody. */
function isReadable({ mode: text }: KeyFile, user: string): boolean {
  const [bits = '', owner, group] = text.split(':');
  const mode = Number.parseInt(bits, 8);
  if (owner === user) return (mode & 0o400) !== 0;
  return (mode & (group === 'vyattacfg' ? 0o040 : 0o004)) !== 0;
}

function misfit(
  wish: Wish,
  file: KeyFile,
  identity: KeyIdentity | undefined,
  user = '',
): Omit<Diagnostic, 'source'>[] {
  const hint = 'look at the file; edgewg makes a key only where there is no file';
  if (file.publicKey === undefined && user !== '' && !isReadable(file, user))
    return [
      {
        code: 'EW011',
        severity: 'error',
        message: `${file.path}, ${wish.what}, can't be read by ${user} on the router (${file.mode.replaceAll(':', ' ')}), so no commit could use it`,
        hint: `on the router: sudo chgrp vyattacfg ${file.path} && sudo chmod 0640 ${file.path}`,
      },
    ];
  if (file.publicKey === undefined)
    return [
      {
        code: 'EW011',
        severity: 'error',
        message: `${file.path} on the router holds no WireGuard key`,
        hint,
      },
    ];
  if (identity === undefined || file.publicKey === identity.publicKey) return [];
  const message = `${file.path} on the router holds another key than ${wish.what} that the site file refers to`;
  return [{ code: 'EW011', severity: 'error', message, hint: `${hint}; take it away` }];
}

function missing(wish: Wish, path: string): Omit<Diagnostic, 'source'> {
  if (wish.isPrivate)
    return {
      code: 'EW010',
      severity: 'error',
      message: `${path}, ${wish.what}, isn't on the router, and ${wish.tunnel} exists: a new key would change its identity`,
      hint: 'correct the path; if the identity is meant to change: `edgewg keys rotate`',
    };
  return {
    code: 'EW015',
    severity: 'error',
    message: `${path}, ${wish.what}, isn't on the router`,
    hint: 'put the key that the other end has into the file, or refer to it: env:NAME, file:PATH, command:WORDS',
  };
}

/** No router was asked, or no program was to be run. */
function unknownYet(wish: Wish, running: Tree): Omit<Diagnostic, 'source'> {
  const before = value(running, wish.leaf);
  const stays = before === undefined ? '' : '; until then the plan leaves it as it is';
  return {
    code: 'EW017',
    severity: 'note',
    message: `the file of ${wish.what} on the router follows from the key, which is known at apply${stays}`,
  };
}
