// No good word without evidence: each of these once ended in one.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AskedProbes } from '../../src/router/apply-input.ts';
import { runProofs } from '../../src/router/proof/run.ts';
import type { Connection } from '../../src/ssh/connection.ts';
import { printCommands } from '../../src/vyatta/commands.ts';
import { type Attempt, assertClean, attempt, configured, look, oneTunnel, sh } from '../support/attempt.ts';
import { startRouter, type TestRouter } from '../support/router.ts';
import { waitUntil } from '../support/wait-until.ts';

let router: TestRouter;

const failing = async () => [{ name: 'a probe', ok: false, saw: 'nothing' }];
/** During the proof. */
const meanwhile = (act: (asked: AskedProbes) => Promise<unknown>) => ({
  moreProbes: async (asked: AskedProbes) => {
    await act(asked);
    return [];
  },
});

describe('no good word without evidence', () => {
  beforeEach(async () => {
    router = await startRouter();
  });
  afterEach(async () => {
    await router.lab.close();
  });

  for (const [what, command] of [
    ['/tmp of the router', 'rm -rf /tmp/*'],
    ['the folder of the switch', 'rm -rf /tmp/edgewg'],
    ['each file of it', 'find /tmp -type f -delete'],
    ['what tells its state', 'rm -f /tmp/edgewg/*/waiting'],
  ] as const)
    it(`undoes when somebody empties ${what} during the proof`, async () => {
      const { before, error } = await attempt(
        router,
        oneTunnel,
        { confirmWithin: 60 },
        undefined,
        meanwhile(() => sh(router, command)),
      );
      assert.equal(error?.exit, 5, error?.message);
      await assertClean(router, before);
    });

  it('undoes when somebody empties /tmp and the client dies', async () => {
    const before = await look(router);
    void attempt(router, oneTunnel, {}, undefined, {
      ...meanwhile(() => sh(router, 'rm -rf /tmp/*')),
      dialer: { name: 'nowhere', dial: () => Promise.reject(new Error('gone')) },
    }).catch(() => undefined);
    await waitUntil(() => readLog().includes('undone'));
    await assertClean(router, before);
  });

  it('undoes when /tmp is emptied and then the switch is killed', async () => {
    const kill = `for p in /proc/[0-9]*; do case $(tr '\\0' ' ' <$p/cmdline 2>/dev/null) in "bash /tmp/edgewg/"*"/run watch ") kill -KILL \${p#/proc/};; esac; done`;
    const { before, error } = await attempt(
      router,
      oneTunnel,
      {},
      undefined,
      meanwhile(() => sh(router, `rm -rf /tmp/*; ${kill}`)),
    );
    assert.equal(error?.exit, 5, error?.message);
    await assertClean(router, before);
  });

  it('knows another router behind the second connection, and has the first one undo', async () => {
    const other = await startRouter();
    try {
      const { before, error } = await attempt(router, oneTunnel, { confirmWithin: 60 }, undefined, {
        dialer: other.dialer,
      });
      assert.equal(error?.exit, 5, error?.message);
      assert.match(error.message, /reached another router, with host key/);
      await assertClean(router, before);
    } finally {
      await other.lab.close();
    }
  });

  it('says that it knows nothing when only another router can be reached', async () => {
    const other = await startRouter();
    const { hostKey } = await router.dialer.dial().then(async one => {
      await one.close();
      return one;
    });
    try {
      let time = 0;
      const { error } = await attempt(router, oneTunnel, {}, undefined, {
        // one that has the same key, too
        dialer: {
          name: 'r',
          dial: async () => {
            const connection = await other.dialer.dial();
            await router.lab.now({ step: 'now', kind: 'drop' });
            return {
              ...connection,
              hostKey,
              exec: (command, options) => connection.exec(command, options),
              close: () => connection.close(),
            };
          },
        },
        now: () => (time += 20_000),
      });
      assert.equal(error?.exit, 6, error?.message);
      assert.match(error.message, /another router, or has restarted/);
    } finally {
      await other.lab.close();
    }
  });

  it('takes the word saved for nothing after a failed proof', async () => {
    const lie = (connection: Connection): Connection => ({
      ...connection,
      exec: async (command, options) => {
        const result = await connection.exec(command, options);
        const nonce = / answer undo \d+ '?([0-9a-f]{32})/.exec(command)?.[1];
        if (nonce === undefined) return result;
        const word = Buffer.from('saved\nconfirmed\n').toString('base64');
        return { ...result, stdout: Buffer.from(`${nonce} result 0 ${word}\n${nonce} end 0 -\n`) };
      },
    });
    const { error } = await attempt(router, oneTunnel, {}, undefined, {
      moreProbes: failing,
      dialer: { ...router.dialer, dial: async signal => lie(await router.dialer.dial(signal)) },
    });
    assert.equal(error?.exit, 6, error?.message);
  });

  it('is stale when a literal key changes while the plan is looked at', async () => {
    const [one, two] = ['a', 'b'].map(letter => `${letter.repeat(42)}A=`);
    const key = (value = ''): string =>
      configured(
        `$W set interfaces wireguard wg9 address 192.168.99.1/32 </dev/null; $W set interfaces wireguard wg9 private-key ${value} </dev/null; $W commit </dev/null; $W save </dev/null`,
      );
    await sh(router, key(one));
    const { error } = await attempt(router, oneTunnel, {}, async () => {
      await sh(router, key(two));
      return undefined;
    });
    assert.equal(error?.exit, 3);
    assert.match(error.message, /a key or a password of the configuration changed/);
    assert.ok(!printCommands((await look(router)).running).includes('wg4'));
  });

  it('tells of a pending commit-confirm, and undoes when one comes during the proof', async () => {
    const confirm =
      '/run/lab/engine/vyatta-config-mgmt.pl --action=commit-confirm --minutes=10 --confirmed </dev/null';
    await sh(
      router,
      configured(
        '$W set system config-management commit-revisions 5 </dev/null; $W commit </dev/null; $W save </dev/null',
      ),
    );
    const { before, error } = await attempt(
      router,
      oneTunnel,
      { confirmWithin: 30 },
      undefined,
      meanwhile(() => sh(router, confirm)),
    );
    assert.deepEqual(before.facts.pendingConfirms, []);
    assert.equal(error?.exit, 5, error?.message);
    assert.match(error.message, /commit-confirm is pending/);
    await assertClean(router, before);
    const { facts } = await look(router);
    assert.equal(facts.pendingConfirms.length, 1);
    assert.match(facts.pendingConfirms[0] ?? '', /^\w{3} \w{3} [ \d]\d \d\d:\d\d:00 \d{4}$/);
  });

  it('promises no rollback when the router had no room for the record', async () => {
    const applies = '/config/user-data/edgewg/applies';
    const { outcome, error } = await attempt(
      router,
      oneTunnel,
      { confirmWithin: 60 },
      undefined,
      meanwhile(() => sh(router, `rm -rf ${applies}; touch ${applies}`)),
    );
    assert.equal(error, undefined, error?.message);
    assert.equal(outcome?.hasRecord, false);
    assert.deepEqual((await look(router)).facts.drift, []);
  });

  it('gives up a proof whose line fell silent when the router has undone', async () => {
    const { before, error } = await attempt(router, oneTunnel, { confirmWithin: 4 }, undefined, {
      moreProbes: async ({ connection, signal }) => {
        await router.lab.now({ step: 'now', kind: 'silence' });
        await connection.exec('true', { timeoutMs: 300_000, signal });
        return [];
      },
    });
    assert.equal(error?.exit, 5, error?.message);
    assert.match(error.message, /the proof took longer than --confirm-within 4/);
    await assertClean(router, before);
  });

  it('takes no empty node that a failed commit has left for drift', async () => {
    await sh(
      router,
      configured(
        '$W set protocols static </dev/null; $W delete protocols static </dev/null; $W set protocols </dev/null; $W commit </dev/null',
      ),
    );
    const { before, error } = await attempt(router, oneTunnel, { confirmWithin: 60 });
    assert.deepEqual(before.facts.drift, []);
    assert.equal(error, undefined, error?.message);
  });

  describe('of a handshake', () => {
    const peer = { link: 'wg4', publicKey: Buffer.alloc(32, 4).toString('base64') };
    const expecting = (seconds: number, act: () => Promise<unknown> = async () => undefined) => ({
      moreProbes: async (asked: AskedProbes) => {
        await act();
        const proof = { do: 'handshake', tunnel: 'wg4', within: seconds } as const;
        const client = { tcp: never, http: never, command: never };
        return await runProofs([proof], { ...asked, now: () => performance.now(), client });
      },
    });
    let first: Attempt;
    const [tunnel] = oneTunnel.tunnels;
    assert.ok(tunnel !== undefined);
    const changed = { ...oneTunnel, tunnels: [{ ...tunnel, mtu: 1400 }] };

    beforeEach(async () => {
      router.lab.setPeerUp(peer, true);
      first = await attempt(router, oneTunnel, { confirmWithin: 60 });
      assert.equal(first.error, undefined, first.error?.message);
    });

    for (const [clock, seconds] of [
      ['stands', 0],
      ['goes back', -7200],
      ['goes forward', 7200],
    ] as const)
      it(`counts none from before the commit, whatever the router's clock does: it ${clock}`, async () => {
        router.lab.setPeerUp(peer, false);
        const { error } = await attempt(
          router,
          changed,
          { tellHandshakes: true, confirmWithin: 30 },
          undefined,
          expecting(2, async () => {
            if (seconds !== 0) await router.lab.now({ step: 'now', kind: 'clock', argument: `${seconds}` });
          }),
        );
        assert.equal(error?.exit, 5, error?.message ?? 'no error');
        assert.match(error.message, /none within 2 s/);
      });
  });
});

const never = () => Promise.reject(new Error('nobody asks this machine'));

const readLog = (): string => {
  const log = join(router.lab.root, 'config/user-data/edgewg/log');
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
};
