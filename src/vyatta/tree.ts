// A configuration is a tree of words: every word of a Vyatta path is a node, and a value is a node without children.
// Tag nodes, leaf values and multi-values need no special case here; which is which stands in nodes.ts.

import { type Children, FewChildren } from './children.ts';

export { byVersion } from './version-order.ts';

/** A path from the root, one word per element: `['interfaces', 'wireguard', 'wg4', 'mtu', '1420']`. */
export type Path = readonly string[];

/** One node. Children keep the order in which they were set (several values of one leaf have an order). */
export interface Tree {
  readonly children: Children<Tree>;
  /** The line (from 1) of the text that the node was first read from. */
  line?: number | undefined;
  /** The text of a `/* … *\/` or `comment` on the node. */
  comment?: string;
  /** Marked with `!`: there, but not in force. */
  deactivated?: boolean;
}

/** A node and its children are one object: there are hundreds of thousands. */
class Node extends FewChildren<Tree> implements Tree {
  line: number | undefined;
  // few nodes have them, and the others no room for them
  declare comment?: string;
  declare deactivated?: boolean;

  constructor(line: number | undefined) {
    super();
    this.line = line;
  }

  get children(): Children<Tree> {
    return this;
  }
}

export function emptyTree(line?: number): Tree {
  return new Node(line);
}

/** A copy of a node without what is below it. */
export function bare({ line, comment, deactivated }: Tree): Tree {
  const copy = emptyTree(line);
  if (comment !== undefined) copy.comment = comment;
  if (deactivated === true) copy.deactivated = true;
  return copy;
}

/** A copy of a node with the same children. */
export function copyOf(node: Tree): Tree {
  const copy = bare(node);
  for (const [word, child] of node.children) copy.children.set(word, child);
  return copy;
}

/** Adds every missing node of `path`, with `own` of its word; gives the last one. Existing nodes keep their line. */
export function insert(tree: Tree, path: Path, line?: number, own?: (word: string) => string): Tree {
  let node = tree;
  for (const word of path) {
    let child = node.children.get(word);
    if (child === undefined) {
      child = emptyTree(line);
      node.children.set(own === undefined ? word : own(word), child);
    }
    node = child;
  }
  return node;
}

/** The node at `path`, or undefined. */
export function find(tree: Tree, path: Path): Tree | undefined {
  let node: Tree | undefined = tree;
  for (const word of path) {
    node = node.children.get(word);
    if (node === undefined) return undefined;
  }
  return node;
}

export function has(tree: Tree, path: Path): boolean {
  return find(tree, path) !== undefined;
}

/** Removes the node at `path` with all below it; gives it, or undefined when there was none. */
export function remove(tree: Tree, path: Path): Tree | undefined {
  const last = path.at(-1);
  if (last === undefined) return undefined;
  const parent = find(tree, path.slice(0, -1));
  const node = parent?.children.get(last);
  parent?.children.delete(last);
  return node;
}

/** The words below `path`, in order: the values of a leaf, or the instances of a tag. Empty when there are none. */
export function values(tree: Tree, path: Path): string[] {
  return [...(find(tree, path)?.children.keys() ?? [])];
}

/** The first word below `path`: the value of a single-valued leaf. */
export function value(tree: Tree, path: Path): string | undefined {
  return find(tree, path)?.children.keys().next().value;
}

/** Every path that ends in a node without children, in the tree's own order: what `set` commands would say. */
export function* leaves(tree: Tree, prefix: Path = []): Generator<{ path: string[]; node: Tree }> {
  for (const [word, node] of tree.children) {
    const path = prefix.concat(word);
    if (node.children.size === 0) yield { path, node };
    else yield* leaves(node, path);
  }
}

/**
 * A copy in which the nodes along `paths` may be changed in place; everything beside them is shared with `tree`. A whole
 * copy of a large configuration for a few commands would take longer than everything else.
 */
export function copyAlong(tree: Tree, paths: Iterable<Path>): Tree {
  const copies = new Set<Tree>();
  const ownOf = (node: Tree): Tree => {
    const copy = copyOf(node);
    copies.add(copy);
    return copy;
  };
  const root = ownOf(tree);
  for (const path of paths) {
    let node = root;
    for (const word of path) {
      const child = node.children.get(word);
      if (child === undefined) break;
      const own = copies.has(child) ? child : ownOf(child);
      if (own !== child) node.children.set(word, own);
      node = own;
    }
  }
  return root;
}

/** Same words at the same places. The order of children, lines and comments don't count. */
export function equal(a: Tree, b: Tree): boolean {
  if (a.children.size !== b.children.size) return false;
  for (const [word, node] of a.children) {
    const other = b.children.get(word);
    if (other === undefined || !equal(node, other)) return false;
  }
  return true;
}

/** `a` begins with all of `b`. */
export function startsWith(a: Path, b: Path): boolean {
  return b.length <= a.length && b.every((word, i) => word === a[i]);
}
