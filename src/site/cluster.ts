// The other end in the form the program uses: canonical and complete. What a person writes is schema/cluster.ts.
import type { Family } from '../wireguard/prefix.ts';
import type { KeySource } from './grammar/keys.ts';
import type { SitePath } from './place.ts';

export interface Cluster {
  readonly at: SitePath;
  /** The WireGuard interface on the nodes. */
  readonly interface: string;
  /** Canonical prefixes. */
  readonly homeNetworks: readonly string[];
  /** A name or an address, without a port. */
  readonly routerEndpoint?: string;
  readonly firewall: 'nftables' | 'iptables';
  readonly fwmark: number;
  readonly routingTable: number;
  readonly cni: Cni;
  readonly metallb?: Metallb;
  readonly bgp?: ClusterBgp;
  readonly kubernetes: Kubernetes;
  /** Tunnels that the file doesn't have are made of the nodes. */
  readonly fromNodes: boolean;
  /** By the number of their tunnel, then by name. */
  readonly nodes: readonly ClusterNode[];
}

export interface Cni {
  readonly at: SitePath;
  readonly overlay?: 'none' | 'vxlan' | 'geneve' | 'ipip' | 'wireguard';
  readonly mtu?: number;
  readonly pods: readonly string[];
  readonly services: readonly string[];
}

export interface Metallb {
  readonly at: SitePath;
  readonly ranges: readonly string[];
  readonly pool: string;
  readonly autoAssign: boolean;
}

/** What runs BGP on the nodes. */
export type Speaker = 'metallb' | 'frr-k8s' | 'calico' | 'cilium' | 'frr';

export interface ClusterBgp {
  readonly at: SitePath;
  readonly asn: number;
  readonly routerAsn: number;
  readonly speaker: Speaker;
  readonly password?: Reference;
  readonly keepalive?: number;
  readonly holdtime?: number;
  readonly ebgpMultihop: boolean;
}

export interface Kubernetes {
  readonly at: SitePath;
  readonly namespace: string;
  /** NAME@sha256:DIGEST */
  readonly image?: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly metallbNamespace: string;
  readonly module: 'loaded' | 'load';
}

/** A secret that is found where edgewg runs. */
export type Reference = Exclude<KeySource, { kind: 'router' }>;

export interface ClusterNode {
  readonly at: SitePath;
  readonly name: string;
  /** The router's interface that leads here. */
  readonly tunnel: string;
  /** With prefix length, canonical. */
  readonly address: readonly string[];
  /** Without prefix length, canonical. */
  readonly publicAddresses: readonly string[];
  readonly endpoint?: NodeEndpoint;
  /** The router can't begin towards it. */
  readonly reachable?: false;
  readonly listenPort: number;
  readonly pods: readonly string[];
  readonly key: { readonly kind: 'made-on-node' } | Reference;
  readonly publicKey?: string;
  readonly routerPublicKey?: string;
  readonly mtu?: number;
  readonly persistentKeepalive?: number;
}

export interface NodeEndpoint {
  readonly at: SitePath;
  readonly family: Family;
  /** Without its prefix length. */
  readonly address: string;
  readonly length: number;
  readonly interface: string;
  readonly gateway?: string;
  /** The name of systemd-networkd's file for the interface. */
  readonly networkFile: string;
}
