// The files with secrets, which are rendered only when somebody asks: keys and passwords where each variant looks for them.
// What comes in are Secrets, and what goes out are texts for files that nobody else may read.
import type { Secret } from '../secret.ts';
import type { RenderedFile } from './file.ts';
import { frrConf } from './host/frr.ts';
import { talosWireguard } from './host/talos.ts';
import { secretName } from './kubernetes/daemonset.ts';
import { labels, printObjects } from './kubernetes/object.ts';
import { needsSecret } from './kubernetes/scripts.ts';
import { passwordSecret } from './kubernetes/session.ts';
import { type HostVariant, keyPaths, type Variant } from './render.ts';
import type { NodeSetup } from './setup.ts';

/** Of one node; undefined is what it makes itself, or what nobody says. */
export interface NodeSecrets {
  readonly setup: NodeSetup;
  readonly key: Secret | undefined;
  readonly presharedKey: Secret | undefined;
}

export function secretFiles(
  nodes: readonly NodeSecrets[],
  password: Secret | undefined,
  variant: Variant,
): RenderedFile[] {
  const filesOf = (node: NodeSecrets): RenderedFile[] => {
    if (variant === 'kubernetes') return nodeSecret(node);
    return variant === 'talos' ? talosSecret(node) : hostSecrets(node, password, variant);
  };
  const files = nodes.flatMap(filesOf);
  return [...files, ...passwordObject(nodes, password)];
}

function hostSecrets(
  { setup, key, presharedKey }: NodeSecrets,
  password: Secret | undefined,
  variant: HostVariant,
): RenderedFile[] {
  const paths = keyPaths(setup, variant);
  const file = (path: string, secret: Secret | undefined): RenderedFile[] =>
    secret === undefined ? [] : [{ path: `${setup.node.name}${path}`, text: `${secret.reveal()}\n` }];
  const frr = password === undefined ? undefined : frrConf(setup, password);
  return [
    ...file(paths.key, key),
    ...file(paths.presharedKey, presharedKey),
    ...(frr === undefined ? [] : [{ path: `${setup.node.name}/etc/frr/frr.conf`, text: frr }]),
  ];
}

function talosSecret({ setup, key, presharedKey }: NodeSecrets): RenderedFile[] {
  if (key === undefined) return [];
  return [{ path: `${setup.node.name}/wireguard.yaml`, text: talosWireguard(setup, key, presharedKey) }];
}

function nodeSecret({ setup, key, presharedKey }: NodeSecrets): RenderedFile[] {
  if (!needsSecret(setup)) return [];
  const name = secretName(setup);
  const stringData = {
    ...(key && { 'private-key': key.reveal() }),
    ...(presharedKey && { 'preshared-key': presharedKey.reveal() }),
  };
  const metadata = { name, namespace: setup.cluster.kubernetes.namespace, labels };
  const text = printObjects([{ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', stringData }]);
  return [{ path: `kubernetes/${name}.yaml`, text }];
}

function passwordObject(nodes: readonly NodeSecrets[], password: Secret | undefined): RenderedFile[] {
  const cluster = nodes[0]?.setup.cluster;
  if (password === undefined || cluster?.bgp === undefined || cluster.bgp.speaker === 'frr') return [];
  const namespace = {
    metallb: cluster.kubernetes.metallbNamespace,
    'frr-k8s': 'frr-k8s-system',
    calico: 'calico-system',
    // bgpControlPlane.secretsNamespace of its Helm chart, by default
    cilium: 'kube-system',
  }[cluster.bgp.speaker];
  const text = printObjects([
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: passwordSecret, namespace, labels },
      type: 'kubernetes.io/basic-auth',
      stringData: { password: password.reveal() },
    },
  ]);
  return [{ path: `kubernetes/${passwordSecret}.yaml`, text }];
}
