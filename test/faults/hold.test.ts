// Applies that wait: for a person's word, or until the part that goes first is proven; and what is left when something goes wrong meanwhile.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CanaryPlan, withCanary } from '../../src/plan/canary.ts';
import type { ApplyInput, AskedProbes } from '../../src/router/apply-input.ts';
import { confirmHeld, undoHeld } from '../../src/router/deciding.ts';
import { findHeld } from '../../src/router/held.ts';
import { answerCommand } from '../../src/router/transaction.ts';
import { printCommands } from '../../src/vyatta/commands.ts';
import { type Attempt, assertClean, attempt, configured, look, oneTunnel, sh } from '../support/attempt.ts';
import { aPeer, aSite, aTunnel, placeOf } from '../support/builders.ts';
import { decideOn } from '../support/decide-on.ts';
import { baseBoot, startRouter, type TestRouter } from '../support/router.ts';
import { waitUntil } from '../support/wait-until.ts';

let router: TestRouter;

const readLog = (): string => readFileSync(join(router.lab.root, 'config/user-data/edgewg/log'), 'utf8');
const names = (path: string): string[] => {
  const folder = join(router.lab.root, path);
  return existsSync(folder) ? readdirSync(folder) : [];
};
describe('an apply that waits', () => {
  beforeEach(async () => {
    router = await startRouter({}, baseBoot);
  });
  afterEach(async () => {
    await router.lab.close();
  });

  const hold = async (seconds = 600): Promise<Attempt> => {
    const done = await attempt(router, oneTunnel, { hold: seconds, confirmWithin: 60 });
    assert.equal(done.error, undefined, done.error?.message);
    assert.ok(done.outcome?.held !== undefined);
    return done;
  };

  it('opens as many connections and channels as any other', async () => {
    const count = (kind: string): number => router.lab.log.filter(event => event.kind === kind).length;
    await hold();
    // those of an apply, and none more: the word that it is to wait takes the place of the one that confirms
    assert.deepEqual([count('connection'), count('channel')], [2, 4]);
    await decideOn(router, undoHeld);
  });

  it('goes on waiting when its switch is killed, until the same moment', async () => {
    await hold();
    const [before] = (await look(router)).facts.held;
    await sh(
      router,
      `for p in /proc/[0-9]*; do case $(tr '\\0' ' ' <$p/cmdline 2>/dev/null) in "bash /tmp/edgewg/"*"/run watch ") kill -KILL \${p#/proc/};; esac; done; sleep 3`,
    );
    const [after] = (await look(router)).facts.held;
    assert.equal(after?.until, before?.until);
    const { hasRecord } = await decideOn(router, confirmHeld);
    assert.ok(hasRecord);
    const { facts } = await look(router);
    assert.deepEqual([facts.drift, facts.held], [[], []]);
    assert.match(readLog(), /asked to confirm by somebody@else\n.* saved \(confirmed\)\n$/);
  });

  it('tells everybody who waits for its end, each by a pipe of its own', async () => {
    const { before } = await hold();
    const id = (await look(router)).facts.held[0]?.id ?? '';
    const pipes = () => names(`tmp/edgewg/${id}`).filter(name => name.startsWith('up.')).length;
    // that of the word by which it is held
    const others = pipes();
    const waiting = [1, 2, 3].map(n =>
      sh(router, answerCommand(id, { verb: 'wait' }, 600, `${n}`.repeat(32))),
    );
    await waitUntil(() => pipes() === others + 3);
    await decideOn(router, undoHeld);
    for (const said of await Promise.all(waiting))
      assert.match(said, /^\d{32} result [03] .*\n\d{32} end 0 -\n$/);
    await assertClean(router, before);
  });

  it('is undone by another word, although somebody else committed meanwhile', async () => {
    const { before } = await hold();
    await sh(
      router,
      configured('$W set interfaces ethernet eth2 description other </dev/null; $W commit </dev/null'),
    );
    await assert.rejects(
      decideOn(router, confirmHeld),
      /running is what was proven — saw another configuration/,
    );
    const { asBefore } = await decideOn(router, undoHeld);
    assert.equal(asBefore, false);
    const after = await look(router);
    assert.equal(
      printCommands(after.running).replace('eth2 description other', "eth2 description 'Guest / spare'"),
      printCommands(before.running),
    );
  });

  it('is not confirmed while the kernel lacks what was proven, and then is', async () => {
    await hold();
    const { kernel } = router.router.engine.world;
    kernel.leaveOut('rule WAN_LOCAL 24', 3600);
    await assert.rejects(
      decideOn(router, confirmHeld),
      /is not confirmed: rule 24 of WAN_LOCAL in netfilter — saw no such rule; nothing was done, and it goes on waiting$/,
    );
    kernel.leaveOut('rule WAN_LOCAL 24', 0);
    await decideOn(router, confirmHeld);
    assert.deepEqual((await look(router)).facts.drift, []);
  });

  it('says that it waits no longer when it was undone before a proof failed', async () => {
    await hold();
    const moreProbes = async () => {
      await decideOn(router, undoHeld);
      return [{ name: 'a probe', ok: false, saw: 'nothing' }];
    };
    await assert.rejects(
      decideOn(router, input => confirmHeld({ ...input, moreProbes })),
      /a probe — saw nothing; nothing was done, and it waits no longer: the last that the router's log says of it is 'undone'$/,
    );
  });

  it('is gone after a restart, which is told until the next apply has tidied up', async () => {
    const { plan } = await hold();
    const id = (await look(router)).facts.held[0]?.id ?? '';
    assert.deepEqual(names('config/auth'), ['wg4.key']);
    await router.lab.reboot();
    const { facts, running } = await look(router);
    assert.deepEqual(
      facts.interrupted.map(one => [one.id, one.wasHeld, one.isSavedAsBefore]),
      [[id, true, true]],
    );
    assert.doesNotMatch(printCommands(running), /wg4/);
    assert.throws(
      () => findHeld(facts, id.slice(0, 4), 'r'),
      /has restarted since it began, and came up with what was saved/,
    );
    assert.ok(plan.keys.length > 0);
    const other = aSite([aTunnel('wg5', { peers: [aPeer(5)] })], {
      manages: { at: [], interfaces: [], firewallRules: new Map(), natRules: [] },
    });
    assert.equal((await attempt(router, other, { confirmWithin: 60 })).error, undefined);
    assert.deepEqual(names('config/auth'), ['wg5.key']);
    assert.deepEqual(
      names('config/user-data/edgewg').filter(name => name.startsWith('made.') || name.endsWith('.new')),
      [],
    );
    assert.match(readLog(), new RegExp(`${id} gone \\(the router restarted\\)\n`));
    assert.deepEqual((await look(router)).facts.interrupted, []);
  });

  it('keeps the key of an apply that a restart ended for one that uses it', async () => {
    await hold();
    await router.lab.reboot();
    assert.equal((await attempt(router, oneTunnel, { confirmWithin: 60 })).error, undefined);
    assert.deepEqual(names('config/auth'), ['wg4.key']);
  });

  describe('for the tunnel that goes first', () => {
    const [four] = oneTunnel.tunnels;
    assert.ok(four !== undefined);
    const both = aSite([four, aTunnel('wg5', { listenPort: 51825, peers: [aPeer(5)] })], { mssClamp: {} });

    /** What each round was told of the handshakes before. */
    let rounds: (string | undefined)[] = [];
    beforeEach(() => {
      rounds = [];
    });
    /** wg4 first, proven for so long. */
    const first = async (
      bakeSeconds: number,
      more: Partial<ApplyInput> = {},
      confirmWithin = 60,
      inBake: (signal: AbortSignal) => Promise<unknown> = async () => undefined,
    ): Promise<Attempt> => {
      let canary: CanaryPlan | undefined;
      let isTold = false;
      const input: Partial<ApplyInput> = {
        ...more,
        get canary() {
          assert.ok(canary !== undefined);
          const moreProbes = async ({ handshakesBefore, signal }: AskedProbes) => {
            rounds.push(handshakesBefore);
            const said = isTold ? undefined : await inBake(signal);
            isTold = true;
            if (said === 'unwell') return [{ name: 'a probe', ok: false, saw: 'nothing' }];
            return [];
          };
          return { plan: canary, bakeSeconds, moreProbes };
        },
      };
      const inFront = async (_: unknown, plan: Attempt['plan']): Promise<CanaryPlan> => {
        const { running } = await look(router);
        canary = withCanary(plan, 'wg4', { site: both, placeOf, running });
        return canary;
      };
      return await attempt(router, both, { confirmWithin }, inFront, input);
    };

    it('commits it, proves it, and then the rest', async () => {
      const { error, events, outcome } = await first(1);
      assert.equal(error, undefined, error?.message);
      assert.deepEqual(
        events
          .flatMap(event =>
            event.kind === 'committed' ? [`${event.number}`] : event.kind === 'baking' ? ['baking'] : [],
          )
          .slice(0, 2),
        ['1', 'baking'],
      );
      assert.equal(outcome?.hasRecord, true);
      const { facts } = await look(router);
      assert.deepEqual([...facts.interfaces.keys()].sort(), ['wg4', 'wg5']);
      assert.deepEqual(facts.drift, []);
    });

    it('puts all of it back when the second commit fails', async () => {
      const { before, error } = await first(1, {}, 60, async () =>
        router.lab.faults.add('commit:subtree:460=fail'),
      );
      assert.equal(error?.exit, 5, error?.message);
      assert.match(error.message, /the commit failed/);
      await assertClean(router, before);
    });

    it('puts it back when it is not well, and the rest never comes', async () => {
      const { before, error, events } = await first(20, {}, 60, () => Promise.resolve('unwell'));
      assert.equal(error?.exit, 5, error?.message);
      assert.match(error.message, /wg4 went first, and its proof failed: a probe/);
      assert.deepEqual(
        events.flatMap(event => (event.kind === 'committed' ? [event.number] : [])),
        [1],
      );
      await assertClean(router, before);
    });

    it('puts it back when the kernel lacks a route of it', async () => {
      router.router.engine.world.kernel.leaveOut('route 10.42.4.0/24', 600);
      const { before, error, events } = await first(1, {}, 60);
      assert.equal(error?.exit, 5, error?.message ?? 'no error');
      assert.match(
        error.message,
        /wg4 went first, and its proof failed: route 10\.42\.4\.0\/24 through wg4 — saw no such route/,
      );
      assert.deepEqual(
        events.flatMap(event => (event.kind === 'committed' ? [event.number] : [])),
        [1],
      );
      await assertClean(router, before);
    });

    it('takes a handshake for new in its first round, and later one that is not too old', async () => {
      const { error } = await first(10);
      assert.equal(error, undefined, error?.message);
      assert.ok(rounds.length > 1);
      assert.notEqual(rounds[0], 'any');
      assert.deepEqual([...new Set(rounds.slice(1))], ['any']);
    });

    it('puts all of it back when the proof of the whole fails', async () => {
      const moreProbes = async () => [{ name: 'a probe', ok: false, saw: 'nothing' }];
      const { before, error } = await first(1, { moreProbes });
      assert.equal(error?.exit, 5, error?.message);
      await assertClean(router, before);
    });

    it('puts it back when the client is gone while it bakes', async () => {
      const before = await look(router);
      const never = new Error('gone');
      let dials = 0;
      void first(
        600,
        {
          dialer: {
            name: 'r',
            dial: signal => (dials++ > 0 ? Promise.reject(never) : router.dialer.dial(signal)),
          },
        },
        5,
        async () => {
          await router.lab.now({ step: 'now', kind: 'drop' });
        },
      ).catch(() => undefined);
      await waitUntil(() =>
        / (put-back|undone) \(/.test(
          existsSync(join(router.lab.root, 'config/user-data/edgewg/log')) ? readLog() : '',
        ),
      );
      await assertClean(router, before);
    });

    it('is told that the time was up, where a proof takes longer', async () => {
      const untilNobodyWaits = (signal: AbortSignal): Promise<never> =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
        );
      const { before, error } = await first(20, {}, 3, untilNobodyWaits);
      assert.equal(error?.exit, 5, error?.message);
      assert.match(
        error.message,
        /^the part that goes first was not confirmed: nobody said in time that the first part is well; running and saved/,
      );
      await assertClean(router, before);
    });

    it('leaves it to the switch when the transaction is killed while it bakes', async () => {
      const kill = `for p in /proc/[0-9]*; do case $(tr '\\0' ' ' <$p/cmdline 2>/dev/null) in "bash /tmp/edgewg/"*"/run transact ") kill -KILL \${p#/proc/};; esac; done`;
      const { before, error } = await first(20, {}, 60, () => sh(router, kill));
      assert.equal(error?.exit, 5, error?.message);
      assert.match(readLog(), /switch fires: (the transaction died|asked to)/);
      await assertClean(router, before);
    });

    it('puts back its own when somebody else commits while it bakes', async () => {
      const { error } = await first(1, {}, 60, () =>
        sh(
          router,
          configured('$W set interfaces ethernet eth2 description other </dev/null; $W commit </dev/null'),
        ),
      );
      assert.equal(error?.exit, 5, error?.message);
      const now = printCommands((await look(router)).running);
      assert.match(now, /eth2 description other/);
      assert.doesNotMatch(now, /wg[45]/);
    });
  });
});
