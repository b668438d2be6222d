// Tunnels made of nodes: `cluster.tunnels: from-nodes`. A node says its interface, so that one that leaves renumbers no
// other; everything else follows from that number and from the node. A tunnel that the file has is left alone.
import { host, parseAddress, parsePrefix, printPrefix } from '../wireguard/prefix.ts';
import type { Cluster, ClusterNode } from './cluster.ts';
import { defined } from './defined.ts';
import type { Written } from './schema/site.ts';
import type { Peer, Route, Tunnel } from './site.ts';

type WrittenTunnels = NonNullable<NonNullable<Written['cluster']>['tunnels']>;
type Template = Exclude<WrittenTunnels, string>;

/** The tunnels of nodes that are not among `there`, by name. */
export function tunnelsFromNodes(
  cluster: Cluster,
  written: WrittenTunnels | undefined,
  there: ReadonlySet<string>,
): Tunnel[] {
  if (written === undefined) return [];
  const template: Template = written === 'from-nodes' ? { from: 'nodes' } : written;
  return cluster.nodes.filter(node => !there.has(node.tunnel)).map(node => tunnelOf(cluster, node, template));
}

function tunnelOf(cluster: Cluster, node: ClusterNode, template: Template): Tunnel {
  const number = Number(node.tunnel.slice(2));
  const { firewall, openPort } = template;
  const rule = openPort === undefined ? undefined : openPort + number;
  return defined({
    at: node.at,
    name: node.tunnel,
    description: node.name,
    disable: false,
    address: template.address === undefined ? [] : numbered(template.address, number),
    listenPort: (template.listenPort ?? 51820) + number,
    openPort:
      rule === undefined
        ? undefined
        : { at: ['cluster', 'tunnels', 'openPort'], ipv4: rule, ipv6: rule, asNeeded: true },
    firewall: {
      in: defined(firewall?.in ?? {}),
      out: defined(firewall?.out ?? {}),
      local: defined(firewall?.local ?? {}),
    },
    unfiltered: template.unfiltered,
    peers: node.publicKey === undefined ? [] : [peerOf(cluster, node, node.publicKey)],
    routes: routesOf(node, template.guard ?? true),
  });
}

/** The address that many behind `first`, alone in its network; none behind the last address that there is. */
function numbered(first: string, number: number): string[] {
  const found = parseAddress(first);
  if (found === undefined) return [];
  const address = found.address + BigInt(number);
  return address >> (found.family === 4 ? 32n : 128n) > 0n ? [] : [printPrefix(host(found.family, address))];
}

/** What the node sends: its own addresses, its pods, and whatever MetalLB may announce from it. */
function peerOf(cluster: Cluster, node: ClusterNode, publicKey: string): Peer {
  const { endpoint } = node;
  return defined({
    at: node.at,
    name: node.name,
    publicKey,
    endpoint: endpoint && { host: endpoint.address, port: node.listenPort, family: endpoint.family },
    allowedIPs: [...ownPrefixes(node), ...node.pods, ...(cluster.metallb?.ranges ?? [])],
    persistentKeepalive: endpoint === undefined ? undefined : 25,
    disable: false,
  });
}

/** The node's addresses in the tunnel and its public ones, each by itself. */
function ownPrefixes(node: ClusterNode): string[] {
  return [...node.address.map(text => text.split('/')[0] ?? text), ...node.publicAddresses].flatMap(text => {
    const found = parseAddress(text);
    return found === undefined ? [] : [printPrefix(host(found.family, found.address))];
  });
}

/** Not the ranges of MetalLB: BGP says which tunnel they are behind. */
function routesOf(node: ClusterNode, guard: boolean): Route[] {
  const route = (prefix: string, what: string, isGuarded: boolean): Route => ({
    at: node.at,
    prefix,
    family: parsePrefix(prefix)?.family ?? 4,
    description: `${node.name} ${what}`,
    disable: false,
    guard: isGuarded,
  });
  const inTunnel = node.address.length;
  return [
    ...ownPrefixes(node).map((prefix, i) => route(prefix, i < inTunnel ? 'tunnel' : 'public', false)),
    ...node.pods.map(prefix => route(prefix, 'pods', guard)),
  ];
}
