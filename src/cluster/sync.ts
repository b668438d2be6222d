// The nodes of a running cluster (`kubectl get nodes -o json`) against those of the site file, as what to write there.
import type { Cluster } from '../site/cluster.ts';
import type { Site } from '../site/site.ts';
import { canonicalPrefix } from '../wireguard/prefix.ts';

/** As far as it is looked at. */
export interface LiveNode {
  readonly name: string;
  readonly pods: readonly string[];
  /** Addresses that it has on the internet, as the cluster reports. */
  readonly external: readonly string[];
}

export interface NodeChanges {
  /** New nodes and changed parts of others, in the site file's own form: what goes under `cluster.nodes`. */
  readonly nodes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Names of nodes that the file has and the cluster hasn't. */
  readonly gone: readonly string[];
}

export function syncNodes(site: Site, cluster: Cluster, live: readonly LiveNode[]): NodeChanges {
  const nodes: Record<string, Record<string, unknown>> = {};
  let next = firstFree(site, cluster);
  for (const one of live.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const known = cluster.nodes.find(({ name }) => name === one.name);
    const pods = one.pods.map(canonicalPrefix);
    if (known === undefined)
      nodes[one.name] = {
        tunnel: `wg${next++}`,
        address: [],
        ...(one.external.length > 0 && { publicAddresses: [...one.external] }),
        ...(pods.length > 0 && { pods }),
      };
    else if (pods.length > 0 && pods.toSorted().join() !== known.pods.toSorted().join())
      nodes[one.name] = { pods };
  }
  const names = new Set(live.map(({ name }) => name));
  return { nodes, gone: cluster.nodes.map(({ name }) => name).filter(name => !names.has(name)) };
}

/** Behind every number that the file has or has taken away: one that left is not given to another. */
function firstFree(site: Site, cluster: Cluster): number {
  const names = [
    ...site.tunnels.map(({ name }) => name),
    ...site.absent.tunnels,
    ...cluster.nodes.map(({ tunnel }) => tunnel),
  ];
  return Math.max(0, ...names.map(name => Number(name.slice(2)))) + 1;
}
