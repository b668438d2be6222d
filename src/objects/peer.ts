// The other end of a tunnel. The site file knows it by a name, the router by its public key.
import type { Peer, Tunnel } from '../site/site.ts';
import { canonicalValues } from '../vyatta/canonical.ts';
import type { Tree } from '../vyatta/tree.ts';
import { parseEndpoint, printEndpoint } from '../wireguard/endpoint.ts';
import { parsePrefix } from '../wireguard/prefix.ts';
import type { Draft } from './draft.ts';
import { any, type KeyOf, Kind } from './kind.ts';
import { leafOf, oneWord } from './leaf.ts';
import { intervalOf } from './resolver.ts';
import { tunnel } from './tunnel.ts';
import type { Wanted, Wish } from './wanted.ts';

const leaf = leafOf<Peer, Wish>();

const leaves = [
  // EdgeOS takes comma lists and host bits in AllowedIPs, and means the prefixes
  leaf('allowed-ips', 'allowedIPs', {
    isOurs: word => word.split(',').every(part => parsePrefix(part) !== undefined),
    said: node => prefixes([...node.children.keys()]),
  }),
  leaf('description', 'description'),
  leaf('disable', 'disable'),
  leaf('endpoint', 'endpoint', { words: endpoint => [[printEndpoint(endpoint)]] }),
  leaf('persistent-keepalive', 'persistentKeepalive'),
  leaf('preshared-key', 'presharedKey', {
    words: (source, { at }, { keyPath }) => oneWord(keyPath(source, [...at, 'presharedKey'])),
  }),
];

export const peer: Kind<[tunnel: string, publicKey: string], KeyOf<typeof leaves>> = new Kind({
  at: ['interfaces', 'wireguard', any, 'peer', any],
  leaves,
  hold: (claim, name, key) => {
    if (claim.isWhole(name)) return claim.wants(peer.path(name, key)) ? 'sayable' : 'all';
    if (claim.site.absent.peers.get(name)?.includes(key)) return 'all';
    return claim.isNamed(name) ? 'said' : 'none';
  },
  title: (name, key) => ({ title: `peer ${key} of ${name}`, order: ['tunnels', name, 1] }),
});

/** Canonical, each once; a list where they are none says nothing. */
function prefixes(words: readonly string[]): string[] | undefined {
  const all = new Set(words.flatMap(word => canonicalValues({ type: 'ipOrNetList' }, word)));
  return all.size === 0 ? undefined : [...all];
}

export function wantPeer(wanted: Wanted, { name }: Tunnel, said: Peer, wish: Wish): void {
  peer.want(wanted, said, [name, said.publicKey], wish);
}

export function draftPeers(draft: Draft, running: Tree, name: string): void {
  const taken = new Set<string>();
  const keys = peer.names(running, name);
  // the only peer of a tunnel is what the tunnel is for
  const sole = keys.length === 1 ? tunnel.value(running, 'description', name) : undefined;
  for (const [i, key] of keys.entries()) {
    const description = peer.value(running, 'description', name, key);
    const at = ['tunnels', name, 'peers', peerNameOf(description ?? sole, i + 1, taken)];
    draft.set(at, { publicKey: key }, peer.path(name, key));
    peer.draft(draft, running, at, name, key);
    draftResolve(draft, running, at, [name, key]);
  }
}

/** The description where it makes a name, else a number. */
function peerNameOf(description: string | undefined, number: number, taken: Set<string>): string {
  const plain = (description ?? '')
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[-.]+/, '')
    .replace(/-+$/, '')
    .slice(0, 40);
  const wish = plain === '' ? `peer${number}` : plain;
  let name = wish;
  for (let n = 2; taken.has(name); n++) name = `${wish}-${n}`;
  taken.add(name);
  return name;
}

/** Which peers of a tunnel are looked after, its task doesn't tell: all whose endpoint is a name. */
function draftResolve(
  draft: Draft,
  running: Tree,
  at: readonly string[],
  instance: [name: string, key: string],
): void {
  const endpoint = parseEndpoint(peer.value(running, 'endpoint', ...instance) ?? '');
  const interval = intervalOf(running, instance[0]);
  if (endpoint === undefined || endpoint.family !== undefined || interval === undefined) return;
  draft.set([...at, 'resolve'], interval.value, interval.path);
}
