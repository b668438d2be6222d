// The WireGuard interfaces of a running configuration in the site file's words: leaves, peers, attached rulesets, routes.
import { lookup } from '../vyatta/nodes.ts';
import { isLiteral } from '../vyatta/redact.ts';
import { byVersion, find, has, type Path, type Tree, value, values } from '../vyatta/tree.ts';
import { canonicalInterfaceAddress, canonicalPrefix } from '../wireguard/prefix.ts';
import type { Draft } from './draft.ts';

const wireguard = ['interfaces', 'wireguard'];

export function draftTunnels(draft: Draft, running: Tree): void {
  for (const name of values(running, wireguard).sort(byVersion)) draftTunnel(draft, running, name);
}

function draftTunnel(draft: Draft, running: Tree, name: string): void {
  const base = [...wireguard, name];
  const at = ['tunnels', name];
  draft.set(at, {}, base);
  const texts = [
    ['description', 'description'],
    ['address', 'address'],
    ['listen-port', 'listenPort'],
    ['private-key', 'privateKey'],
    ['mtu', 'mtu'],
    ['route-allowed-ips', 'routeAllowedIPs'],
    ['disable', 'disable'],
  ] as const;
  for (const [leaf, key] of texts) draftLeaf(draft, running, [...base, leaf], [...at, key]);
  if (isLiteral(value(running, [...base, 'private-key']) ?? ''))
    draft.comments.push({
      at,
      text: ` its private key is a literal of the configuration and stays one; the next apply moves it into a file with:\n privateKey: /config/auth/${name}.key`,
    });
  for (const direction of ['in', 'local', 'out'] as const)
    for (const [node, family] of [
      ['name', 'ipv4'],
      ['ipv6-name', 'ipv6'],
    ] as const) {
      const path = [...base, 'firewall', direction, node];
      const ruleset = value(running, path);
      if (ruleset !== undefined) draft.set([...at, 'firewall', direction, family], ruleset, path);
    }
  draftPeers(draft, running, base, at);
  draftRoutes(draft, running, name, at);
}

/** A leaf as the schema has it: a number, true or false, a list, a text. Secrets are none of a file's business. */
function draftLeaf(draft: Draft, running: Tree, path: Path, at: readonly string[]): void {
  const words = values(running, path);
  const [first] = words;
  const node = lookup(path)?.node;
  if (node?.kind === 'valueless' && has(running, path)) draft.set(at, true, path);
  if (first === undefined) return;
  if (node?.kind === 'multi') draft.set(at, words.map(canonicalInterfaceAddress), path);
  else if (!(node?.kind === 'leaf' && node.value.secret) || first.startsWith('/'))
    draft.set(at, scalar(path, first), path);
}

/** EdgeOS takes comma lists and host bits in AllowedIPs, and means the prefixes. */
const listed = (word: string): string[] => word.split(',').map(part => canonicalPrefix(part.trim()));

function scalar(path: Path, word: string): unknown {
  const node = lookup(path)?.node;
  if (node?.kind !== 'leaf') return word;
  if (node.value.type === 'bool' && (word === 'true' || word === 'false')) return word === 'true';
  return node.value.type === 'u32' && /^\d{1,9}$/.test(word) ? Number(word) : word;
}

function draftPeers(draft: Draft, running: Tree, base: Path, at: readonly string[]): void {
  const taken = new Set<string>();
  const keys = values(running, [...base, 'peer']);
  // the only peer of a tunnel is what the tunnel is for
  const sole = keys.length === 1 ? value(running, [...base, 'description']) : undefined;
  for (const [i, key] of keys.entries()) {
    const path = [...base, 'peer', key];
    const name = peerNameOf(value(running, [...path, 'description']) ?? sole, i + 1, taken);
    const place = [...at, 'peers', name];
    draft.set(place, { publicKey: key }, path);
    draftLeaf(draft, running, [...path, 'endpoint'], [...place, 'endpoint']);
    const allowed = values(running, [...path, 'allowed-ips']).flatMap(word => listed(word));
    if (allowed.length > 0)
      draft.set([...place, 'allowedIPs'], [...new Set(allowed)], [...path, 'allowed-ips']);
    for (const [leaf, to] of [
      ['persistent-keepalive', 'persistentKeepalive'],
      ['preshared-key', 'presharedKey'],
      ['description', 'description'],
      ['disable', 'disable'],
    ] as const)
      draftLeaf(draft, running, [...path, leaf], [...place, to]);
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

function draftRoutes(draft: Draft, running: Tree, name: string, at: readonly string[]): void {
  for (const kind of ['route', 'route6']) {
    const base = ['protocols', 'static', `interface-${kind}`];
    for (const prefix of values(running, base).sort(byVersion)) {
      const hop = [...base, prefix, 'next-hop-interface', name];
      const node = find(running, hop);
      if (node !== undefined) draftRoute(draft, running, { kind, prefix, hop, node }, at);
    }
  }
}

interface Hop {
  readonly kind: string;
  readonly prefix: string;
  readonly hop: Path;
  readonly node: Tree;
}

function draftRoute(
  draft: Draft,
  running: Tree,
  { kind, prefix, hop, node }: Hop,
  at: readonly string[],
): void {
  const distance = value(node, ['distance']);
  const description = value(node, ['description']);
  const guard = ['protocols', 'static', kind, prefix, 'blackhole', 'distance', '254'];
  const options = {
    ...(description === undefined ? {} : { description }),
    ...(distance === undefined ? {} : { distance: Number(distance) }),
    ...(node.children.has('disable') ? { disable: true } : {}),
    ...(has(running, guard) ? { guard: true } : {}),
  };
  const place = [...at, 'routes', canonicalPrefix(prefix)];
  const isPlain = description !== undefined && Object.keys(options).length === 1;
  draft.set(place, isPlain ? description : options, hop);
}
