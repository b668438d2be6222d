// Whatever dies in an apply, the router ends in the old configuration or in the new one: the part of the fault matrix that any router
// can show (test/support/under-test.ts), with nothing but SSH.
import assert from 'node:assert/strict';
import { startProxy } from '../faults/proxy.ts';
import type { Ran, Running } from '../support/run-cli.ts';
import { inSession, type State, settled } from '../support/settled.ts';
import { twoTunnels } from '../support/two-tunnels.ts';
import { type RouterUnderTest, routerUnderTest } from '../support/under-test.ts';

const killInside = (word: string): string =>
  `for p in /proc/[0-9]*; do case $(tr '\\0' ' ' <$p/cmdline 2>/dev/null) in "bash /tmp/edgewg/"*"/run ${word} ") kill -KILL \${p#/proc/};; esac; done`;

describe('a router whose apply dies', () => {
  let router: RouterUnderTest;
  let before_: State;
  /** Its window runs out soon, unless it is told more. */
  const apply = (...more: string[]): Running =>
    router.start(
      'apply',
      '-f',
      'one.yaml',
      '--yes',
      ...(more.length > 0 ? more : ['--confirm-within', '15']),
    );
  const back = async (): Promise<void> => {
    await router.edgewg('apply', '-f', 'none.yaml', '--yes', '--allow', 'delete=9');
    await router.exec('rm -f /config/auth/wg904.key');
  };

  before(async () => {
    router = await routerUnderTest();
    router.write('one.yaml', twoTunnels(router, [4]));
    router.write('none.yaml', twoTunnels(router, []));
    before_ = await settled(router);
  });
  after(() => router?.close());

  /** Old, or new and saved; gives which. */
  async function assertWhole(): Promise<'old' | 'new'> {
    const now = await settled(router);
    assert.equal(now.drift, before_.drift);
    if (now.active === before_.active) {
      assert.equal(now.left, '');
      return 'old';
    }
    assert.equal(now.left, 'wg904.key\n');
    const plan = await router.edgewg('plan', '-f', 'one.yaml', '--detailed-exitcode');
    assert.equal(plan.exit, 0, plan.stdout);
    await back();
    return 'new';
  }

  for (const [moment, line] of [
    ['the switch is armed', /armed:/],
    ['the commit', /committed/],
    ['the new login', /ok: login/],
  ] as const)
    it(`is as before when the client is killed after ${moment}`, async () => {
      const client = apply();
      await client.says(line);
      client.kill('SIGKILL');
      await client.end;
      await assertWhole();
    });

  it('is as before, or new, when the client is killed while it confirms', async () => {
    const client = apply();
    await client.says(/confirming/);
    client.kill('SIGKILL');
    await client.end;
    await assertWhole();
  });

  it('is as before when a person stops the apply, which says so', async () => {
    const client = apply('--expect-handshake', '100');
    await client.says(/committed/);
    client.kill('SIGINT');
    const ran = await client.end;
    assert.equal(ran.exit, 130, ran.stderr);
    assert.match(ran.stderr, /interrupted; running and saved configuration are as before/);
    assert.equal(await assertWhole(), 'old');
  });

  it('undoes by itself when a person leaves, who is told so', async () => {
    const client = apply('--expect-handshake', '100', '--confirm-within', '20');
    await client.says(/ok: login/);
    client.kill('SIGINT');
    await client.says(/once more leaves that to the router/);
    client.kill('SIGINT');
    const ran = await client.end;
    assert.equal(ran.exit, 130, ran.stderr);
    assert.match(
      ran.stderr,
      /interrupted twice; apply [0-9a-z-]+ is (committed and not confirmed|being put back)/,
    );
    assert.match(ran.stderr, /within 20 s of its commit/);
    assert.equal(await assertWhole(), 'old');
  });

  it('is whole wherever the line is cut', async () => {
    const whole = await throughProxy();
    assert.equal(whole.ran.exit, 0, whole.ran.stderr);
    assert.equal(await assertWhole(), 'new');
    for (const share of [0.35, 0.6, 0.95]) {
      const { ran } = await throughProxy(Math.floor(whole.bytes * share));
      const allowed = (await assertWhole()) === 'new' ? [0, 6] : [4, 5];
      assert.ok(allowed.includes(ran.exit ?? -1), `${share}: ${ran.exit} ${ran.stderr}`);
    }
  });

  async function throughProxy(cutAfter?: number): Promise<{ ran: Ran; bytes: number }> {
    const proxy = await startProxy(router.target.way, cutAfter);
    try {
      const site = `{ host: 127.0.0.1, port: ${proxy.port}, user: ${router.target.user} }`;
      router.write('proxy.yaml', twoTunnels({ site }, [4]));
      const ran = await router.edgewg('apply', '-f', 'proxy.yaml', '--yes', '--confirm-within', '40');
      return { ran, bytes: proxy.bytes() };
    } finally {
      await proxy.close();
    }
  }

  for (const who of ['transact', 'watch', 'guard'])
    it(`is whole when its process \`${who}\` is killed`, async () => {
      const client = apply();
      await client.says(/armed:/);
      await router.exec(killInside(who));
      const ran = await client.end;
      const end = await assertWhole();
      assert.equal(ran.exit, end === 'new' ? 0 : 5, ran.stderr);
    });

  it('keeps what somebody else commits before the undo', async () => {
    const client = apply('--expect-handshake', '15');
    await client.says(/committed/);
    await router.exec(inSession('$W set system login banner pre-login by-a-person', '$W commit'));
    const ran = await client.end;
    assert.equal(ran.exit, 5, ran.stderr);
    assert.match(ran.stderr, /meanwhile committed: /);
    const { active } = await settled(router);
    assert.match(active, /by-a-person/);
    assert.ok(!active.includes('wg904'));
    await router.exec(inSession('$W delete system login banner', '$W commit'));
    assert.equal(await assertWhole(), 'old');
  });
});
