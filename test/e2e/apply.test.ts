// What a person does with edgewg and a router, through the real program and a real SSH connection. Runs against the lab, or against
// any router with WAN_LOCAL and WANv6_LOCAL (test/support/under-test.ts), and leaves it as it found it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, twoTunnels } from '../support/two-tunnels.ts';
import { type RouterUnderTest, routerUnderTest } from '../support/under-test.ts';

let router: RouterUnderTest;

const site = (tunnels: readonly number[], more = ''): string => twoTunnels(router, tunnels, more);

describe('edgewg against a router', () => {
  before(async () => {
    router = await routerUnderTest();
  });
  after(async () => {
    // key files outlive their interface: only a rotation takes them away
    await router?.exec('rm -f /config/auth/wg904.key /config/auth/wg905.key');
    await router?.close();
  });

  let untouched = '';

  it('plans without touching anything', async () => {
    router.write('two.yaml', site([4, 5]));
    const ran = ok(
      await router.edgewg('plan', '-f', 'two.yaml', '--format', 'commands', '--detailed-exitcode'),
      2,
    );
    for (const line of [
      'set interfaces wireguard wg904 listen-port 59904',
      'set interfaces wireguard wg904 route-allowed-ips false',
      'set firewall ipv6-name WANv6_LOCAL rule 9904 destination port 59904',
      "set interfaces wireguard wg905 peer BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU= endpoint '[2001:db8::5]:51820'",
      'set protocols static route 198.18.5.0/24 blackhole distance 254',
    ])
      assert.ok(ran.stdout.split('\n').includes(line), line);
    untouched = ran.stdout;
    assert.equal(ok(await router.edgewg('plan', '-f', 'two.yaml', '--format', 'commands')).stdout, untouched);
  });

  it('applies one tunnel and then another, and a second plan is empty', async () => {
    router.write('one.yaml', site([4]));
    const first = ok(await router.edgewg('apply', '-f', 'one.yaml', '--yes'));
    assert.match(first.stdout, /public key of wg904: [0-9A-Za-z+/]{43}=/);
    assert.match(first.stdout, /Applied: \d+ created, 0 changed, 0 deleted; saved/);
    assert.match(ok(await router.edgewg('apply', '-f', 'one.yaml', '--yes')).stdout, /nothing to do/);
    ok(await router.edgewg('apply', '-f', 'two.yaml', '--yes'));
    ok(await router.edgewg('plan', '-f', 'two.yaml', '--detailed-exitcode'));
  });

  it('shows the tunnels as they are, and how far the router is from another file', async () => {
    const status = ok(await router.edgewg('status', '-f', 'two.yaml'));
    assert.match(
      status.stdout,
      /wg904 {2}port 59904 \((open|unproven)\), MTU 1420, 192\.0\.2\.4\/32, 2001:db8:904::1\/64/,
    );
    assert.match(status.stdout, /as the site file wants it/);
    const { interfaces, commands_to_wanted } = JSON.parse(
      ok(await router.edgewg('status', '-f', 'one.yaml', '--json'), 2).stdout,
    );
    assert.ok(interfaces.some((link: { name: string }) => link.name === 'wg905'));
    assert.ok(commands_to_wanted > 0);
  });

  it('refuses to delete more than the limits, and does it when told', async () => {
    const refused = ok(await router.edgewg('apply', '-f', 'one.yaml', '--yes'), 3);
    assert.match(refused.stdout + refused.stderr, /1 interface \(wg905\).*--allow delete=1/s);
    const done = ok(await router.edgewg('apply', '-f', 'one.yaml', '--yes', '--allow', 'delete=1'));
    assert.match(done.stdout, /Undo it with: edgewg rollback/);
    ok(await router.edgewg('plan', '-f', 'one.yaml', '--detailed-exitcode'));
  });

  it('tells a finding of one of several site files once', async () => {
    const bare = site([4, 5]).replaceAll(/^ +unfiltered: .*\n/gm, '');
    router.write('bare.yaml', bare);
    const done = ok(await router.edgewg('apply', 'bare.yaml', 'one.yaml', '--yes'));
    assert.equal(done.stdout.match(/EW122/g)?.length, 2, done.stdout);
    ok(await router.edgewg('apply', '-f', 'one.yaml', '--yes', '--allow', 'delete=1'));
  });

  it('takes a saved plan while nothing has moved, and says what has', async () => {
    ok(await router.edgewg('plan', '-f', 'two.yaml', '--out', 'plan.json'));
    const saved = readFileSync(join(router.folder, 'plan.json'), 'utf8');
    assert.ok(JSON.parse(saved).format_version);
    router.write('other.yaml', site([4]).replace('edgewg test 4', 'moved since'));
    ok(await router.edgewg('apply', '-f', 'other.yaml', '--yes'));
    const stale = ok(await router.edgewg('apply', 'plan.json', '-f', 'two.yaml', '--yes'), 3);
    assert.match(stale.stderr, /- set interfaces wireguard wg904 description 'edgewg test 4'/);
    assert.match(stale.stderr, /\+ set interfaces wireguard wg904 description 'moved since'/);
    ok(await router.edgewg('rollback', '-f', 'one.yaml', '--yes'));
    ok(await router.edgewg('apply', 'plan.json', '-f', 'two.yaml', '--yes'));
    ok(await router.edgewg('plan', '-f', 'two.yaml', '--detailed-exitcode'));
  });

  it('lists what was applied, and rolls back the last', async () => {
    const list = ok(await router.edgewg('rollback', '-f', 'one.yaml', '--list'))
      .stdout.trim()
      .split('\n');
    assert.ok(list.length >= 5, list.join('\n'));
    ok(await router.edgewg('rollback', '-f', 'one.yaml', '--yes'));
    ok(await router.edgewg('plan', '-f', 'one.yaml', '--detailed-exitcode'));
    const nothing = ok(
      await router.edgewg('rollback', (list.at(-1) ?? '').split(' ')[0] ?? '', '-f', 'one.yaml', '--yes'),
    );
    assert.match(nothing.stdout, /nothing to do/);
    const unknown = ok(await router.edgewg('rollback', 'nope', '-f', 'one.yaml', '--yes'), 3);
    assert.match(unknown.stderr, /the router remembers no apply nope\n +hint: it has /);
  });

  it('puts back what the router refuses, with its words at the command', async () => {
    router.write(
      'bad.yaml',
      site([4, 5]).replace('unfiltered: a test\n', 'mtu: 8000\n    unfiltered: a test\n'),
    );
    const before = ok(await router.edgewg('plan', '-f', 'two.yaml', '--format', 'commands')).stdout;
    const ran = ok(await router.edgewg('apply', '-f', 'bad.yaml', '--yes'), 5);
    assert.match(ran.stderr, /running and saved configuration are as before/);
    assert.equal(ok(await router.edgewg('plan', '-f', 'two.yaml', '--format', 'commands')).stdout, before);
  });

  it('leaves the router as it was', async () => {
    router.write('none.yaml', site([]));
    ok(await router.edgewg('apply', '-f', 'none.yaml', '--yes', '--allow', 'delete=9'));
    const commands = (text: string): string[] => text.split('\n').filter(line => !line.startsWith('#'));
    const now = ok(await router.edgewg('plan', '-f', 'two.yaml', '--format', 'commands')).stdout;
    assert.deepEqual(commands(now), commands(untouched));
    // the switch tidies up within a moment of its last answer
    const left =
      'for i in $(seq 50); do [ -z "$(ls /tmp/edgewg)" ] && break; sleep 0.1; done; ls /tmp/edgewg';
    assert.equal(await router.exec(left), '');
  });
});
