// EW040: what the apply wrote and somebody changed since, and what it deleted and somebody brought back.
import type { RollbackCheck } from '../../plan/types/check.ts';
import { has, type Path } from '../../vyatta/tree.ts';

export const conflicts: RollbackCheck = {
  explanations: {
    EW040: {
      title: 'somebody changed since what the apply had written',
      why: `A rollback undoes one apply and keeps what others did since. Where they touched the very nodes that it wrote or
      deleted, going back would overwrite their work, or the work is done already.`,
      way: `Ask who it was (show system commit on the router). --allow conflict goes back all the same; what can't be undone
      because it is gone is passed over.`,
    },
  },
  find({ apply, running }) {
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
  },
};
