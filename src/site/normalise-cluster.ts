// The other end, from the written form to the one that the program uses, with its defaults.
import { canonicalPrefix, parseAddress, parseInterfaceAddress, printAddress } from '../wireguard/prefix.ts';
import type * as C from './cluster.ts';
import { defined } from './defined.ts';
import { parseKeySource } from './grammar/keys.ts';
import type { Written } from './schema/site.ts';

type WrittenCluster = NonNullable<Written['cluster']>;
type WrittenNode = WrittenCluster['nodes'][string];

/**
 * WireGuard's own packets on a node. Not 0x4000 and 0x8000, which kube-proxy masquerades and drops, nor any bit of Calico's
 * 0xffff0000 or Cilium's 0x0f00.
 */
const defaultMark = 0x51;
const defaultTable = 5181;

export function normaliseCluster(written: WrittenCluster): C.Cluster {
  const { cni, kubernetes } = written;
  const nodes = Object.entries(written.nodes).map(([name, node]) => normaliseNode(name, node));
  const prefixes = (list: readonly string[] | undefined): string[] => (list ?? []).map(canonicalPrefix);
  return defined({
    at: ['cluster'],
    interface: written.interface ?? 'wg0',
    homeNetworks: prefixes(written.homeNetworks),
    routerEndpoint: written.routerEndpoint === undefined ? undefined : host(written.routerEndpoint),
    firewall: written.firewall ?? 'nftables',
    fwmark: written.fwmark ?? defaultMark,
    routingTable: written.routingTable ?? defaultTable,
    cni: defined({
      at: ['cluster', 'cni'],
      overlay: cni?.overlay,
      mtu: cni?.mtu,
      pods: prefixes(cni?.pods),
      services: prefixes(cni?.services),
    }),
    metallb: written.metallb && {
      at: ['cluster', 'metallb'],
      ranges: prefixes(written.metallb.ranges),
      pool: written.metallb.pool ?? 'home',
      autoAssign: written.metallb.autoAssign ?? true,
    },
    bgp: written.bgp && normaliseBgp(written.bgp),
    kubernetes: defined({
      at: ['cluster', 'kubernetes'],
      namespace: kubernetes?.namespace ?? 'edgewg',
      image: kubernetes?.image,
      nodeSelector: kubernetes?.nodeSelector ?? {},
      metallbNamespace: kubernetes?.metallbNamespace ?? 'metallb-system',
      module: kubernetes?.module ?? 'loaded',
    }),
    fromNodes: written.tunnels !== undefined,
    nodes: nodes.sort((a, b) => numberOf(a) - numberOf(b) || (a.name < b.name ? -1 : 1)),
  });
}

const numberOf = (node: C.ClusterNode): number => Number(node.tunnel.slice(2));

function host(text: string): string {
  const found = parseAddress(text);
  return found === undefined ? text.toLowerCase() : printAddress(found.family, found.address);
}

function normaliseBgp(bgp: NonNullable<WrittenCluster['bgp']>): C.ClusterBgp {
  return defined({
    at: ['cluster', 'bgp'],
    ...bgp,
    speaker: bgp.speaker ?? 'metallb',
    password: bgp.password === undefined ? undefined : (parseKeySource(bgp.password) as C.Reference),
    ebgpMultihop: bgp.ebgpMultihop ?? true,
  });
}

function normaliseNode(name: string, node: WrittenNode): C.ClusterNode {
  const at = ['cluster', 'nodes', name];
  const key = node.key ?? 'made-on-node';
  return defined({
    ...node,
    at,
    name,
    address: node.address.map(interfaceAddress),
    publicAddresses: (node.publicAddresses ?? []).map(host),
    endpoint: node.endpoint && normaliseEndpoint([...at, 'endpoint'], node.endpoint),
    reachable: node.reachable === false ? (false as const) : undefined,
    listenPort: node.listenPort ?? 51820,
    pods: (node.pods ?? []).map(canonicalPrefix),
    key: key === 'made-on-node' ? { kind: 'made-on-node' as const } : (parseKeySource(key) as C.Reference),
  });
}

function interfaceAddress(text: string): string {
  const found = parseInterfaceAddress(text);
  return found === undefined ? text : `${printAddress(found.family, found.address)}/${found.length}`;
}

function normaliseEndpoint(
  at: C.NodeEndpoint['at'],
  endpoint: NonNullable<WrittenNode['endpoint']>,
): C.NodeEndpoint {
  const found = parseInterfaceAddress(endpoint.address);
  const family = found?.family ?? 6;
  return defined({
    at,
    family,
    address: found === undefined ? endpoint.address : printAddress(family, found.address),
    length: found?.length ?? 128,
    interface: endpoint.interface,
    gateway: endpoint.gateway === undefined ? undefined : host(endpoint.gateway),
    networkFile: endpoint.networkFile ?? `10-${endpoint.interface}.network`,
  });
}
