// The peers of a site file as a list.
import type { Peer } from '../site/site.ts';
import { printEndpoint } from '../wireguard/endpoint.ts';
import { table } from './table.ts';

export interface ListedPeer {
  readonly tunnel: string;
  readonly peer: Peer;
}

/** Ends with a line break. */
export function renderPeers(all: readonly ListedPeer[]): string {
  if (all.length === 0) return 'no peers\n';
  const rows = all.map(({ tunnel, peer }) => [
    tunnel,
    peer.name,
    `${peer.publicKey.slice(0, 8)}…`,
    peer.endpoint === undefined ? 'calls' : printEndpoint(peer.endpoint),
    `${peer.allowedIPs.join(', ')}${peer.disable ? ' (disabled)' : ''}`,
  ]);
  return `${table([['tunnel', 'peer', 'key', 'endpoint', 'allowed IPs'], ...rows]).join('\n')}\n`;
}

/** A list of objects; ends with a line break. */
export function renderPeersJson(all: readonly ListedPeer[]): string {
  const list = all.map(({ tunnel, peer }) => ({
    tunnel,
    name: peer.name,
    public_key: peer.publicKey,
    endpoint: peer.endpoint === undefined ? null : printEndpoint(peer.endpoint),
    allowed_ips: peer.allowedIPs,
    disabled: peer.disable === true,
  }));
  return `${JSON.stringify(list, null, 2)}\n`;
}
