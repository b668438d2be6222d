// From a difference to commits that EdgeOS accepts, each with its undo.
import { reach } from '../objects/all.ts';
import { modifyRule, modifySet, table } from '../objects/clients/kinds.ts';
import { groups, groupUses } from '../objects/group.ts';
import { ruleset } from '../objects/ruleset.ts';
import { tunnel } from '../objects/tunnel.ts';
import { deletePath, prunePath, setPath } from '../vyatta/edit.ts';
import { interfacesOf } from '../vyatta/interfaces.ts';
import { lookup } from '../vyatta/nodes.ts';
import { copyAlong, find, has, leaves, type Path, startsWith, type Tree } from '../vyatta/tree.ts';
import type { Difference } from './difference.ts';
import type { Commit, Operation } from './types/plan.ts';

/** Applies operations to a copy of the tree, as the router would. */
export function applied(tree: Tree, operations: readonly Operation[]): Tree {
  const copy = copyAlong(
    tree,
    operations.map(operation => operation.path),
  );
  for (const { op, path } of operations) {
    if (op === 'set') setPath(copy, path);
    else if (op === 'delete') deletePath(copy, path);
    else prunePath(copy, path);
  }
  return copy;
}

/**
 * One commit where EdgeOS takes it in one. Deleting a ruleset that an interface still had when the commit began fails
 * with 'still in use' (docs/edgeos.md 'Order in a commit'; transcript firewall-order), so that comes in a second one; a listen
 * port that another interface gives up must be free before it is taken, so that interface lets go in a first one. Clients that go to
 * another table must not meet one that isn't there yet: it comes in a first one too, and the old one goes in the last.
 */
export function commitsOf(running: Tree, { deletes, sets }: Difference): Commit[] {
  const isMoved = sets.some(({ path }) => movesTable(running, path));
  const isTable = ({ path }: Operation): boolean => isMoved && table.match(path) !== undefined;
  const rulesets = deletes.filter(({ path }) => isRulesetInUse(running, path));
  const late = deletes.filter(
    one => rulesets.includes(one) || isTable(one) || isGroupOf(running, one.path, rulesets),
  );
  const early = sets.filter(isTable);
  const steps: Operation[][] = [
    [...releasedPorts(running, deletes, sets), ...early],
    [...deletes.filter(one => !late.includes(one)), ...sets.filter(one => !early.includes(one))],
    late,
  ].filter(run => run.length > 0);
  const commits: Commit[] = [];
  let tree = running;
  for (const [i, run] of steps.entries()) {
    const withPrunes = [...run, ...emptied(tree, run)];
    commits.push({ run: withPrunes, undo: undoOf(tree, withPrunes) });
    // on a large plan it costs, and the last one is of no use here
    if (i + 1 < steps.length) tree = applied(tree, withPrunes);
  }
  return commits;
}

/** A rule that is there sends into another table: `firewall` comes before `protocols static` (docs/edgeos.md 'Policy routing'). */
function movesTable(running: Tree, path: Path): boolean {
  const found = modifyRule.match(path);
  if (found === undefined || modifyRule.keyAt(found.below, found.instance) !== 'table') return false;
  const there = modifyRule.value(running, 'table', ...found.instance);
  return there !== undefined && there !== 'main' && path.at(-1) !== 'main';
}

/** A group can't go before the rules that name it. */
function isGroupOf(running: Tree, path: Path, rulesets: readonly Operation[]): boolean {
  const kind = groups.find(one => one.match(path) !== undefined);
  if (kind === undefined || rulesets.length === 0) return false;
  const [node, name] = path.slice(-2);
  const uses = groupUses(running).filter(use => use.node === node && use.name === name);
  return uses.some(use => rulesets.some(one => startsWith(use.path, one.path)));
}

function isRulesetInUse(running: Tree, path: Path): boolean {
  const found = ruleset.match(path) ?? modifySet.match(path);
  if (found === undefined || found.below.length > 0) return false;
  const [top, kind, name] = path;
  for (const { node } of interfacesOf(running))
    for (const leaf of leaves(node))
      if (leaf.path.includes(top ?? '') && leaf.path.at(-2) === kind && leaf.path.at(-1) === name)
        return true;
  return false;
}

/**
 * `delete … listen-port` for each interface that lives on with another port, or with none, and whose port somebody else
 * takes in this plan. One that the plan leaves alone keeps its port, and a check tells of the clash.
 */
function releasedPorts(
  running: Tree,
  deletes: readonly Operation[],
  sets: readonly Operation[],
): Operation[] {
  const taken = new Map<string, string>();
  for (const { path } of sets)
    for (const name of tunnel.match(path)?.instance ?? [])
      if (startsWith(path, tunnel.leaf('listenPort', name))) taken.set(path.at(-1) ?? '', name);
  const released: Operation[] = [];
  for (const name of tunnel.names(running)) {
    const port = tunnel.value(running, 'listenPort', name);
    const by = port === undefined ? undefined : taken.get(port);
    if (by === undefined || by === name) continue;
    const leaf = tunnel.leaf('listenPort', name);
    const goes = deletes.some(({ path }) => startsWith(tunnel.path(name), path));
    const letsGo = [...deletes, ...sets].some(({ path }) => startsWith(path, leaf));
    if (!goes && letsGo) released.push({ op: 'delete', path: leaf });
  }
  return released;
}

/** Prunes for the containers of the table that the operations leave empty, the deepest first. */
function emptied(tree: Tree, run: readonly Operation[]): Operation[] {
  if (run.every(({ op }) => op === 'set')) return [];
  const after = applied(tree, run);
  const prunes = new Map<string, Path>();
  for (const { op, path } of run) {
    if (op === 'set') continue;
    for (let depth = path.length - 1; depth > 0; depth--) {
      const parent = path.slice(0, depth);
      if (lookup(parent)?.node.kind !== 'container') continue;
      const node = find(after, parent);
      if (node === undefined) continue;
      if (node.children.size > 0) break;
      prunes.set(parent.join(' '), parent);
      deletePath(after, parent);
    }
  }
  return [...prunes.values()].sort((a, b) => b.length - a.length).map(path => ({ op: 'prune', path }));
}

/**
 * What puts back the tree as it was. Deletes come first. What the apply had to create on the way (`service ubnt-discover`) is
 * only pruned: somebody else may have used it since.
 */
export function undoOf(tree: Tree, run: readonly Operation[]): Operation[] {
  const deletes = new Map<string, Path>();
  const sets = new Map<string, Path>();
  const prunes = new Map<string, Path>();
  const add = (map: Map<string, Path>, path: Path): Map<string, Path> => map.set(path.join('\0'), path);

  for (const { op, path } of run) {
    if (op === 'set') undoSet(tree, path, { deletes, sets, prunes }, add);
    else restore(tree, path, path_ => add(sets, path_));
  }
  const deepestFirst = [...prunes.values()].sort((a, b) => b.length - a.length);
  return [
    ...[...deletes.values()].map(path => ({ op: 'delete' as const, path })),
    ...[...sets.values()].map(path => ({ op: 'set' as const, path })),
    ...deepestFirst.map(path => ({ op: 'prune' as const, path })),
  ];
}

interface Undo {
  readonly deletes: Map<string, Path>;
  readonly sets: Map<string, Path>;
  readonly prunes: Map<string, Path>;
}

function undoSet(
  tree: Tree,
  path: Path,
  undo: Undo,
  add: (map: Map<string, Path>, path: Path) => unknown,
): void {
  if (has(tree, path)) return;
  for (let depth = 1; depth <= path.length; depth++) {
    const here = path.slice(0, depth);
    if (has(tree, here)) continue;
    const found = lookup(here);
    if (found?.node.kind === 'container') {
      add(undo.prunes, here);
    } else if (found?.isValue && found.node.kind === 'leaf') {
      const leaf = path.slice(0, depth - 1);
      if (has(tree, leaf)) restore(tree, leaf, before => add(undo.sets, before));
      else add(undo.deletes, leaf);
      return;
    } else if (reach(here) === 'above') {
      // an interface, a zone or a list that wasn't in the configuration: others may have put more there since
      if (found?.isValue) add(undo.prunes, here);
    } else if (found?.node.kind !== 'tag' || found.isValue) {
      add(undo.deletes, here);
      return;
    }
  }
}

/** The `set` paths that bring back the node at `path` with all below it. */
function restore(tree: Tree, path: Path, set: (path: Path) => void): void {
  const node = find(tree, path);
  if (node === undefined) return;
  if (node.children.size === 0) set(path);
  else for (const leaf of leaves(node, path)) set(leaf.path);
}
