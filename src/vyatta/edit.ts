// What `set` and `delete` do to a tree, as the router does it: one value replaces another, defaults come back, and a tag
// node goes with its last instance (docs/edgeos.md 'Defaults'; transcripts defaults, routes, existing-and-missing).
import { type Found, lookup, step, top } from './nodes.ts';
import { emptyTree, find, insert, type Path, remove, type Tree } from './tree.ts';

/** Sets `path` in place. A new instance of a tag gets the defaults of its leaves. */
export function setPath(tree: Tree, path: Path): void {
  let node = tree;
  let found: Found | undefined = top;
  for (const [i, word] of path.entries()) {
    found = found && step(found, word);
    if (found?.isValue && found.node.kind === 'leaf') node.children.clear();
    let child = node.children.get(word);
    if (child === undefined) {
      child = emptyTree();
      node.children.set(word, child);
      if (found?.isValue && found.node.kind === 'tag') addDefaults(tree, path.slice(0, i + 1));
    }
    node = child;
  }
}

function addDefaults(tree: Tree, instance: Path): void {
  const found = lookup(instance);
  if (found?.node.kind !== 'tag') return;
  for (const [name, child] of Object.entries(found.node.children)) {
    if (child.kind !== 'leaf' || child.value.default === undefined) continue;
    const path = [...instance, name];
    if (find(tree, path) === undefined) insert(tree, [...path, child.value.default]);
  }
}

/** Deletes `path` in place; nothing happens when it isn't there. */
export function deletePath(tree: Tree, path: Path): void {
  if (remove(tree, path) === undefined) return;
  const found = lookup(path);
  if (found?.isValue && (found.node.kind === 'tag' || found.node.kind === 'multi'))
    removeEmpty(tree, path.slice(0, -1));
  if (found?.isValue || found?.node.kind !== 'leaf') return;
  const fallback = found.node.value.default;
  if (fallback !== undefined) insert(tree, [...path, fallback]);
}

/** Deletes `path` when it is there and nothing is below it. */
export function prunePath(tree: Tree, path: Path): void {
  if (find(tree, path)?.children.size === 0) deletePath(tree, path);
}

function removeEmpty(tree: Tree, path: Path): void {
  if (find(tree, path)?.children.size === 0) remove(tree, path);
}
