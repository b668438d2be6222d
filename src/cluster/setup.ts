// What one node's end of a tunnel has, worked out of the site file: the one value that every variant renders. Nothing here is
// a secret; where one belongs, there is the path of a file.
import type { Cluster, ClusterNode, NodeEndpoint } from '../site/cluster.ts';
import { endsOf } from '../site/ends.ts';
import type { KeySource, Peer, Site, SitePath, Tunnel } from '../site/site.ts';
import { printEndpoint } from '../wireguard/endpoint.ts';
import { segmentSize, tunnelMtu } from '../wireguard/mtu.ts';
import { type Family, parseAddress } from '../wireguard/prefix.ts';

export interface NodeSetup {
  readonly cluster: Cluster;
  readonly node: ClusterNode;
  readonly tunnel: Tunnel;
  /** The WireGuard interface of the node. */
  readonly link: string;
  readonly mtu: number;
  readonly mss: Readonly<Record<Family, number>>;
  readonly routerKey: string;
  /** The router's addresses in the tunnel, without prefix length. */
  readonly routerAddresses: readonly string[];
  /** What the router may send, and what is sent to it. */
  readonly allowedIPs: readonly string[];
  /** `host:port`, where the node can begin. */
  readonly routerEndpoint?: string;
  readonly keepalive?: number;
  readonly endpoint?: NodeEndpoint;
  /** There is a preshared key, which both ends must have. */
  readonly hasPresharedKey: boolean;
  /** Where that key comes from, and the place that says so. */
  readonly presharedKey?: { readonly source: KeySource; readonly at: SitePath };
}

/** Why the other end can't be rendered: with its place in the site file. */
export interface Gap {
  readonly at: SitePath;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const ethernetMtu = 1500;

/** Every node, or all that is missing. */
export function setupsOf(site: Site): { setups: NodeSetup[]; gaps: Gap[] } {
  const gaps: Gap[] = [];
  const setups = endsOf(site).flatMap(({ cluster, node, tunnel, peer }) => {
    if (tunnel === undefined) return [];
    const found = gapsOf(node, tunnel, cluster);
    gaps.push(...found);
    if (found.length > 0) return [];
    return setupOf(site, cluster, node, tunnel, peer);
  });
  return { setups, gaps };
}

function gapsOf(node: ClusterNode, tunnel: Tunnel, cluster: Cluster): Gap[] {
  const gaps: Gap[] = [];
  if (node.routerPublicKey === undefined)
    gaps.push({
      at: node.at,
      code: 'no-router-key',
      message: `${node.name} must know the public key of ${tunnel.name}`,
      hint: `add routerPublicKey: \`edgewg keys\` prints it, and \`edgewg keys --make\` makes it before the first apply`,
    });
  if (node.address.length === 0)
    gaps.push({
      at: node.at,
      code: 'no-address',
      message: `${node.name} has no address in the tunnel`,
      hint: 'write address: [192.168.5.4/32]',
    });
  if (cluster.routerEndpoint === undefined && node.endpoint === undefined)
    gaps.push({
      at: node.at,
      code: 'nobody-begins',
      message: `neither end of ${tunnel.name} knows where the other is`,
      hint: `say where the router reaches ${node.name} (endpoint), or where the nodes reach the router (cluster.routerEndpoint)`,
    });
  if (cluster.routerEndpoint !== undefined && tunnel.listenPort === undefined)
    gaps.push({
      at: tunnel.at,
      code: 'no-listen-port',
      message: `${node.name} would begin, but ${tunnel.name} has no listenPort`,
      hint: 'give the tunnel a listenPort, or take cluster.routerEndpoint out',
    });
  return gaps;
}

function setupOf(
  site: Site,
  cluster: Cluster,
  node: ClusterNode,
  tunnel: Tunnel,
  peer: Peer | undefined,
): NodeSetup {
  const mtu = nodeMtu(site, node, tunnel);
  const routerAddresses = tunnel.address.map(text => text.split('/')[0] ?? text);
  const { endpoint } = node;
  const begins = routerEndpoint(cluster, tunnel);
  const keepalive = node.persistentKeepalive ?? (begins === undefined ? undefined : 25);
  return {
    cluster,
    node,
    tunnel,
    link: cluster.interface,
    mtu,
    mss: { 4: segmentSize(mtu, 4), 6: segmentSize(mtu, 6) },
    routerKey: node.routerPublicKey ?? '',
    routerAddresses,
    allowedIPs: [...routerAddresses.map(alone), ...cluster.homeNetworks],
    hasPresharedKey: peer?.presharedKey !== undefined,
    ...(peer?.presharedKey && {
      presharedKey: { source: peer.presharedKey, at: [...peer.at, 'presharedKey'] },
    }),
    ...(begins !== undefined && { routerEndpoint: begins }),
    ...(keepalive !== undefined && { keepalive }),
    ...(endpoint && { endpoint }),
  };
}

/** One address as a prefix. */
export function alone(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

/** `[2001:db8::1]:51824`, `home.example.net:51824`. */
function routerEndpoint(cluster: Cluster, tunnel: Tunnel): string | undefined {
  const { routerEndpoint: host } = cluster;
  if (host === undefined || tunnel.listenPort === undefined) return undefined;
  return printEndpoint({ host, port: tunnel.listenPort, family: parseAddress(host)?.family });
}

/** What one variant needs beyond that. */
export function gapsOfVariant(setups: readonly NodeSetup[], variant: string): Gap[] {
  const [first] = setups;
  const gaps: Gap[] = [];
  if (variant === 'kubernetes' && first !== undefined && first.cluster.kubernetes.image === undefined)
    gaps.push({
      at: first.cluster.at,
      code: 'no-image',
      message: 'nothing says which image the pods run',
      hint: 'say kubernetes: { image: NAME@sha256:DIGEST }: one with wg, ip, sh, and nft or iptables',
    });
  if (variant === 'talos') for (const setup of setups) gaps.push(...gapsOfTalos(setup));
  for (const { endpoint } of variant === 'netplan' || variant === 'talos' ? setups : [])
    if (endpoint !== undefined && endpoint.gateway === undefined)
      gaps.push({
        at: endpoint.at,
        code: 'no-gateway',
        message: `${variant} needs the next hop of the endpoint`,
        hint: 'say endpoint.gateway; `ip route show default` on the node shows it',
      });
  return gaps;
}

/** The same as the router's end, as far as the file alone knows it: see src/objects/uplinks.ts. */
function nodeMtu(site: Site, node: ClusterNode, tunnel: Tunnel): number {
  if (node.mtu !== undefined) return node.mtu;
  if (typeof tunnel.mtu === 'number') return tunnel.mtu;
  const ipv4Only = tunnel.peers.length > 0 && tunnel.peers.every(peer => peer.endpoint?.family === 4);
  return tunnelMtu(site.uplink.mtu ?? ethernetMtu, ipv4Only ? 4 : 6);
}

/** Its one document holds keys as they are, and addresses alone. */
function gapsOfTalos({ node, cluster, routerEndpoint }: NodeSetup): Gap[] {
  const gaps: Gap[] = [];
  if (node.key.kind === 'made-on-node')
    gaps.push({
      at: node.at,
      code: 'no-key',
      message: `${node.name} must get its key: Talos makes none`,
      hint: 'say key: env:NAME, file:PATH or command:WORDS, and render with --with-secrets',
    });
  if (routerEndpoint !== undefined && !/^(\[[0-9a-f:.]+\]|[0-9.]+):\d+$/.test(routerEndpoint))
    gaps.push({
      at: [...cluster.at, 'routerEndpoint'],
      code: 'no-address',
      message: 'a name is no endpoint to Talos, which takes addresses alone',
      hint: "write the router's address on the internet, or let the router begin",
    });
  if (cluster.bgp?.speaker === 'frr')
    gaps.push({
      at: [...cluster.bgp.at, 'speaker'],
      code: 'no-frr',
      message: 'there is no FRR on a Talos host',
      hint: 'let MetalLB, FRR-K8s, Calico or Cilium announce from inside the cluster',
    });
  return gaps;
}
