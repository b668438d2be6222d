// The pods that set WireGuard up on the nodes: on the host's network, with NET_ADMIN and nothing else, one node at a time.
import { createHash } from 'node:crypto';
import type { Cluster } from '../../site/cluster.ts';
import type { NodeSetup } from '../setup.ts';
import { hostname, type KubernetesObject, labels } from './object.ts';
import { configFolder, keyFolder, needsSecret, nodeConfig, secretFolder } from './scripts.ts';

const configName = 'edgewg-nodes';

export function configMap(setups: readonly NodeSetup[], namespace: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configName, namespace, labels },
    data: Object.assign({}, ...setups.map(nodeConfig)) as Record<string, string>,
  };
}

/** One for all nodes that make their keys themselves, and one for each node that gets its key in a Secret. */
export function daemonSets(setups: readonly NodeSetup[]): KubernetesObject[] {
  const own = setups.filter(needsSecret);
  const together = setups.filter(setup => !needsSecret(setup));
  return [
    ...(together[0] === undefined ? [] : [daemonSet('edgewg', together[0], together)]),
    ...own.map(setup => daemonSet(secretName(setup), setup, [setup])),
  ];
}

/** A DNS label of at most 63 characters: dots of a node's name become dashes. */
export const secretName = ({ node }: NodeSetup): string =>
  `edgewg-${node.name.replaceAll('.', '-')}`.slice(0, 63);

function daemonSet(name: string, first: NodeSetup, setups: readonly NodeSetup[]): KubernetesObject {
  const { cluster } = first;
  const { namespace } = cluster.kubernetes;
  const match = { 'app.kubernetes.io/name': 'edgewg', 'app.kubernetes.io/instance': name };
  const secret = needsSecret(first) ? name : undefined;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace, labels: { ...labels, ...match } },
    spec: {
      selector: { matchLabels: match },
      minReadySeconds: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels: { ...labels, ...match }, annotations: { 'edgewg/config': digestOf(setups) } },
        spec: podSpec(cluster, setups, secret, first.node.key.kind === 'made-on-node'),
      },
    },
  };
}

/** Another configuration is another pod. */
function digestOf(setups: readonly NodeSetup[]): string {
  const hash = createHash('sha256');
  for (const setup of setups) hash.update(JSON.stringify(nodeConfig(setup)));
  return hash.digest('hex').slice(0, 16);
}

function podSpec(
  cluster: Cluster,
  setups: readonly NodeSetup[],
  secret: string | undefined,
  makesKey: boolean,
) {
  const { image, nodeSelector, module } = cluster.kubernetes;
  const hosts = { key: hostname, operator: 'In', values: setups.map(({ node }) => node.name) };
  return {
    hostNetwork: true,
    dnsPolicy: 'Default',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    priorityClassName: 'system-node-critical',
    terminationGracePeriodSeconds: 5,
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector: { ...nodeSelector } }),
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [hosts] }],
        },
      },
    },
    tolerations: [{ operator: 'Exists' }],
    ...(module === 'load' && { initContainers: [moduleContainer(image)] }),
    containers: [wireguardContainer(cluster, secret, makesKey)],
    volumes: volumes(cluster, secret, makesKey),
  };
}

const usesIptables = (cluster: Cluster): boolean => cluster.firewall === 'iptables';

function wireguardContainer(cluster: Cluster, secret: string | undefined, makesKey: boolean) {
  const run = (what: string): string[] => ['sh', '-c', `exec sh ${configFolder}/"$NODE_NAME".${what}`];
  return {
    name: 'wireguard',
    image: cluster.kubernetes.image,
    command: run('start.sh'),
    env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
    readinessProbe: { exec: { command: run('ready.sh') }, periodSeconds: 15, timeoutSeconds: 5 },
    livenessProbe: {
      exec: { command: run('sh check') },
      initialDelaySeconds: 10,
      periodSeconds: 30,
      timeoutSeconds: 5,
    },
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
    securityContext: restricted(['NET_ADMIN', ...(usesIptables(cluster) ? ['NET_RAW'] : [])]),
    volumeMounts: [
      { name: 'config', mountPath: configFolder, readOnly: true },
      ...(makesKey ? [{ name: 'key', mountPath: keyFolder }] : []),
      ...(secret === undefined ? [] : [{ name: 'secret', mountPath: secretFolder, readOnly: true }]),
      ...(usesIptables(cluster) ? [{ name: 'xtables', mountPath: '/run/xtables.lock' }] : []),
    ],
  };
}

function restricted(capabilities: readonly string[]) {
  return {
    runAsUser: 0,
    privileged: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], add: [...capabilities] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** Only where the site file asks for it: loading modules is as good as root on the node. */
function moduleContainer(image: string | undefined) {
  return {
    name: 'module',
    image,
    command: ['modprobe', 'wireguard'],
    securityContext: restricted(['SYS_MODULE']),
    volumeMounts: [{ name: 'modules', mountPath: '/lib/modules', readOnly: true }],
  };
}

function volumes(cluster: Cluster, secret: string | undefined, makesKey: boolean) {
  return [
    { name: 'config', configMap: { name: configName } },
    ...(makesKey ? [{ name: 'key', hostPath: { path: keyFolder, type: 'DirectoryOrCreate' } }] : []),
    ...(secret === undefined ? [] : [{ name: 'secret', secret: { secretName: secret, defaultMode: 0o400 } }]),
    ...(usesIptables(cluster)
      ? [{ name: 'xtables', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } }]
      : []),
    ...(cluster.kubernetes.module === 'load'
      ? [{ name: 'modules', hostPath: { path: '/lib/modules', type: 'Directory' } }]
      : []),
  ];
}
