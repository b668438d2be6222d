// A configuration as the router keeps it: a tree of directories, where a leaf holds its values in a file of its own.
// Nodes are never changed once a tree is in force: a commit makes a new tree that shares what stayed the same.

/** What can be read of a node, of the active configuration or of a session's working one. */
export interface View {
  /** Of a leaf: its values in their own order. Undefined for everything else. */
  readonly values: readonly string[] | undefined;
  /** The value came from the template, not from a person: `show` leaves it out. */
  readonly isDefault: boolean;
  readonly comment: string | undefined;
  child(name: string): View | undefined;
  /** Names of the children, in no order. */
  names(): string[];
}

export class ConfigNode implements View {
  readonly children = new Map<string, ConfigNode>();
  values: readonly string[] | undefined;
  isDefault = false;
  comment: string | undefined;

  child(name: string): ConfigNode | undefined {
    return this.children.get(name);
  }

  names(): string[] {
    return [...this.children.keys()];
  }
}

/** The node at `path` below `root`, or undefined. */
export function at<V extends View>(root: V, path: readonly string[]): V | undefined {
  let node: V | undefined = root;
  for (const word of path) {
    node = node.child(word) as V | undefined;
    if (node === undefined) return undefined;
  }
  return node;
}

/** The first value of the leaf at `path`, or undefined. */
export function valueAt(root: View, path: readonly string[]): string | undefined {
  return at(root, path)?.values?.[0];
}

/** All values of the leaf at `path`; none when there is no such leaf. */
export function valuesAt(root: View, path: readonly string[]): readonly string[] {
  return at(root, path)?.values ?? [];
}

export function childrenAt(root: View, path: readonly string[]): string[] {
  return at(root, path)?.names() ?? [];
}

/** The same configuration as plain nodes. Parts that are plain nodes already are shared, not copied. */
export function plain(view: View): ConfigNode {
  if (view instanceof ConfigNode) return view;
  const node = bare(view);
  for (const name of view.names()) {
    const child = view.child(name);
    if (child !== undefined) node.children.set(name, plain(child));
  }
  return node;
}

/** A tree like `root` with `node` at `path`, or with nothing there; ancestors that are missing are made. */
export function replaced(
  root: ConfigNode,
  path: readonly string[],
  node: ConfigNode | undefined,
): ConfigNode {
  const [first, ...rest] = path;
  if (first === undefined) return node ?? new ConfigNode();
  const copy = bare(root);
  for (const [name, child] of root.children) copy.children.set(name, child);
  const below = root.child(first);
  if (rest.length > 0) {
    if (below !== undefined || node !== undefined)
      copy.children.set(first, replaced(below ?? new ConfigNode(), rest, node));
  } else if (node === undefined) {
    copy.children.delete(first);
  } else {
    copy.children.set(first, node);
  }
  return copy;
}

/**
 * `next` with no comment but those that `before` had at the same place: what a commit that went through as a whole keeps of
 * them, for the router moves the files that hold new ones over a border of file systems, which fails without a word.
 */
export function withOldComments(next: ConfigNode, before: ConfigNode | undefined): ConfigNode {
  if (next === before) return next;
  const node = bare(next);
  node.comment = next.comment === undefined ? undefined : before?.comment;
  for (const [name, child] of next.children)
    node.children.set(name, withOldComments(child, before?.child(name)));
  return node;
}

function bare(view: View): ConfigNode {
  const node = new ConfigNode();
  node.values = view.values;
  node.isDefault = view.isDefault;
  node.comment = view.comment;
  return node;
}
