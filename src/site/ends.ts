// The two ends of every tunnel that leads to a node, side by side: what the router has, and what the node has.
import type { Cluster, ClusterNode } from './cluster.ts';
import type { Neighbor, Peer, Site, Tunnel } from './site.ts';

export interface Ends {
  readonly cluster: Cluster;
  readonly node: ClusterNode;
  /** The interface that the node names, where the file has it. */
  readonly tunnel?: Tunnel;
  /** The peer of that interface which is this node. */
  readonly peer?: Peer;
  /** The BGP neighbours that are the node's addresses in the tunnel. */
  readonly neighbors: readonly Neighbor[];
}

export function endsOf(site: Site): Ends[] {
  const { cluster } = site;
  if (cluster === undefined) return [];
  return cluster.nodes.map(node => {
    const tunnel = site.tunnels.find(one => one.name === node.tunnel);
    const peer = tunnel && peerOf(tunnel, node);
    const own = new Set(node.address.map(text => text.split('/')[0]));
    const neighbors = (site.bgp?.neighbors ?? []).filter(
      one => own.has(one.address) || (own.size === 0 && one.tunnel === node.tunnel),
    );
    return { cluster, node, neighbors, ...(tunnel && { tunnel }), ...(peer && { peer }) };
  });
}

/** By its key, its name, its endpoint; the only peer of an interface is the node in any case. */
function peerOf(tunnel: Tunnel, node: ClusterNode): Peer | undefined {
  const { peers } = tunnel;
  return (
    peers.find(peer => peer.publicKey === node.publicKey) ??
    peers.find(peer => peer.name === node.name) ??
    peers.find(peer => peer.endpoint !== undefined && peer.endpoint.host === node.endpoint?.address) ??
    (peers.length === 1 ? peers[0] : undefined)
  );
}
