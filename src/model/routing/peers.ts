// The peers of a WireGuard interface as the configuration has them: which packets WireGuard would encrypt for whom.
import type { Interface } from '../../vyatta/interfaces.ts';
import { find, type Path, value, values } from '../../vyatta/tree.ts';
import { type Endpoint, parseEndpoint } from '../../wireguard/endpoint.ts';
import { covers, type Prefix, parsePrefix } from '../../wireguard/prefix.ts';

export interface AllowedIP {
  readonly prefix: Prefix;
  /** As it stands there, without its neighbours in a comma list. */
  readonly text: string;
  readonly path: Path;
  readonly line?: number;
}

export interface PeerOnRouter {
  /** The public key; a name where the configuration isn't EdgeOS's. */
  readonly key: string;
  readonly path: Path;
  readonly description?: string;
  readonly disabled: boolean;
  readonly endpoint?: Endpoint;
  readonly allowed: readonly AllowedIP[];
}

const known = new WeakMap<Interface, readonly PeerOnRouter[]>();

/** In the configuration's order; nothing for an interface that isn't WireGuard's. Read once, since a dozen checks ask. */
export function peersOf(iface: Interface): readonly PeerOnRouter[] {
  let found = known.get(iface);
  if (found === undefined) {
    found = readPeers(iface);
    known.set(iface, found);
  }
  return found;
}

function readPeers(iface: Interface): PeerOnRouter[] {
  return [...(find(iface.node, ['peer'])?.children ?? [])].map(([key, node]) => {
    const path = [...iface.path, 'peer', key];
    const description = value(node, ['description']);
    const endpoint = parseEndpoint(value(node, ['endpoint']) ?? '');
    return {
      key,
      path,
      ...(description !== undefined && { description }),
      disabled: node.children.has('disable'),
      ...(endpoint && { endpoint }),
      allowed: values(node, ['allowed-ips']).flatMap(list => {
        const line = find(node, ['allowed-ips', list])?.line;
        const at = { path: [...path, 'allowed-ips', list], ...(line !== undefined && { line }) };
        return list.split(',').flatMap(text => {
          const prefix = parsePrefix(text.trim());
          return prefix === undefined ? [] : [{ prefix, text: text.trim(), ...at }];
        });
      }),
    };
  });
}

/** The peer that gets packets to all of `prefix`: the longest allowed IPs win. The last of two equal ones has it. */
export function peerFor(peers: readonly PeerOnRouter[], prefix: Prefix): PeerOnRouter | undefined {
  let best: { peer: PeerOnRouter; length: number } | undefined;
  for (const peer of peers) {
    if (peer.disabled) continue;
    for (const { prefix: allowed } of peer.allowed)
      if (covers(allowed, prefix) && allowed.length >= (best?.length ?? 0))
        best = { peer, length: allowed.length };
  }
  return best?.peer;
}
