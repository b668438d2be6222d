// Peers put into a site file and taken out of it again, as text.
import { parse } from 'yaml';
import { loadSite } from '../site/load.ts';
import { managesInterface } from '../site/manages.ts';
import type { Site, SitePath } from '../site/site.ts';
import { withEntry, withoutEntry } from './blocks.ts';
import { withItem } from './lists.ts';

export interface NewPeer {
  readonly tunnel: string;
  readonly name: string;
  readonly publicKey: string;
  readonly allowedIPs: readonly string[];
}

/** The new text; throws `SiteProblems` where the file's rules refuse the peer. A key that `absent` removes is wanted again. */
export function addPeer(text: string, file: string, peer: NewPeer): string {
  const { tunnel, name, publicKey, allowedIPs } = peer;
  const { site } = loadSite(text, file);
  const wanted = site.absent.peers.get(tunnel)?.includes(publicKey) ? withoutAbsent(text, site, peer) : text;
  // names, keys and prefixes need no quotes, but for names that YAML reads as something else
  const line = `${keyWord(name)}: { publicKey: ${publicKey}, allowedIPs: [${allowedIPs.join(', ')}] }`;
  const after = withEntry(wanted, {
    at: ['tunnels', tunnel, 'peers', name],
    data: { publicKey, allowedIPs: [...allowedIPs] },
    lines: [line],
  });
  loadSite(after, file);
  return after;
}

/** How the next apply learns that a peer goes. */
export type Removal =
  /** The file is the interface's whole truth: leaving it out is enough. */
  | 'left-out'
  /** The interface isn't the file's: the key stands under `absent`. */
  | 'absent';

export interface Removed {
  readonly text: string;
  readonly by: Removal;
}

/** Undefined where the tunnel of the file has no such peer. Throws `SiteProblems` where something else of the file needs it. */
export function removePeer(text: string, file: string, tunnel: string, name: string): Removed | undefined {
  const { site } = loadSite(text, file);
  const peer = site.tunnels.find(one => one.name === tunnel)?.peers.find(one => one.name === name);
  if (peer === undefined) return undefined;
  const without = withoutEntry(text, peer.at);
  const by = managesInterface(site, tunnel) ? 'left-out' : 'absent';
  const after = by === 'absent' ? withAbsent(without, ['absent', 'peers', tunnel], peer.publicKey) : without;
  loadSite(after, file);
  return { text: after, by };
}

/** One more item of a list of `absent`, such as `['absent', 'peers', 'wg0']`. */
export function withAbsent(text: string, at: SitePath, item: string): string {
  const list: unknown = at.reduce<unknown>(
    (node, step) => (node as Record<string, unknown> | undefined)?.[String(step)],
    parse(text),
  );
  return Array.isArray(list) && list.map(String).includes(item) ? text : withItem(text, at, item);
}

function withoutAbsent(text: string, site: Site, { tunnel, publicKey }: NewPeer): string {
  const at = ['absent', 'peers', tunnel];
  const left = (site.absent.peers.get(tunnel) ?? []).filter(key => key !== publicKey);
  const base = withoutEntry(text, at);
  return left.length === 0
    ? base
    : withEntry(base, { at, data: left, lines: [`${tunnel}: [${left.join(', ')}]`] });
}

/** Words that a YAML reader of version 1.1 or 1.2 takes for a number, a truth value or nothing stand in quotes. */
const keyWord = (name: string): string =>
  /^(?:[\d.+-].*|y|yes|n|no|on|off|true|false|null)$/i.test(name) ? `"${name}"` : name;
