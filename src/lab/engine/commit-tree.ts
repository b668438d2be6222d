// What a commit has to do, as a tree: every node that differs between the active and the working configuration, with
// its state, cut into the subtrees that have a priority of their own (commit-algorithm.cpp of the router).
import { byVersion } from '../../vyatta/tree.ts';
import type { State } from './action.ts';
import type { View } from './config.ts';
import type { Template } from './template.ts';

export interface CommitNode {
  readonly template: Template;
  /** Words from the root, values of tag instances among them. */
  readonly path: readonly string[];
  /** A tag node itself is passed through: only its instances are acted on. */
  readonly isTagNode: boolean;
  readonly isInstance: boolean;
  readonly state: State;
  children: CommitNode[];
  parent: CommitNode | undefined;
  /** Of a leaf. */
  readonly before: readonly string[] | undefined;
  readonly after: readonly string[] | undefined;
  /** Of a multi: each value with its own state. */
  readonly values: readonly { value: string; state: State }[];
  childDeleteFailed: boolean;
  createFailed: boolean;
  subtreeChanged: boolean;
}

/**
 * The values of a multi-valued leaf in the order in which the router lists a difference: what went, then what there is.
 * A value at another place than before counts as changed (its fix for bug 5460).
 */
export function compareValues(
  before: readonly string[],
  after: readonly string[],
): { value: string; state: State }[] {
  const old = new Set(before);
  const now = new Set(after);
  return [
    ...before.filter(value => !now.has(value)).map(value => ({ value, state: 'deleted' as const })),
    ...after.map((value, i) => ({
      value,
      state: !old.has(value)
        ? ('added' as const)
        : before[i] === value
          ? ('unchanged' as const)
          : ('changed' as const),
    })),
  ];
}

/** The tree of differences, or undefined when there is none. */
export function commitTree(template: Template, active: View, working: View): CommitNode | undefined {
  return build(template, [], false, active, working);
}

function build(
  template: Template,
  path: readonly string[],
  isInstance: boolean,
  active: View | undefined,
  working: View | undefined,
): CommitNode | undefined {
  if (active === working) return undefined;
  const isLeaf = template.kind === 'leaf' || template.kind === 'multi';
  const state: State = active === undefined ? 'added' : working === undefined ? 'deleted' : 'unchanged';
  if (isLeaf) return leaf(template, path, active, working);
  const node = newNode(template, path, isInstance, state);
  node.children = children(node, active, working);
  return state === 'unchanged' && node.children.length === 0 ? undefined : node;
}

function children(node: CommitNode, active: View | undefined, working: View | undefined): CommitNode[] {
  const names = new Set([...(active?.names() ?? []), ...(working?.names() ?? [])]);
  const result: CommitNode[] = [];
  for (const name of [...names].sort(byVersion)) {
    const template = node.isTagNode ? node.template : node.template.children.get(name);
    if (template === undefined) continue;
    const child = build(
      template,
      [...node.path, name],
      node.isTagNode,
      active?.child(name),
      working?.child(name),
    );
    if (child === undefined) continue;
    child.parent = node;
    result.push(child);
  }
  return result;
}

function leaf(
  template: Template,
  path: readonly string[],
  active: View | undefined,
  working: View | undefined,
): CommitNode | undefined {
  const before = active?.values ?? [];
  const after = working?.values ?? [];
  if (active === undefined || working === undefined) {
    const state = active === undefined ? 'added' : 'deleted';
    const values = (active === undefined ? after : before).map(value => ({ value, state }) as const);
    return newNode(template, path, false, state, active && before, working && after, values);
  }
  if (template.kind === 'multi') {
    const values = compareValues(before, after);
    if (values.every(({ state }) => state === 'unchanged')) return undefined;
    return newNode(template, path, false, 'changed', before, after, values);
  }
  if (before[0] === after[0] && active.isDefault === working.isDefault) return undefined;
  return newNode(template, path, false, 'changed', before, after);
}

function newNode(
  template: Template,
  path: readonly string[],
  isInstance: boolean,
  state: State,
  before?: readonly string[],
  after?: readonly string[],
  values: CommitNode['values'] = [],
): CommitNode {
  return {
    template,
    path,
    isTagNode: template.kind === 'tag' && !isInstance,
    isInstance,
    state,
    children: [],
    parent: undefined,
    before,
    after,
    values,
    childDeleteFailed: false,
    createFailed: false,
    subtreeChanged: false,
  };
}

/** A subtree that is committed as a whole: it goes through or it doesn't. */
export interface Subtree {
  readonly node: CommitNode;
  priority: number;
  readonly parent: Subtree | undefined;
  readonly children: Subtree[];
  /** The node above in the configuration, which may belong to another subtree. */
  readonly above: CommitNode | undefined;
  succeeded: boolean;
  failureBelow: boolean;
  successBelow: boolean;
}

function newSubtree(node: CommitNode, parent?: Subtree, above?: CommitNode): Subtree {
  const priority = parent === undefined ? 0 : (node.template.priority ?? 0);
  return {
    node,
    priority,
    parent,
    children: [],
    above,
    succeeded: true,
    failureBelow: false,
    successBelow: false,
  };
}

/** Cuts the tree at every node with a priority; gives the subtree of the root. `warn` hears of inverted priorities. */
export function cut(root: CommitNode, warn: (sentence: string) => void): Subtree {
  const top = newSubtree(root);
  const walk = (node: CommitNode, parent: Subtree): void => {
    let subtree = parent;
    const below = [...node.children];
    if (node !== root && node.template.priority !== undefined && !node.isTagNode) {
      subtree = cutOff(node, parent, warn);
    }
    for (const child of below) walk(child, subtree);
  };
  walk(root, top);
  return top;
}

function cutOff(node: CommitNode, parent: Subtree, warn: (sentence: string) => void): Subtree {
  const above = node.isInstance ? node.parent?.parent : node.parent;
  const subtree = newSubtree(node, parent, above);
  if (subtree.priority <= parent.priority) {
    const names = [node.path.join(' '), parent.node.path.join(' ')];
    warn(
      `Warning: priority inversion [${names[0]}](${subtree.priority}) <= [${names[1]}](${parent.priority})\n` +
        `         changing [${names[0]}] to (${parent.priority + 1})\n`,
    );
    subtree.priority = parent.priority + 1;
  }
  parent.children.push(subtree);
  if (node.parent !== undefined) node.parent.children = node.parent.children.filter(child => child !== node);
  node.parent = undefined;
  return subtree;
}
