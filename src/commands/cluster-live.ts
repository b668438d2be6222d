// `cluster check` and `cluster sync-nodes`: what runs on the nodes, from files that somebody fetched there.
import { parseAllDocuments, stringify } from 'yaml';
import type { KubernetesObject } from '../cluster/kubernetes/object.ts';
import type { Difference } from '../cluster/live.ts';
import { setupsOf } from '../cluster/setup.ts';
import type { LiveNode } from '../cluster/sync.ts';
import { Exit, Refused } from '../errors.ts';
import { visible } from '../report/visible.ts';
import type { Cluster } from '../site/cluster.ts';
import type { LoadedSite } from '../site/load.ts';
import type { Io } from './io.ts';

const mostBytes = 32 * 1024 * 1024;

/** Exit 2 where something differs; each with the place of the site file and the line of the live file. */
export async function checkLive(loaded: LoadedSite, file: string, io: Io): Promise<number> {
  const { setups } = setupsOf(loaded.site);
  const text = (await io.readFile(file, mostBytes)).toString('utf8');
  const found = text.trimStart().startsWith('{')
    ? await differencesOfObjects(loaded, text, file)
    : await differencesOfDump(text, setups, file);
  for (const { message, at, line } of found) {
    const place = loaded.place(at);
    const live = `${visible(file)}${line === undefined ? '' : `:${line}`}`;
    const where = `${visible(place.file)}:${place.line}:${place.column}`;
    io.stdout.write(`${visible(message)}\n    at ${where}\n    and ${live}\n`);
  }
  if (!io.isQuiet) io.stderr.write(`${found.length === 0 ? 'no' : found.length} differences\n`);
  return found.length === 0 ? Exit.done : Exit.difference;
}

async function differencesOfDump(
  text: string,
  setups: ReturnType<typeof setupsOf>['setups'],
  file: string,
): Promise<Difference[]> {
  const { compareDump } = await import('../cluster/live.ts');
  if (!/^[^\t\n]+(\t[^\t\n]*){4}$/m.test(text))
    throw new Refused(
      'no-dump',
      `${visible(file)} is neither \`wg show all dump\` nor JSON of kubectl`,
      'fetch it with `wg show all dump`; any word may stand in the place of the private key',
    );
  return compareDump(text, setups);
}

async function differencesOfObjects(loaded: LoadedSite, text: string, file: string): Promise<Difference[]> {
  const { compareObjects } = await import('../cluster/live.ts');
  const { renderKubernetes } = await import('../cluster/kubernetes/render.ts');
  const { nodesOf } = await import('../cluster/objects.ts');
  const objects = await readObjects(text, file);
  const { cluster } = loaded.site;
  const nodes = nodesOf(objects);
  const told =
    cluster === undefined || nodes.length === 0 ? [] : await differencesOfNodes(loaded, cluster, nodes);
  const rendered = renderKubernetes(setupsOf(loaded.site).setups)
    .filter(({ path }) => /(?<!kustomization)\.yaml$/.test(path))
    .flatMap(file => parseAllDocuments(file.text).map(document => document.toJS() as KubernetesObject));
  return [...told, ...compareObjects(objects, rendered)];
}

async function differencesOfNodes(
  loaded: LoadedSite,
  cluster: Cluster,
  live: readonly LiveNode[],
): Promise<Difference[]> {
  const { syncNodes } = await import('../cluster/sync.ts');
  const { nodes, gone } = syncNodes(loaded.site, cluster, live);
  return [
    ...Object.entries(nodes).map(([name, { tunnel, pods }]) => ({
      message:
        tunnel === undefined
          ? `${name} has the pods ${(pods as string[]).join(', ')}`
          : `${name} is a node of the cluster, and not in the file`,
      at: tunnel === undefined ? ['cluster', 'nodes', name, 'pods'] : ['cluster', 'nodes'],
    })),
    ...gone.map(name => ({ message: `${name} is no node of the cluster`, at: ['cluster', 'nodes', name] })),
  ];
}

async function readObjects(text: string, file: string): Promise<KubernetesObject[]> {
  const { parseObjects } = await import('../cluster/objects.ts');
  const objects = parseObjects(text);
  if (objects !== undefined) return objects;
  throw new Refused('no-json', `${visible(file)} is no JSON`, 'fetch it with `kubectl get … -o json`');
}

/** Prints what to write under `cluster.nodes`; the file itself stays as it is. */
export async function printSync(loaded: LoadedSite, cluster: Cluster, file: string, io: Io): Promise<number> {
  const { syncNodes } = await import('../cluster/sync.ts');
  const { nodesOf } = await import('../cluster/objects.ts');
  const live = nodesOf(await readObjects((await io.readFile(file, mostBytes)).toString('utf8'), file));
  if (live.length === 0)
    throw new Refused('no-nodes', `${visible(file)} holds no nodes`, 'give it `kubectl get nodes -o json`');
  const { nodes, gone } = syncNodes(loaded.site, cluster, live);
  if (Object.keys(nodes).length > 0) io.stdout.write(stringify({ cluster: { nodes } }, { lineWidth: 0 }));
  for (const name of gone)
    io.stdout.write(`# ${name} is no node any more: take it out, and its tunnel into absent.tunnels\n`);
  if (!io.isQuiet && Object.keys(nodes).length + gone.length === 0)
    io.stderr.write('the site file has the nodes of the cluster\n');
  return Exit.done;
}
