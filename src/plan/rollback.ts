// Undoes one apply by its inverse commands, and nothing else: what others did since survives, and where they touched the same
// nodes it is said.
import { isSecretLeaf } from '../vyatta/redact.ts';
import { find, has, type Path, type Tree } from '../vyatta/tree.ts';
import { difference } from './difference.ts';
import { summarize } from './make.ts';
import { applied, undoOf } from './order.ts';
import { type Commit, type Diagnostic, formatVersion, type Operation, type Plan } from './types/plan.ts';

export interface Applied {
  readonly id: string;
  readonly router: string;
  /** As they were run, the first first. */
  readonly commits: readonly Commit[];
}

/** The plan that puts back what `apply` changed; empty when everything is back already. `keyFiles`: those on the router, by path, where that is known. */
export function planRollback(
  apply: Applied,
  running: Tree,
  digest: string | null,
  keyFiles?: ReadonlyMap<string, unknown>,
): Plan {
  const commits: Commit[] = [];
  let tree = running;
  for (const { undo } of [...apply.commits].reverse()) {
    const run = effective(tree, undo);
    if (run.length === 0) continue;
    commits.push({ run, undo: undoOf(tree, run) });
    tree = applied(tree, run);
  }
  const { changes } = difference(running, tree, () => 'ours');
  return {
    format_version: formatVersion,
    router: apply.router,
    changes,
    keys: [],
    commits,
    diagnostics:
      commits.length === 0
        ? []
        : [...conflicts(apply, running), ...(keyFiles === undefined ? [] : missingKeys(commits, keyFiles))],
    running_digest: digest,
    summary: summarize(changes, commits),
  };
}

/** Only what still changes something, so that a second rollback is empty. */
function effective(tree: Tree, operations: readonly Operation[]): Operation[] {
  const run: Operation[] = [];
  let now = tree;
  for (const operation of operations) {
    const node = find(now, operation.path);
    const does =
      operation.op === 'set'
        ? node === undefined
        : node !== undefined && (operation.op === 'delete' || node.children.size === 0);
    if (!does) continue;
    run.push(operation);
    now = applied(now, [operation]);
  }
  return run;
}

/** What the apply wrote and somebody changed since, and what it deleted and somebody brought back. */
function conflicts(apply: Applied, running: Tree): Diagnostic[] {
  const after = new Map<string, { path: Path; isThere: boolean }>();
  for (const { op, path } of apply.commits.flatMap(commit => commit.run))
    if (op !== 'prune') after.set(path.join('\0'), { path, isThere: op === 'set' });
  return [...after.values()]
    .filter(({ path, isThere }) => has(running, path) !== isThere)
    .map(({ path, isThere }) => ({
      code: 'EW040',
      severity: 'error',
      message: `since apply ${apply.id} somebody ${isThere ? 'took away or replaced' : 'brought back'} ${path.join(' ')}`,
      hint: 'look who did it with `show system commit` on the router; lifted, it goes back all the same',
      running: { path },
      allow: 'conflict',
    }));
}

/** A key file that a rotation took away: the router would refuse its path, and the whole commit with it. */
function missingKeys(commits: readonly Commit[], keyFiles: ReadonlyMap<string, unknown>): Diagnostic[] {
  return commits
    .flatMap(({ run }) => run)
    .filter(({ op, path }) => op === 'set' && path[1] === 'wireguard' && isSecretLeaf(path.slice(0, -1)))
    .filter(({ path }) => path.at(-1)?.startsWith('/') === true && !keyFiles.has(path.at(-1) ?? ''))
    .map(({ path }) => ({
      code: 'EW019',
      severity: 'error',
      message: `the rollback needs ${path.at(-1)}, which isn't on the router: ${path.slice(1, -1).join(' ')} can't have that key again`,
      hint: 'a rotation took it away, or somebody did; go forward with a new key instead: `edgewg keys rotate`',
      running: { path: path.slice(0, -1) },
      allow: 'missing-key',
    }));
}
