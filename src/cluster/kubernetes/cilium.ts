// Cilium's BGP control plane as the nodes' end: a pool, an advertisement, a peer configuration for each family, and for each node a cluster configuration with
// its override. Field names, types and limits are those of the CustomResourceDefinitions of cilium.io/v2: cilium/cilium, pkg/k8s/apis/cilium.io/client/crds/v2/
// ciliumbgpclusterconfigs.yaml and ciliumbgpnodeconfigoverrides.yaml at 0d505231bc68, ciliumbgppeerconfigs.yaml at 22ca075b2c6f, ciliumbgpadvertisements.yaml at
// 1caf37d44b27, ciliumloadbalancerippools.yaml at 5575315f7bf5.
import type { ClusterBgp } from '../../site/cluster.ts';
import type { NodeSetup } from '../setup.ts';
import { hostname, type KubernetesObject, labels } from './object.ts';
import { needsHops, passwordSecret, type Session, sessionsOf } from './session.ts';

const apiVersion = 'cilium.io/v2';
/** Of the one BGP instance on each node. */
const instance = 'edgewg';

export function ciliumObjects(setups: readonly NodeSetup[], bgp: ClusterBgp): KubernetesObject[] {
  const [first] = setups;
  if (first === undefined) return [];
  const families = new Set(setups.flatMap(sessionsOf).map(({ family }) => family));
  return [
    ...pool(first),
    advertisement(),
    ...[...families].sort().map(family => peerConfig(family, bgp)),
    ...setups.flatMap(setup => [clusterConfig(setup, bgp), override(setup)]),
  ];
}

/** Cilium gives every service an address of any pool that selects it. */
function pool({ cluster: { metallb } }: NodeSetup): KubernetesObject[] {
  if (metallb === undefined) return [];
  const selector = { serviceSelector: { matchLabels: { 'edgewg/pool': metallb.pool } } };
  return [
    {
      apiVersion,
      kind: 'CiliumLoadBalancerIPPool',
      metadata: { name: metallb.pool, labels },
      spec: { blocks: metallb.ranges.map(cidr => ({ cidr })), ...(!metallb.autoAssign && selector) },
    },
  ];
}

/** A selector is needed: without one no service is announced. This one leaves out what asks for it; the router takes only the ranges in any case. */
function advertisement(): KubernetesObject {
  const matchExpressions = [{ key: 'edgewg/announce', operator: 'NotIn', values: ['no'] }];
  return {
    apiVersion,
    kind: 'CiliumBGPAdvertisement',
    metadata: { name: instance, labels },
    spec: {
      advertisements: [
        {
          advertisementType: 'Service',
          service: { addresses: ['LoadBalancerIP'] },
          selector: { matchExpressions },
        },
      ],
    },
  };
}

function peerConfig(family: Session['family'], bgp: ClusterBgp): KubernetesObject {
  return {
    apiVersion,
    kind: 'CiliumBGPPeerConfig',
    metadata: { name: `${instance}-ipv${family}`, labels },
    spec: {
      ...(needsHops(bgp) && { ebgpMultihop: 2 }),
      ...(bgp.password !== undefined && { authSecretRef: passwordSecret }),
      ...timers(bgp),
      families: [{ afi: `ipv${family}`, safi: 'unicast', advertisements: { matchLabels: labels } }],
    },
  };
}

/** The API refuses a keepalive above the hold time, with its defaults of 30 and 90 seconds for the one that isn't given. */
function timers({ holdtime, keepalive }: ClusterBgp) {
  if (holdtime === undefined && keepalive === undefined) return {};
  const hold = holdtime ?? Math.min(65535, Math.max(90, 3 * (keepalive ?? 30)));
  return {
    timers: { holdTimeSeconds: hold, keepAliveTimeSeconds: keepalive ?? Math.min(30, Math.floor(hold / 3)) },
  };
}

/** A node may be selected by one cluster configuration alone, and every node has another router's address to speak to. */
function clusterConfig(setup: NodeSetup, bgp: ClusterBgp): KubernetesObject {
  const peers = sessionsOf(setup).map(({ name, peer, family }) => ({
    name,
    peerASN: bgp.routerAsn,
    peerAddress: peer,
    peerConfigRef: { name: `${instance}-ipv${family}` },
  }));
  return {
    apiVersion,
    kind: 'CiliumBGPClusterConfig',
    metadata: { name: `${instance}-${setup.node.name}`, labels },
    spec: {
      nodeSelector: { matchLabels: { [hostname]: setup.node.name } },
      bgpInstances: [{ name: instance, localASN: bgp.asn, peers }],
    },
  };
}

/** It counts for the node whose name it has: the node's address in the tunnel is the source of its sessions, and its router id. */
function override(setup: NodeSetup): KubernetesObject {
  const sessions = sessionsOf(setup);
  const id = setup.node.address.find(text => !text.includes(':'))?.split('/')[0];
  const peers = sessions.flatMap(({ name, source }) =>
    source === undefined ? [] : [{ name, localAddress: source }],
  );
  return {
    apiVersion,
    kind: 'CiliumBGPNodeConfigOverride',
    metadata: { name: setup.node.name, labels },
    spec: { bgpInstances: [{ name: instance, ...(id !== undefined && { routerID: id }), peers }] },
  };
}
