// The other end for Kubernetes: two folders for Kustomize, one for WireGuard on the nodes, one for BGP.
import { printYaml } from '../../site/print-yaml.ts';
import { inOrder, type RenderedFile } from '../file.ts';
import { foreignKept } from '../host/units.ts';
import type { NodeSetup } from '../setup.ts';
import { configMap, daemonSets } from './daemonset.ts';
import { type KubernetesObject, labels, printObjects } from './object.ts';
import { speakerObjects } from './speaker.ts';

/** Pods on the host's network with a capability need a namespace that lets them (Pod Security Admission). */
function namespace(name: string): KubernetesObject {
  const level = 'privileged';
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { ...labels, 'pod-security.kubernetes.io/enforce': level } },
  };
}

/** For a folder of Kustomize; empty where nobody inside the cluster speaks BGP. */
export function renderSpeaker(setups: readonly NodeSetup[]): RenderedFile[] {
  const objects = speakerObjects(setups);
  if (objects.length === 0) return [];
  return [
    { path: 'kubernetes/bgp/bgp.yaml', text: printObjects(objects) },
    kustomization('kubernetes/bgp', { resources: ['bgp.yaml'] }),
  ];
}

export function renderKubernetes(setups: readonly NodeSetup[]): RenderedFile[] {
  const [first] = setups;
  if (first === undefined) return [];
  const { kubernetes } = first.cluster;
  const [name, digest] = (kubernetes.image ?? '').split('@');
  const speaker = renderSpeaker(setups);
  return inOrder([
    { path: 'kubernetes/wireguard/namespace.yaml', text: printObjects([namespace(kubernetes.namespace)]) },
    {
      path: 'kubernetes/wireguard/nodes.yaml',
      text: printObjects([configMap(setups, kubernetes.namespace)]),
    },
    { path: 'kubernetes/wireguard/daemonset.yaml', text: printObjects(daemonSets(setups)) },
    kustomization('kubernetes/wireguard', {
      resources: ['namespace.yaml', 'nodes.yaml', 'daemonset.yaml'],
      // the one place where another image is named
      images: [{ name, digest }],
    }),
    // for the nodes themselves, where systemd-networkd has their links: no pod may write there
    { ...foreignKept, path: `kubernetes/host/${foreignKept.path}` },
    ...speaker,
    kustomization('kubernetes', { resources: ['wireguard', ...(speaker.length > 0 ? ['bgp'] : [])] }),
  ]);
}

function kustomization(folder: string, more: object): RenderedFile {
  const object = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...more };
  return { path: `${folder}/kustomization.yaml`, text: printYaml(object) };
}
