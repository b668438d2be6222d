// `commit` of a session, from the lock to the archive: what my_commit does around the commit itself.
import type { Answer, Call } from '../call.ts';
import { archiveCommit } from './archive.ts';
import { runCommit } from './commit.ts';
import { plain, withOldComments } from './config.ts';
import type { Engine } from './engine.ts';
import { isEmptyLayer, layerBetween, newLayer } from './overlay.ts';
import type { Session } from './session.ts';

const isLocked = 'Configuration system temporarily locked due to another commit in progress\n';
const failed = (stdout: string): Answer => ({ stdout, stderr: '', exit: 1 });

/** `session` undefined: there is none by the caller's id. */
export async function commit(
  engine: Engine,
  call: Call,
  session: Session | undefined,
  sid: string,
): Promise<Answer> {
  const isRefused = (await engine.faults.at('lock', sid)) !== undefined;
  if (isRefused || engine.isCommitting) return failed(isLocked);
  // Taken before anything is waited for: the box's own lock keeps other processes out, not this one.
  engine.isCommitting = true;
  try {
    const release = await engine.surroundings.tryLock();
    if (release === undefined) return failed(isLocked);
    try {
      if (session === undefined) return failed('Failed to generate committed config\n');
      return await Promise.race([locked(engine, call, session), death(call)]);
    } finally {
      await release();
    }
  } finally {
    engine.isCommitting = false;
  }
}

/** A commit whose process is killed (the terminal hung up) leaves the lock; what it has done to the kernel stays. */
function death({ killed }: Call): Promise<Answer> {
  return new Promise(resolve => {
    const die = (): void => resolve({ stdout: '', stderr: '', exit: 129 });
    if (killed?.aborted) die();
    else killed?.addEventListener('abort', die, { once: true });
  });
}

/** Never goes on for a dead process. */
function whileAlive<T>({ killed }: Call, value: T): T | Promise<never> {
  return killed?.aborted ? new Promise<never>(() => undefined) : value;
}

async function locked(engine: Engine, call: Call, session: Session): Promise<Answer> {
  const wrong = await engine.faults.at('commit', session.id);
  if (wrong !== undefined) return failed(`${wrong.fail}\n\nCommit failed\n`);
  const { profile, world, templates, active } = engine;
  if (profile.commit > 0) await world.sleep(profile.commit);
  const working = plain(session.working);
  const result = await runCommit({
    templates,
    active,
    working,
    call,
    session: session.id,
    world,
    beforeSubtree: async priority => {
      const mishap = await engine.faults.at(`commit:subtree:${priority}`, session.id);
      return whileAlive(call, mishap?.fail);
    },
    afterAction: async () => {
      if (profile.commitAction > 0) await world.sleep(profile.commitAction);
      await whileAlive(call, undefined);
    },
  });
  await whileAlive(call, undefined);
  if (result === undefined) {
    engine.active = withOldComments(working, active);
    session.discard();
    return { stdout: '', stderr: '', exit: 0 };
  }
  const isWhole = result.failed === 0;
  engine.active = isWhole ? withOldComments(result.active, active) : result.active;
  const left = isWhole ? newLayer() : layerBetween(engine.active, working);
  session.layer = left;
  session.changed = !isEmptyLayer(left);
  if (isWhole) session.unsaved = true;
  engine.shakeHands();
  const others = [...engine.sessions.keys()].filter(id => id !== session.id);
  if (result.succeeded > 0 && others.length > 0) engine.surroundings.committed?.(call, others);
  // A hook of the router: what goes wrong in it (no folder, no space) is nobody's business in a commit.
  await archiveCommit(engine, call).catch(() => undefined);
  const after = await engine.faults.at('commit:after', session.id);
  if (after !== undefined) return failed(`${result.output}${after.fail}\n`);
  if (isWhole) return { stdout: result.output, stderr: '', exit: 0 };
  return failed(`${result.output}Commit failed\n`);
}
