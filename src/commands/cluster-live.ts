// `cluster check` and `cluster sync-nodes`: what runs on the nodes, from files that somebody fetched there.
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../cluster/kubernetes/object.ts';
import type { Difference } from '../cluster/live.ts';
import { setupsOf } from '../cluster/setup.ts';
import type { LiveNode } from '../cluster/sync.ts';
import { Exit, Refused } from '../errors.ts';
import { plural } from '../plural.ts';
import { visible } from '../report/visible.ts';
import type { Cluster } from '../site/cluster.ts';
import type { LoadedSite } from '../site/load.ts';
import { printYaml } from '../site/print-yaml.ts';
import type { Io } from './io.ts';
import { calledName } from './live.ts';

type Setups = ReturnType<typeof setupsOf>['setups'];

const mostBytes = 32 * 1024 * 1024;

/** Exit 2 where something differs; each with the place of the site file and the line of the live file. */
export async function checkLive(loaded: LoadedSite, file: string, io: Io): Promise<number> {
  const { setups } = setupsOf(loaded.site);
  const text = (await io.readFile(file, mostBytes)).toString('utf8');
  const name = calledName(file);
  const found = await differencesOf(loaded, setups, text, name);
  for (const { message, at, line } of found) {
    const place = loaded.place(at);
    const live = `${visible(name)}${line === undefined ? '' : `:${line}`}`;
    const where = `${visible(place.file)}:${place.line}:${place.column}`;
    io.stdout.write(`${visible(message)}\n    at ${where}\n    and ${live}\n`);
  }
  if (!io.isQuiet)
    io.stderr.write(`${found.length === 0 ? 'no differences' : plural(found.length, 'difference')}\n`);
  return found.length === 0 ? Exit.done : Exit.difference;
}

async function differencesOf(
  loaded: LoadedSite,
  setups: Setups,
  text: string,
  file: string,
): Promise<Difference[]> {
  switch (text.trimStart()[0]) {
    case '{':
      return await differencesOfObjects(loaded, text, file);
    case '[':
      return await differencesOfState(text, setups, file);
    default:
      return await differencesOfDump(text, setups, file);
  }
}

async function differencesOfState(text: string, setups: Setups, file: string): Promise<Difference[]> {
  const { compareState, parseState } = await import('../cluster/live-state.ts');
  const rows = parseState(text);
  const found = rows && compareState(rows, setups);
  if (found !== undefined) return found;
  throw new Refused(
    'no-state',
    rows === undefined
      ? `${visible(file)} is no output of \`ip -j\``
      : `${visible(file)} has no node's address`,
    'fetch it on the node with `ip -j address; ip -j rule; ip -6 -j rule; ip -j route show table all; ip -6 -j route show table all`',
  );
}

async function differencesOfDump(text: string, setups: Setups, file: string): Promise<Difference[]> {
  const { compareDump } = await import('../cluster/live.ts');
  if (!/^[^\t\n]+(\t[^\t\n]*){4}$/m.test(text))
    throw new Refused(
      'no-dump',
      `${visible(file)} is neither \`wg show all dump\` nor JSON of kubectl or \`ip -j\``,
      'fetch it with `wg show all dump`; any word may stand in the place of the private key',
    );
  return compareDump(text, setups);
}

async function differencesOfObjects(loaded: LoadedSite, text: string, file: string): Promise<Difference[]> {
  const { compareObjects, notReady } = await import('../cluster/live.ts');
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
  return [...told, ...compareObjects(objects, rendered), ...notReady(objects)];
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
  const name = calledName(file);
  const live = nodesOf(await readObjects((await io.readFile(file, mostBytes)).toString('utf8'), name));
  if (live.length === 0)
    throw new Refused('no-nodes', `${visible(name)} holds no nodes`, 'give it `kubectl get nodes -o json`');
  const { nodes, gone } = syncNodes(loaded.site, cluster, live);
  if (Object.keys(nodes).length > 0) io.stdout.write(printYaml({ cluster: { nodes } }));
  for (const name of gone)
    io.stdout.write(`# ${name} is no node any more: take it out, and its tunnel into absent.tunnels\n`);
  if (!io.isQuiet && Object.keys(nodes).length + gone.length === 0)
    io.stderr.write('the site file has the nodes of the cluster\n');
  return Exit.done;
}
