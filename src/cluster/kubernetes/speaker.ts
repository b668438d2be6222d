// The nodes' end of BGP for what speaks it inside the cluster: MetalLB, FRR-K8s, Calico, or Cilium (cilium.ts). Field names are those of their
// CustomResourceDefinitions: metallb.io BGPPeer v1beta2, IPAddressPool and BGPAdvertisement v1beta1, frrk8s.metallb.io
// FRRConfiguration v1beta1, projectcalico.org v3.
import type { ClusterBgp } from '../../site/cluster.ts';
import type { NodeSetup } from '../setup.ts';
import { ciliumObjects } from './cilium.ts';
import { hostname, type KubernetesObject, labels } from './object.ts';
import { needsHops, passwordSecret, sessionsOf } from './session.ts';

export function speakerObjects(setups: readonly NodeSetup[]): KubernetesObject[] {
  const [first] = setups;
  const bgp = first?.cluster.bgp;
  if (first === undefined || bgp === undefined) return [];
  switch (bgp.speaker) {
    case 'metallb':
      return [
        ...pool(first),
        ...setups.flatMap(setup => metallbPeers(setup, bgp)),
        ...advertisement(first, setups),
      ];
    case 'frr-k8s':
      return setups.map(setup => frrConfiguration(setup, bgp));
    case 'calico':
      return [
        calicoConfiguration(first, bgp),
        calicoFilter(first),
        ...setups.flatMap(setup => calicoPeers(setup, bgp)),
      ];
    case 'cilium':
      return ciliumObjects(setups, bgp);
    case 'frr':
      return [];
  }
}

const times = ({ holdtime, keepalive }: ClusterBgp) => ({
  ...(holdtime !== undefined && { holdTime: `${holdtime}s` }),
  ...(keepalive !== undefined && { keepaliveTime: `${keepalive}s` }),
});

const inMetallb = ({ cluster }: NodeSetup, name: string) => ({
  name,
  namespace: cluster.kubernetes.metallbNamespace,
  labels,
});

function pool(setup: NodeSetup): KubernetesObject[] {
  const { metallb } = setup.cluster;
  if (metallb === undefined) return [];
  return [
    {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'IPAddressPool',
      metadata: inMetallb(setup, metallb.pool),
      spec: { addresses: [...metallb.ranges], autoAssign: metallb.autoAssign },
    },
  ];
}

/** By name, so that other peers of the cluster don't get these addresses. */
function advertisement(setup: NodeSetup, setups: readonly NodeSetup[]): KubernetesObject[] {
  const { metallb } = setup.cluster;
  if (metallb === undefined) return [];
  return [
    {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'BGPAdvertisement',
      metadata: inMetallb(setup, metallb.pool),
      spec: {
        ipAddressPools: [metallb.pool],
        peers: setups.flatMap(one => sessionsOf(one).map(({ name }) => name)),
      },
    },
  ];
}

function metallbPeers(setup: NodeSetup, bgp: ClusterBgp): KubernetesObject[] {
  return sessionsOf(setup).map(({ name, peer, source }) => ({
    apiVersion: 'metallb.io/v1beta2',
    kind: 'BGPPeer',
    metadata: inMetallb(setup, name),
    spec: {
      myASN: bgp.asn,
      peerASN: bgp.routerAsn,
      peerAddress: peer,
      ...(source !== undefined && { sourceAddress: source }),
      ...(needsHops(bgp) && { ebgpMultiHop: true }),
      ...times(bgp),
      ...(bgp.password !== undefined && {
        passwordSecret: { name: passwordSecret, namespace: setup.cluster.kubernetes.metallbNamespace },
      }),
      nodeSelectors: [{ matchLabels: { [hostname]: setup.node.name } }],
    },
  }));
}

/** The ranges as a whole, from every node: without MetalLB it is unknown which node has an address. */
function frrConfiguration(setup: NodeSetup, bgp: ClusterBgp): KubernetesObject {
  const prefixes = [...(setup.cluster.metallb?.ranges ?? [])];
  const neighbors = sessionsOf(setup).map(({ peer, source }) => ({
    address: peer,
    asn: bgp.routerAsn,
    ...(source !== undefined && { sourceaddress: source }),
    ...(needsHops(bgp) && { ebgpMultiHop: true }),
    ...times(bgp),
    ...(bgp.password !== undefined && { passwordSecret: { name: passwordSecret } }),
    toAdvertise: { allowed: { mode: 'filtered', prefixes } },
  }));
  return {
    apiVersion: 'frrk8s.metallb.io/v1beta1',
    kind: 'FRRConfiguration',
    metadata: { name: setup.node.name, namespace: 'frr-k8s-system', labels },
    spec: {
      bgp: { routers: [{ asn: bgp.asn, prefixes, neighbors }] },
      nodeSelector: { matchLabels: { [hostname]: setup.node.name } },
    },
  };
}

/** Applied to the one that there is, it adds the ranges and leaves the rest alone. */
function calicoConfiguration({ cluster }: NodeSetup, bgp: ClusterBgp): KubernetesObject {
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'BGPConfiguration',
    metadata: { name: 'default' },
    spec: {
      asNumber: bgp.asn,
      serviceLoadBalancerIPs: (cluster.metallb?.ranges ?? []).map(cidr => ({ cidr })),
    },
  };
}

/** Out goes what lies within the ranges, in comes nothing: the last rule catches all. */
function calicoFilter({ cluster }: NodeSetup): KubernetesObject {
  const out = (isV6: boolean) => [
    ...(cluster.metallb?.ranges ?? [])
      .filter(range => range.includes(':') === isV6)
      .map(cidr => ({ action: 'Accept', matchOperator: 'In', cidr })),
    { action: 'Reject' },
  ];
  const none = [{ action: 'Reject' }];
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'BGPFilter',
    metadata: { name: 'edgewg', labels },
    spec: { exportV4: out(false), importV4: none, exportV6: out(true), importV6: none },
  };
}

function calicoPeers(setup: NodeSetup, bgp: ClusterBgp): KubernetesObject[] {
  return sessionsOf(setup).map(({ name, peer }) => ({
    apiVersion: 'projectcalico.org/v3',
    kind: 'BGPPeer',
    metadata: { name: `edgewg-${name}`, labels },
    spec: {
      node: setup.node.name,
      peerIP: peer,
      asNumber: bgp.routerAsn,
      // the address of the tunnel, which the kernel takes for the way there, not the node's own
      sourceAddress: 'None',
      filters: ['edgewg'],
      ...(bgp.password !== undefined && {
        password: { secretKeyRef: { name: passwordSecret, key: 'password' } },
      }),
    },
  }));
}
