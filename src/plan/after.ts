// The configuration as it is after a plan. Worked out once for the commits of a plan and the configuration that it was made for: the
// checks, the transaction, the drawings and the traces all ask for it.
import type { Tree } from '../vyatta/tree.ts';
import { applied } from './order.ts';
import type { Commit } from './types/plan.ts';

const known = new WeakMap<readonly Commit[], { readonly running: Tree; readonly after: Tree }>();

export function configurationAfter(running: Tree, commits: readonly Commit[]): Tree {
  const found = known.get(commits);
  if (found?.running === running) return found.after;
  const after = applied(
    running,
    commits.flatMap(({ run }) => run),
  );
  known.set(commits, { running, after });
  return after;
}
