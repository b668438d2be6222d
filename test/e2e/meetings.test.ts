// An apply meets somebody else at the router: another edgewg, a person in configure mode, a firmware that has lost the package. What
// the user is told. Runs against the lab, or against any router (test/support/under-test.ts), and leaves it as it found it.
import assert from 'node:assert/strict';
import type { Ran } from '../support/run-cli.ts';
import { inSession, settled } from '../support/settled.ts';
import { ok, twoTunnels } from '../support/two-tunnels.ts';
import { type RouterUnderTest, routerUnderTest } from '../support/under-test.ts';

describe('an apply that meets somebody', () => {
  let router: RouterUnderTest;
  before(async () => {
    router = await routerUnderTest();
    router.write('one.yaml', twoTunnels(router, [4]));
    router.write('two.yaml', twoTunnels(router, [4, 5]));
    router.write('none.yaml', twoTunnels(router, []));
  });
  after(() => router?.close());

  it('is told who applies at the moment, and since when', async () => {
    const first = router.start('apply', '-f', 'one.yaml', '--yes', '--expect-handshake', '100');
    await first.says(/proving/);
    const refused = ok(await router.edgewg('apply', '-f', 'two.yaml', '--yes'), 3);
    assert.match(
      refused.stdout + refused.stderr,
      /EW025[\s\S]*another edgewg is at work on this router: \S+@\S+ since 20\S+, apply [0-9a-z-]+, waiting for the proof/,
    );
    const held = ok(
      await router.edgewg('apply', '-f', 'two.yaml', '--yes', '--allow', 'drift', '--lock-timeout', '0'),
      4,
    );
    assert.match(
      held.stderr,
      /another edgewg is at work on this router: \S+@\S+ since 20\S+, apply [0-9a-z-]+; nothing was done\n.*--lock-timeout/,
    );
    first.kill('SIGINT');
    assert.equal((await first.end).exit, 130);
    assert.equal((await settled(router)).left, '');
  });

  it('undoes what no handshake comes through', async () => {
    const before = await settled(router);
    const ran = ok(await router.edgewg('apply', '-f', 'one.yaml', '--yes', '--expect-handshake', '2'), 5);
    assert.match(ran.stderr, /failed: wg904 has a new handshake with BAQEBAQE… \(saw none within 2 s\)/);
    assert.match(ran.stderr, /the proof failed: .* running and saved configuration are as before/);
    assert.deepEqual(await settled(router), before);
  });

  it('undoes what no ping comes through', async () => {
    const before = await settled(router);
    const ran = ok(await router.edgewg('apply', '-f', 'one.yaml', '--yes', '--ping'), 3);
    assert.match(
      ran.stderr,
      /nobody behind wg904 can be pinged: none of its peers has an endpoint and a single address .*; nothing was done/,
    );
    assert.deepEqual(await settled(router), before);
    const far = twoTunnels(router, [4]).replace('[198.18.4.0/24]', '[198.18.4.1/32, 198.18.4.0/24]');
    router.write('far.yaml', far);
    ok(await router.edgewg('apply', '-f', 'far.yaml', '--yes'));
    // in the lab somebody answers, unless told otherwise; at 198.18.4.1 of a real router nobody does
    const key = Buffer.alloc(32, 4).toString('base64');
    await router.exec(`command -v edgewg-lab && edgewg-lab peer down wg904 ${key}`);
    router.write('other.yaml', far.replace('edgewg test 4', 'another'));
    const deaf = ok(await router.edgewg('apply', '-f', 'other.yaml', '--yes', '--ping'), 5);
    assert.match(
      deaf.stderr,
      /198\.18\.4\.1 answers a ping of 1420 bytes through wg904 — saw 3 packets transmitted, 0 received/,
    );
    // what goes is pinged by nobody
    ok(await router.edgewg('apply', '-f', 'none.yaml', '--yes', '--allow', 'delete=9', '--ping'));
    await router.exec('rm -f /config/auth/wg904.key');
    assert.deepEqual(await settled(router), before);
  });

  it('leaves the uncommitted session of a person alone', async () => {
    // each side waits for the other, so that the session is open all the while, however slow the machine is
    const [opened, mayGo] = ['/tmp/person-is-there', '/tmp/person-may-go'];
    const open = inSession(
      '$W set system host-name by-a-person',
      `touch ${opened}`,
      `until [ -e ${mayGo} ]; do sleep 0.2; done; $W show system host-name; $W discard`,
    );
    const person = router.exec(open);
    await router.exec(`until [ -e ${opened} ]; do sleep 0.2; done`);
    const applied = await router.edgewg('apply', '-f', 'one.yaml', '--yes');
    await router.exec(`touch ${mayGo}`);
    ok(applied);
    assert.match(applied.stdout, /Applied: \d+ created, 0 changed, 0 deleted; saved/);
    assert.match(await person, /\+.*by-a-person|> *host-name by-a-person/);
    const { active, drift } = await settled(router);
    assert.equal(drift, '');
    assert.ok(!active.includes('by-a-person'));
    ok(await router.edgewg('rollback', '-f', 'one.yaml', '--yes', '--allow', 'delete=9'));
    await router.exec(`rm -f /config/auth/wg904.key ${opened} ${mayGo}`);
  });

  it('is told what a person committed between plan and apply', async () => {
    ok(await router.edgewg('plan', '-f', 'one.yaml', '--out', 'plan.json'));
    const name = (await router.exec('cli-shell-api returnActiveValue system host-name')).trim();
    const rename = (to: string) =>
      router.exec(inSession(`$W set system host-name ${to}`, '$W commit', '$W save'));
    await rename('by-a-person');
    const stale = ok(await router.edgewg('apply', 'plan.json', '-f', 'one.yaml', '--yes'), 3);
    assert.match(stale.stderr, /\+ set system host-name by-a-person/);
    await rename(name);
    assert.equal((await settled(router)).drift, '');
  });
});

/** Exit 4 means that a router isn't up yet. */
async function onceUp(run: () => Promise<Ran>): Promise<Ran> {
  for (let tries = 0; ; tries++) {
    await new Promise(resolve => setTimeout(resolve, 1000));
    const ran = await run();
    if (ran.exit !== 4 || tries > 200) return ran;
  }
}

describe('an apply after a firmware upgrade', () => {
  it('is refused, with the way back to the package', async function () {
    // nobody's own router loses its package for a test
    if (process.env['EDGEWG_LAB_HOST'] !== undefined) return this.skip();
    const router = await routerUnderTest();
    try {
      router.write('one.yaml', twoTunnels(router, [4]));
      ok(await router.edgewg('apply', '-f', 'one.yaml', '--yes'));
      await router.exec('edgewg-lab fault now=upgrade').catch(() => undefined);
      const ran = ok(await onceUp(() => router.edgewg('apply', '-f', 'one.yaml', '--yes')), 3);
      assert.match(
        ran.stdout + ran.stderr,
        /EW020: the wireguard package is gone \(a firmware upgrade removes it\), and with it wg904, which config\.boot still holds; any save now destroys it/,
      );
      assert.match(ran.stdout + ran.stderr, /save nothing; install /);
      assert.match(await router.exec('grep -c "wireguard wg904" /config/config.boot'), /^1/);
    } finally {
      await router.close();
    }
  });
});
