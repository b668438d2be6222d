// One commit: subtrees that go away first, from the highest priority down, then the others from the lowest up. A subtree
// is checked, then carried out; one that fails stays as it was while the others go into force (docs/edgeos.md 'Commits').
import type { Call } from '../call.ts';
import { type Act, type Action, type Outcome, printOutcome, type State } from './action.ts';
import { type CommitNode, commitTree, cut, type Subtree } from './commit-tree.ts';
import { at, type ConfigNode, plain, replaced, type View } from './config.ts';
import { Heap } from './heap.ts';
import type { Template } from './template.ts';
import type { World } from './world.ts';

export interface CommitRequest {
  readonly templates: Template;
  readonly active: ConfigNode;
  readonly working: View;
  readonly call: Call;
  readonly session: string;
  readonly world: World;
  /** Called before each subtree; a sentence it gives makes the subtree fail. */
  readonly beforeSubtree: (priority: number, path: readonly string[]) => Promise<string | undefined>;
  /** Called after each action that did something. */
  readonly afterAction: () => Promise<void>;
}

export interface CommitResult {
  /** What the router prints, without the sentences about the whole. */
  readonly output: string;
  readonly succeeded: number;
  readonly failed: number;
  /** What is in force from now on. */
  readonly active: ConfigNode;
}

/** Undefined when working and active configuration are the same. */
export async function runCommit(request: CommitRequest): Promise<CommitResult | undefined> {
  const root = commitTree(request.templates, request.active, plain(request.working));
  if (root === undefined) return undefined;
  const run = new Run(request);
  const top = cut(root, sentence => run.say(sentence));
  let [succeeded, failed] = [0, 0];
  for (const subtree of inOrder(top)) {
    if (await run.subtree(subtree)) succeeded++;
    else failed++;
  }
  const { active, working } = request;
  const next = failed === 0 ? plain(working) : inForce(top, active, plain(working), active);
  return { output: run.output, succeeded, failed, active: next };
}

function* inOrder(top: Subtree): Generator<Subtree> {
  const deletions = new Heap<Subtree>((a, b) => a.priority < b.priority);
  const others = new Heap<Subtree>((a, b) => a.priority > b.priority);
  const sort = (subtree: Subtree): void => {
    (subtree.node.state === 'deleted' ? deletions : others).push(subtree);
    subtree.children.forEach(sort);
  };
  sort(top);
  for (const heap of [deletions, others])
    for (let next = heap.pop(); next !== undefined; next = heap.pop()) yield next;
}

/** The active configuration after the commit: of each subtree the new form if it went through, the old one if not. */
function inForce(subtree: Subtree, built: ConfigNode, working: ConfigNode, active: ConfigNode): ConfigNode {
  const { path } = subtree.node;
  let result = put(built, path, at(subtree.succeeded ? working : active, path), subtree.node.isInstance);
  if (subtree.succeeded ? subtree.failureBelow : subtree.successBelow)
    for (const child of subtree.children) result = inForce(child, result, working, active);
  return result;
}

function put(
  root: ConfigNode,
  path: readonly string[],
  node: ConfigNode | undefined,
  isInstance: boolean,
): ConfigNode {
  if (path.length === 0) return node ?? root;
  const result = replaced(root, path, node);
  const tag = path.slice(0, -1);
  if (node === undefined && isInstance && at(result, tag)?.children.size === 0)
    return replaced(result, tag, undefined);
  return result;
}

class Run {
  output = '';
  private readonly request: CommitRequest;

  constructor(request: CommitRequest) {
    this.request = request;
  }

  say(text: string): void {
    this.output += text;
  }

  async subtree(subtree: Subtree): Promise<boolean> {
    const { node } = subtree;
    if (node.state === 'added' && subtree.above?.createFailed) return this.settle(subtree, false);
    const refused = await this.request.beforeSubtree(subtree.priority, node.path);
    if (refused !== undefined) {
      this.say(printOutcome({ ok: false, said: `${refused}\n` }, node.path));
      return this.settle(subtree, false);
    }
    return this.settle(subtree, (await this.check(node)) && (await this.carryOut(node)));
  }

  private settle(subtree: Subtree, succeeded: boolean): boolean {
    subtree.succeeded = succeeded;
    for (let up = subtree.parent; up !== undefined; up = up.parent)
      if (succeeded) up.successBelow = true;
      else up.failureBelow = true;
    if (succeeded) return true;
    if (subtree.node.state === 'deleted')
      for (let up = subtree.above; up !== undefined; up = up.parent) up.childDeleteFailed = true;
    markCreateFailed(subtree.node);
    return false;
  }

  /** The checks of the subtree, top down; nodes that didn't change are checked when a child of theirs did. */
  private async check(root: CommitNode): Promise<boolean> {
    for (const node of preOrder(root)) {
      if (node.state === 'unchanged') {
        const changed = node.children.some(child => child.state !== 'unchanged');
        if (changed && !(await this.runChecks(node, plainValue(node), node.path))) return false;
        continue;
      }
      for (let up: CommitNode | undefined = node; up && !up.subtreeChanged; up = up.parent)
        up.subtreeChanged = true;
      if (!(await this.checkNode(node))) return false;
    }
    return true;
  }

  private async checkNode(node: CommitNode): Promise<boolean> {
    if (node.template.kind === 'multi') {
      for (const { value, state } of node.values)
        if (state === 'added' && !(await this.runChecks(node, value, [...node.path, value]))) return false;
      return true;
    }
    if (node.state === 'deleted') return true;
    return this.runChecks(node, plainValue(node), shownPath(node));
  }

  private async runChecks(node: CommitNode, value: string, shown: readonly string[]): Promise<boolean> {
    for (const check of node.template.checks)
      if (!(await this.run(check.run, node, node.state, value, shown))) return false;
    return true;
  }

  private async carryOut(node: CommitNode): Promise<boolean> {
    if (!node.subtreeChanged) return true;
    if (node.template.kind === 'multi')
      return (await this.values(node, 'delete')) && (await this.values(node, 'update'));
    if (!(await this.act(node, 'begin'))) return false;
    for (const below of postOrder(node)) if (!(await this.remove(below))) return false;
    if (node.state !== 'unchanged' && !(await this.act(node, actionOf(node.state)))) return false;
    for (const below of preOrderBelow(node)) if (!(await this.make(below))) return false;
    return this.act(node, 'end');
  }

  private async remove(node: CommitNode): Promise<boolean> {
    if (node.template.kind === 'multi') return this.values(node, 'delete');
    if (node.state !== 'deleted') return true;
    return frames(node) ? this.carryOut(node) : this.act(node, 'delete');
  }

  private async make(node: CommitNode): Promise<boolean> {
    if (node.template.kind === 'multi') return this.values(node, 'update');
    if (node.state === 'deleted') return true;
    if (frames(node)) return this.carryOut(node);
    return node.state === 'unchanged' || this.act(node, actionOf(node.state));
  }

  /** One pass over the values of a multi. A value that only changed its place is deleted and made again. */
  private async values(node: CommitNode, pass: 'delete' | 'update'): Promise<boolean> {
    const { begin, end, create, update } = node.template;
    const wanted = pass === 'delete' ? 'deleted' : 'added';
    const does = pass === 'delete' ? node.template.delete : (create ?? update);
    for (const { value, state } of node.values) {
      if (state === 'unchanged') continue;
      const middle = state === wanted || state === 'changed' ? does : undefined;
      for (const action of [begin, middle, end])
        if (action !== undefined && !(await this.run(action, node, state, value, [...node.path, value])))
          return false;
    }
    return true;
  }

  private async act(
    node: CommitNode,
    which: 'begin' | 'create' | 'update' | 'delete' | 'end',
  ): Promise<boolean> {
    if (node.state === 'deleted' && node.childDeleteFailed) return false;
    const action = node.template[which] ?? (which === 'create' ? node.template.update : undefined);
    const isSame = node.template.kind === 'leaf' && node.state === 'changed' && same(node);
    if (action === undefined || isSame) return true;
    const ok = await this.run(action, node, node.state, plainValue(node), shownPath(node));
    if (!ok && which === 'create') markCreateFailed(node);
    return ok;
  }

  private async run(
    action: Action,
    node: CommitNode,
    state: State,
    value: string,
    shown: readonly string[],
  ): Promise<boolean> {
    const { active, working, call, session, world } = this.request;
    const act: Act = { state, path: node.path, value, inCommit: true, active, working, call, session, world };
    const outcome: Outcome = await action(act);
    this.say(printOutcome(outcome, shown));
    await this.request.afterAction();
    return outcome.ok;
  }
}

function same(node: CommitNode): boolean {
  return node.before?.[0] === node.after?.[0];
}

function actionOf(state: State): 'create' | 'update' | 'delete' {
  if (state === 'deleted') return 'delete';
  return state === 'added' ? 'create' : 'update';
}

/** `$VAR(@)` of a node: the value of a leaf or an instance, else the name. */
function plainValue(node: CommitNode): string {
  if (node.template.kind === 'leaf') return (node.after ?? node.before)?.[0] ?? '';
  return node.path.at(-1) ?? '';
}

/** The path in a header line: of a leaf with its value. */
function shownPath(node: CommitNode): readonly string[] {
  return node.template.kind === 'leaf' ? [...node.path, plainValue(node)] : node.path;
}

/** A node with begin or end actions frames all that is done below it. */
function frames(node: CommitNode): boolean {
  return node.template.begin !== undefined || node.template.end !== undefined;
}

function markCreateFailed(node: CommitNode): void {
  if (node.state === 'added') node.createFailed = true;
  node.children.forEach(markCreateFailed);
}

function* preOrder(node: CommitNode): Generator<CommitNode> {
  if (!node.isTagNode) yield node;
  for (const child of node.children) yield* preOrder(child);
}

/** Below `node`, not into nodes that frame what is below them. */
function* preOrderBelow(node: CommitNode): Generator<CommitNode> {
  for (const child of node.children) {
    if (!child.isTagNode) yield child;
    if (child.isTagNode || !frames(child)) yield* preOrderBelow(child);
  }
}

function* postOrder(node: CommitNode): Generator<CommitNode> {
  for (const child of node.children) {
    if (child.isTagNode || !frames(child)) yield* postOrder(child);
    if (!child.isTagNode) yield child;
  }
}
