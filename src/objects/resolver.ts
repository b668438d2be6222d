// The task of the router that runs the helper of a tunnel (endpoint-helper.ts): peers say `resolve`, and their tunnel has the task.
import type { Tunnel } from '../site/site.ts';
import { leaves as leavesOf, type Path, type Tree } from '../vyatta/tree.ts';
import { printEndpoint } from '../wireguard/endpoint.ts';
import { type Helper, helperOf, partsOfHelper, taskOf, tunnelOfTask } from './endpoint-helper.ts';
import { any, type KeyOf, Kind } from './kind.ts';
import { leafOf } from './leaf.ts';
import { tunnel } from './tunnel.ts';
import type { SaidObject, Wanted } from './wanted.ts';

interface Task extends SaidObject {
  readonly path: string;
  readonly interval: string;
}

const leaf = leafOf<Task>();

const leaves = [leaf('executable path', 'path'), leaf('interval', 'interval')];

export const resolver: Kind<[task: string], KeyOf<typeof leaves>> = new Kind({
  at: ['system', 'task-scheduler', 'task', any],
  leaves,
  hold: (claim, task) => {
    const name = tunnelOfTask(task);
    if (name === undefined || isForeign(claim.running, name)) return 'none';
    return claim.isWhole(name) || claim.isNamed(name) ? 'all' : 'none';
  },
  title: task => {
    const name = tunnelOfTask(task);
    if (name === undefined) return { title: `task ${task}`, order: ['Others', task, 0] };
    return { ...tunnel.title(name), partOf: tunnel.path(name) };
  },
  // the first peer that asks for it says all of it
  isOneEntry: true,
});

/** The helper of a tunnel, for its peers that say `resolve`; undefined where none does. */
export function helperFor({ name, peers }: Tunnel): Helper | undefined {
  const watched = peers.flatMap(({ publicKey, endpoint, resolve }) =>
    endpoint === undefined || resolve === undefined ? [] : [{ publicKey, endpoint: printEndpoint(endpoint) }],
  );
  return helperOf(name, watched);
}

/** The file that the task of a tunnel runs. */
export const helperPathOf = (running: Tree, name: string): string | undefined =>
  resolver.value(running, 'path', taskOf(name));

/** Somebody else's task has the name that ours would have: it runs another program, or runs it in another way. */
export function isForeign(running: Tree, name: string): boolean {
  const task = taskOf(name);
  const node = resolver.node(running, task);
  if (node === undefined) return false;
  const isOther = [...leavesOf(node)].some(({ path }) => resolver.keyAt(path) === undefined);
  return isOther || partsOfHelper(helperPathOf(running, name) ?? '')?.tunnel !== name;
}

/** Minutes of `5m` and `1h`. */
const minutesOf = (interval: string): number =>
  Number.parseInt(interval, 10) * (interval.endsWith('h') ? 60 : 1);

/** One task for all peers of a tunnel, as often as the one that asks for the most. */
export function wantResolver(wanted: Wanted, said: Tunnel): void {
  const helper = helperFor(said);
  const asking = said.peers.filter(({ resolve }) => resolve !== undefined);
  const [first] = asking;
  if (helper === undefined || first === undefined) return;
  const interval = asking
    .map(({ resolve }) => resolve ?? '')
    .reduce((least, one) => (minutesOf(one) < minutesOf(least) ? one : least));
  const task: Task = { at: [...first.at, 'resolve'], path: helper.path, interval };
  resolver.want(wanted, task, [taskOf(said.name)]);
}

/** How often a running configuration looks after a tunnel, and where it says so. */
export function intervalOf(
  running: Tree,
  name: string,
): { readonly value: string; readonly path: Path } | undefined {
  const value = resolver.value(running, 'interval', taskOf(name));
  if (value === undefined || isForeign(running, name)) return undefined;
  return { value, path: resolver.leaf('interval', taskOf(name)) };
}
