// What really runs on the nodes against what is rendered for them: lines of `wg show all dump`, and objects of `kubectl get -o
// json`. Private and preshared keys in a dump are skipped, never repeated.

import type { SitePath } from '../site/site.ts';
import { canonicalEndpoint } from '../wireguard/endpoint.ts';
import { canonicalPrefix } from '../wireguard/prefix.ts';
import type { KubernetesObject } from './kubernetes/object.ts';
import { fieldsOf } from './objects.ts';
import type { NodeSetup } from './setup.ts';

export interface Difference {
  readonly message: string;
  /** What the site file says. */
  readonly at: SitePath;
  /** The line of the dump, from 1; undefined for objects. */
  readonly line?: number;
}

/** Which node a dump is of is told by the public key of its interface. */
export function compareDump(text: string, setups: readonly NodeSetup[]): Difference[] {
  const rows = text.split('\n').map((row, i) => ({ words: row.split('\t'), line: i + 1 }));
  return rows
    .filter(({ words }) => words.length === 5)
    .flatMap(({ words: [name = '', , key = '', port = '', mark = ''], line }): Difference[] => {
      const setup = setups.find(({ node }) => node.publicKey === key);
      if (setup === undefined)
        return setups.some(({ link }) => link === name)
          ? [{ message: `${name} has the key ${key}, which is no node's`, at: ['cluster', 'nodes'], line }]
          : [];
      const told = interfaceDifferences(setup, { name, port, mark }, line);
      const peers = rows.filter(row => row.words.length === 9 && row.words[0] === name);
      const peer = peers.find(row => row.words[1] === setup.routerKey);
      if (peer === undefined)
        told.push({
          message: `${setup.node.name}: ${name} has no peer with the router's key`,
          at: [...setup.node.at, 'routerPublicKey'],
          line,
        });
      else told.push(...peerDifferences(setup, peer.words, peer.line));
      return told;
    });
}

function interfaceDifferences(
  { node, link, cluster }: NodeSetup,
  live: { name: string; port: string; mark: string },
  line: number,
): Difference[] {
  const told: Difference[] = [];
  const tell = (what: string, there: string, wanted: string, at: SitePath): void => {
    if (there !== wanted)
      told.push({ message: `${node.name}: ${what} is ${there}, and should be ${wanted}`, at, line });
  };
  tell('the interface', live.name, link, ['cluster', 'interface']);
  tell('the listen port', live.port, String(node.listenPort), [...node.at, 'listenPort']);
  tell('the mark', String(Number(live.mark) || 0), String(cluster.fwmark), ['cluster', 'fwmark']);
  return told;
}

function peerDifferences(setup: NodeSetup, words: readonly string[], line: number): Difference[] {
  const { node } = setup;
  const [, , shared = '', endpoint = '', allowed = '', , , , keepalive = ''] = words;
  const told: Difference[] = [];
  if ((shared !== '(none)') !== setup.hasPresharedKey)
    told.push({
      message: `${node.name}: the peer has ${setup.hasPresharedKey ? 'no' : 'a'} preshared key, and should have ${setup.hasPresharedKey ? 'one' : 'none'}`,
      at: setup.presharedKey?.at ?? node.at,
      line,
    });
  const list = (texts: readonly string[]): string => texts.map(canonicalPrefix).sort().join(', ');
  const there = list(allowed === '(none)' ? [] : allowed.split(','));
  const wanted = list(setup.allowedIPs);
  if (there !== wanted)
    told.push({
      message: `${node.name}: the router may send ${there || 'nothing'}, and should be able to send ${wanted}`,
      at: ['cluster', 'homeNetworks'],
      line,
    });
  const said = setup.routerEndpoint;
  // a name isn't looked up here, and without one the router begins from wherever it is
  if (said !== undefined && /^[\d.]+:|^\[/.test(said) && canonicalEndpoint(endpoint) !== said)
    told.push({
      message: `${node.name}: the router is at ${endpoint}, and should be at ${said}`,
      at: ['cluster', 'routerEndpoint'],
      line,
    });
  const every = setup.keepalive === undefined ? 'off' : String(setup.keepalive);
  if (keepalive !== every)
    told.push({
      message: `${node.name}: keepalives are ${keepalive}, and should be ${every}`,
      at: [...node.at, 'persistentKeepalive'],
      line,
    });
  return told;
}

/** What is rendered must be there, and nothing of edgewg's beside it; what the API or others add to an object is theirs. */
export function compareObjects(
  live: readonly KubernetesObject[],
  rendered: readonly KubernetesObject[],
): Difference[] {
  const kinds = new Set(live.map(({ kind }) => kind));
  const lacking = rendered
    .filter(({ kind }) => kinds.has(kind))
    .flatMap(wanted => {
      const name = `${wanted.kind} ${wanted.metadata?.name}`;
      const there = live.find(one => isSame(one, wanted));
      if (there === undefined) return [{ message: `${name} is not there`, at: ['cluster'] }];
      return missing(wanted, there, '').map(path => ({
        message: `${name} differs at ${path}`,
        at: ['cluster'],
      }));
    });
  const own = new Set(rendered.map(({ kind }) => kind));
  const left = live.filter(
    one =>
      own.has(one.kind) &&
      one.metadata?.labels?.['app.kubernetes.io/managed-by'] === 'edgewg' &&
      !rendered.some(wanted => isSame(one, wanted)),
  );
  return [
    ...lacking,
    ...left.map(one => ({
      message: `${one.kind} ${one.metadata?.name} is there, and is rendered no more`,
      at: ['cluster'],
    })),
  ];
}

const isSame = (live: KubernetesObject, wanted: KubernetesObject): boolean =>
  live.kind === wanted.kind &&
  live.metadata?.name === wanted.metadata?.name &&
  (wanted.metadata?.namespace === undefined || live.metadata?.namespace === wanted.metadata.namespace);

/** Pods and DaemonSets of edgewg's that say of themselves that something is missing: the readiness of a pod looks at the node's way. */
export function notReady(live: readonly KubernetesObject[]): Difference[] {
  return live
    .filter(({ metadata }) => metadata?.labels?.['app.kubernetes.io/managed-by'] === 'edgewg')
    .flatMap(({ kind, metadata, spec, status }): Difference[] => {
      const told = (message: string): Difference[] => [{ message, at: ['cluster'] }];
      if (kind === 'Pod') {
        const { conditions } = fieldsOf(status);
        const ready = (Array.isArray(conditions) ? conditions : [])
          .map(fieldsOf)
          .find(({ type }) => type === 'Ready');
        const { nodeName } = fieldsOf(spec);
        return ready?.['status'] === 'True'
          ? []
          : told(
              `Pod ${metadata?.name} on ${String(nodeName)} is not ready: \`kubectl logs\` tells what is missing there`,
            );
      }
      const { desiredNumberScheduled: wanted, numberReady: ready } = fieldsOf(status);
      return kind === 'DaemonSet' && typeof wanted === 'number' && wanted !== (ready ?? 0)
        ? told(`DaemonSet ${metadata?.name} has ${String(ready ?? 0)} of ${wanted} pods ready`)
        : [];
    });
}

/** The paths below which something that is wanted isn't there. */
function missing(wanted: unknown, there: unknown, path: string): string[] {
  if (typeof wanted !== 'object' || wanted === null) return wanted === there ? [] : [path];
  if (typeof there !== 'object' || there === null) return [path];
  if (Array.isArray(wanted) && (!Array.isArray(there) || there.length !== wanted.length)) return [path];
  return Object.entries(wanted).flatMap(([key, value]) =>
    missing(value, (there as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`),
  );
}
