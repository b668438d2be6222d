// Relatives of EdgeOS that write their configuration in the same two forms, with other words: taken for an EdgeRouter's, half of it
// would be understood.
import { find, has, type Path, type Tree, values } from './tree.ts';

export interface OtherSystem {
  readonly name: string;
  /** What tells it, for a message. */
  readonly sign: string;
}

/** Nodes that EdgeOS doesn't have at these places (docs/edgeos.md, 'Relatives with the same forms'). */
const foreignNodes: readonly (readonly [string, Path])[] = [
  ['VyOS', ['nat', 'source']],
  ['VyOS', ['nat', 'destination']],
  ['VyOS', ['nat66']],
  ['VyOS', ['container']],
  ['VyOS', ['high-availability']],
  ['VyOS', ['load-balancing']],
  ['VyOS', ['vrf']],
  ['VyOS', ['pki']],
  ['VyOS', ['firewall', 'ipv4']],
  ['VyOS', ['firewall', 'ipv6']],
  ['XORP', ['fea']],
  ['XORP', ['rtrmgr']],
  ['XORP', ['interfaces', 'interface']],
];

/** What a WireGuard interface of VyOS has, and its peers, which have names there and not keys. */
const ofInterface = ['port', 'per-client-thread'];
const ofPeer = ['public-key', 'pubkey', 'address', 'port'];

/** From what no tree holds: the trailer, the first line. Undefined for what may be an EdgeRouter's. */
export function systemOfText(text: string): OtherSystem | undefined {
  if (/^\/\/ vyos-config-version:/m.test(text)) return { name: 'VyOS', sign: 'vyos-config-version' };
  const release = /^(?:\/\*|\/\/) Release version: (?!v\d)(.{1,40}?)(?: \*\/)?$/m.exec(text)?.[1];
  if (release !== undefined)
    return { name: /^(?:VyOS|\d)/.test(release) ? 'VyOS' : 'Vyatta', sign: `Release version: ${release}` };
  return /^\s*\/\*\s*XORP\b/.test(text) ? { name: 'XORP', sign: 'its first line' } : undefined;
}

/** From its nodes. Undefined for what may be an EdgeRouter's. */
export function systemOfTree(tree: Tree): OtherSystem | undefined {
  const [name, path] = foreignNodes.find(([, node]) => has(tree, node)) ?? wireguardOfVyos(tree) ?? [];
  return name === undefined || path === undefined ? undefined : { name, sign: path.join(' ') };
}

function wireguardOfVyos(tree: Tree): readonly [string, Path] | undefined {
  const base = ['interfaces', 'wireguard'];
  for (const name of values(tree, base)) {
    const own = ofInterface.find(leaf => has(tree, [...base, name, leaf]));
    if (own !== undefined) return ['VyOS', [...base, name, own]];
    for (const [peer, node] of find(tree, [...base, name, 'peer'])?.children ?? []) {
      const leaf = ofPeer.find(word => node.children.has(word));
      if (leaf !== undefined) return ['VyOS', [...base, name, 'peer', peer, leaf]];
    }
  }
  return undefined;
}
