// The keys of a router as a list: where each lies, who may read it, how old it is, who must know its public half, and what is
// wrong with them. Pure; from what the router said about its files, which is never a key.

import { peer as peerKind } from '../objects/peer.ts';
import { privateKeyOf, tunnel as tunnelKind } from '../objects/tunnel.ts';
import type { KeyFile, RouterFacts } from '../plan/types/facts.ts';
import type { Site } from '../site/site.ts';
import { isLiteral, shownOf } from '../vyatta/redact.ts';
import { byVersion, type Tree } from '../vyatta/tree.ts';

export interface KeyPeer {
  readonly publicKey: string;
  /** As the site file or the router calls it; undefined when neither does. */
  readonly name: string | undefined;
}

/** One key in use, or wanted by the site file. */
export interface KeyEntry {
  readonly interface: string;
  readonly kind: 'private' | 'preshared';
  /** The file; undefined for a literal, and for a reference that was never applied. */
  readonly path: string | undefined;
  readonly isLiteral: boolean;
  /** Permission bits in octal, owner and group; undefined where there is no file. */
  readonly mode: string | undefined;
  readonly owner: string | undefined;
  readonly group: string | undefined;
  /** Whole days since the file changed, by the router's clock. */
  readonly age: number | undefined;
  /** A private key's public half, or the fingerprint of a literal preshared key. */
  readonly shown: string | undefined;
  /** Who must know the public half; for a preshared key, the one who must have the same. */
  readonly peers: readonly KeyPeer[];
  readonly remarks: readonly string[];
}

export interface KeyList {
  readonly keys: readonly KeyEntry[];
  /** Files below /config/auth with a key that no interface uses. */
  readonly unused: readonly { readonly path: string; readonly age: number; readonly publicKey: string }[];
}

export function listKeys(site: Site, running: Tree, facts: RouterFacts): KeyList {
  const there = tunnelKind.names(running);
  const wanted = site.tunnels.map(tunnel => tunnel.name).filter(name => !there.includes(name));
  const list = new Lister(site, running, facts);
  const keys = [...there, ...wanted].sort(byVersion).flatMap(name => list.ofInterface(name));
  const used = new Set(keys.map(key => key.path));
  const unused = [...facts.keyFiles.values()]
    .filter(file => !used.has(file.path))
    .flatMap(({ path, publicKey, changed }) =>
      publicKey === undefined ? [] : [{ path, publicKey, age: days(facts.now - changed) }],
    );
  return { keys, unused };
}

const days = (seconds: number): number => Math.max(0, Math.floor(seconds / 86_400));

class Lister {
  readonly site: Site;
  readonly running: Tree;
  readonly facts: RouterFacts;

  constructor(site: Site, running: Tree, facts: RouterFacts) {
    this.site = site;
    this.running = running;
    this.facts = facts;
  }

  ofInterface(name: string): KeyEntry[] {
    const peers = peerKind.names(this.running, name).map(key => this.peer(name, key));
    const own = this.entry(name, 'private', tunnelKind.value(this.running, 'privateKey', name), peers);
    const shared = peers.flatMap(peer => {
      const word = peerKind.value(this.running, 'presharedKey', name, peer.publicKey);
      return word === undefined ? [] : [this.entry(name, 'preshared', word, [peer])];
    });
    return [own, ...shared];
  }

  peer(name: string, publicKey: string): KeyPeer {
    const tunnel = this.site.tunnels.find(one => one.name === name);
    const known = tunnel?.peers.find(peer => peer.publicKey === publicKey)?.name;
    return { publicKey, name: known ?? peerKind.value(this.running, 'description', name, publicKey) };
  }

  /** `word` is what the router has; without one the site file's tunnel isn't there yet. */
  entry(
    name: string,
    kind: KeyEntry['kind'],
    word: string | undefined,
    running: readonly KeyPeer[],
  ): KeyEntry {
    const tunnel = this.site.tunnels.find(one => one.name === name);
    const isThere = tunnelKind.has(this.running, name);
    const source = isThere || tunnel === undefined ? undefined : privateKeyOf(tunnel);
    const literal = word !== undefined && isLiteral(word);
    const path = source?.kind === 'router' ? source.path : literal ? undefined : word;
    const file = path === undefined ? undefined : this.facts.keyFiles.get(path);
    const [mode, owner, group] = file?.mode.split(':') ?? [];
    const age = file && days(this.facts.now - file.changed);
    const shown = literal ? shownOf(word) : kind === 'private' ? file?.publicKey : undefined;
    const peers = isThere ? running : (tunnel?.peers ?? []);
    return {
      interface: name,
      kind,
      path,
      isLiteral: literal,
      mode,
      owner,
      group,
      age,
      shown,
      peers: peers.map(peer => ({ publicKey: peer.publicKey, name: peer.name })),
      remarks: [
        ...whereabouts(isThere, word),
        ...(literal ? ['a literal key in the configuration: name a file in the site file (EW016)'] : []),
        ...(path === undefined ? [] : this.fileRemarks(path, file, age)),
        ...(kind === 'private' && word !== undefined ? this.liveRemarks(name, shown) : []),
      ],
    };
  }

  fileRemarks(path: string, file: KeyFile | undefined, age: number | undefined): string[] {
    if (file === undefined) return [`there is no ${path} that this user can see`];
    const [mode = '', , group] = file.mode.split(':');
    const { rotateAfter } = this.site;
    return [
      ...(file.publicKey === undefined ? ['the file holds no key that this user can read'] : []),
      ...(/[1-7]$/.test(mode) ? ['every user of the router can read the file: chmod 0640'] : []),
      ...(group === 'vyattacfg' ? [] : ['the group should be vyattacfg: other admins can not commit']),
      ...(rotateAfter !== undefined && age !== undefined && age > rotateAfter
        ? [`older than rotateAfter (${rotateAfter} days): make a new one under another file name`]
        : []),
    ];
  }

  liveRemarks(name: string, shown: string | undefined): string[] {
    const live = this.facts.interfaces.get(name)?.publicKey;
    if (live === undefined || shown === undefined || live === shown) return [];
    return [`the interface runs with another key, its public half is ${live}`];
  }
}

function whereabouts(isThere: boolean, word: string | undefined): string[] {
  if (!isThere) return ['the interface is not on the router yet'];
  return word === undefined ? ['the interface has no private key'] : [];
}
