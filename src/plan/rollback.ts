// Undoes one apply by its inverse commands, and nothing else: what others did since survives, and where they touched the same
// nodes it is said.
import { find, type Tree } from '../vyatta/tree.ts';
import { difference } from './difference.ts';
import { helpersOfRollback } from './helper-steps.ts';
import { summarize } from './make.ts';
import { applied, undoOf } from './order.ts';
import type { Applied, RollbackCheck } from './types/check.ts';
import { type Commit, formatVersion, type Operation, type Plan } from './types/plan.ts';

/** The router as it is now. */
interface Now {
  readonly running: Tree;
  readonly digest: string | null;
  /** Those on the router, by path, where that is known. */
  readonly keyFiles?: ReadonlyMap<string, unknown>;
  readonly helpers?: ReadonlyMap<string, unknown>;
}

/** The plan that puts back what `apply` changed; empty when everything is back already. */
export function planRollback(apply: Applied, now: Now, checks: readonly RollbackCheck[]): Plan {
  const { running, digest, keyFiles } = now;
  const commits: Commit[] = [];
  let tree = running;
  for (const { undo } of [...apply.commits].reverse()) {
    const run = effective(tree, undo);
    if (run.length === 0) continue;
    commits.push({ run, undo: undoOf(tree, run) });
    tree = applied(tree, run);
  }
  const helpers = helpersOfRollback(running, tree, now.helpers);
  const { changes } = difference(running, tree, () => 'ours');
  return {
    format_version: formatVersion,
    router: apply.router,
    changes,
    keys: [],
    ...(helpers.length === 0 ? {} : { helpers }),
    commits,
    diagnostics:
      commits.length === 0 ? [] : checks.flatMap(check => check.find({ apply, running, commits, keyFiles })),
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
