// A router that restarts behind a person's word on an apply that is held: what is said of it then, and what must have been read for that.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EdgewgError } from '../../src/errors.ts';
import { confirmHeld, type Deciding, undoHeld } from '../../src/router/deciding.ts';
import { answerCommand } from '../../src/router/transaction.ts';
import { attempt, look, oneTunnel, sh } from '../support/attempt.ts';
import { decideOn } from '../support/decide-on.ts';
import { baseBoot, startRouter, type TestRouter } from '../support/router.ts';
import { waitUntil } from '../support/wait-until.ts';

let router: TestRouter;
const inside = (path: string): string => join(router.lab.root, path);

describe('a router that restarts behind the word on an apply that is held', () => {
  beforeEach(async () => {
    router = await startRouter({}, baseBoot);
  });
  afterEach(async () => {
    await router.lab.close();
  });

  const hold = async (): Promise<void> => {
    const done = await attempt(router, oneTunnel, { hold: 600, confirmWithin: 60 });
    assert.equal(done.error, undefined, done.error?.message);
    assert.ok(done.outcome?.held !== undefined);
  };

  const boot = (): string => inside('config/config.boot');
  /** The restart comes after the reading, and after what else happens there. */
  const behind = <T>(decide: (input: Deciding) => Promise<T>, first = async (_id: string) => {}) =>
    decideOn(router, async input => {
      const restart = async (): Promise<void> => {
        await first(input.held.id);
        await router.lab.reboot();
      };
      if (decide !== confirmHeld) await restart();
      // who confirms proves first, on a connection that must be good
      return await decide({ ...input, moreProbes: () => restart().then(() => []) });
    });
  const rejected = (exit: number, message: RegExp, hint: RegExp) => (error: unknown) => {
    assert.ok(error instanceof EdgewgError);
    assert.deepEqual(
      [error.exit, message.test(error.message), hint.test(error.hint ?? '')],
      [exit, true, true],
      `${error.message}\n${error.hint}`,
    );
    return true;
  };
  const saves = async (id: string): Promise<void> => {
    await sh(router, answerCommand(id, { verb: 'confirm' }, 600, '5'.repeat(32)));
    await waitUntil(() =>
      readFileSync(inside('config/user-data/edgewg/log'), 'utf8').includes(`${id} saved`),
    );
  };

  it('has undone it: what is read there is as before', async () => {
    await hold();
    assert.deepEqual(await behind(undoHeld), { asBefore: true, others: [], hasRestarted: true });
  });

  it('has put it back, which is told to who confirms', async () => {
    await hold();
    await assert.rejects(
      behind(confirmHeld),
      rejected(
        5,
        /is gone: the router restarted before it was saved; running and saved .* as before/,
        /edgewg apply/,
      ),
    );
  });

  it('has saved it, where what was proven runs and is saved', async () => {
    await hold();
    assert.deepEqual(await behind(confirmHeld, saves), { hasRecord: false });
    assert.deepEqual((await look(router)).facts.held, []);
  });

  it('is told to be neither, with what to run next, where something else came up', async () => {
    await hold();
    const first = async () =>
      writeFileSync(boot(), readFileSync(boot(), 'utf8').replace(/host-name \S+/, 'host-name another'));
    for (const decide of [undoHeld, confirmHeld] as const) {
      if (decide === confirmHeld) await hold();
      await assert.rejects(
        behind<unknown>(decide, first),
        rejected(
          6,
          /neither what was there before nor what was applied/,
          /edgewg status.*edgewg doctor.*edgewg plan/,
        ),
      );
      writeFileSync(boot(), readFileSync(boot(), 'utf8').replace('another', 'again'));
      await router.lab.reboot();
    }
  });

  it('is not believed without its log', async () => {
    await hold();
    const first = async () => rmSync(inside('config/user-data/edgewg/log'));
    await assert.rejects(
      behind(undoHeld, first),
      rejected(6, /another router, or one that .* lost its log/, /edgewg status/),
    );
  });
});
