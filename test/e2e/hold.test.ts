// An apply that waits for a person's word, and the word from elsewhere: by the real program over SSH, on a tunnel with a number that
// nobody has; leaves the router as it found it.
import assert from 'node:assert/strict';
import { ok } from '../support/two-tunnels.ts';
import { fromElsewhere, type RouterUnderTest, routerUnderTest } from '../support/under-test.ts';

let router: RouterUnderTest;
before(async () => {
  router = await routerUnderTest();
});
after(async () => {
  await router?.exec('rm -f /config/auth/wg907.key');
  await router?.close();
});

const site = (mtu: number): string => `version: 1
router: ${router.site}
mssClamp: { ipv4: off, ipv6: off }
manages: { interfaces: [wg907] }
tunnels:
  wg907:
    address: [192.0.2.7/32]
    listenPort: 59907
    mtu: ${mtu}
    unfiltered: a test
    peers:
      far: { publicKey: BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=, allowedIPs: [198.18.7.0/24] }
    routes: { 198.18.7.0/24: lab }
`;
const file = ['-f', 'seven.yaml'];
const elsewhere = (): string[] => fromElsewhere(router);
const hold = async (mtu: number, time = '10m'): Promise<string> => {
  router.write('seven.yaml', site(mtu));
  const ran = ok(await router.edgewg('apply', ...file, '--yes', '--hold', time, '--format', 'json'));
  const told = JSON.parse(ran.stdout) as { id: string; result: string; seconds: number; until: string };
  assert.equal(told.result, 'held');
  assert.ok(told.seconds > 0 && Date.parse(told.until) > 0, ran.stdout);
  return told.id;
};
const saved = (): Promise<string> => router.exec('grep -A20 "wireguard wg907" /config/config.boot');
const running = (): Promise<string> =>
  router.exec('cli-shell-api showConfig --show-active-only --show-commands | grep "wireguard wg907"');

describe('an apply that is held', () => {
  it('waits, is told of, and lets nobody else in', async () => {
    const id = await hold(1380);
    assert.match(await running(), /mtu 1380/);
    assert.equal(await saved(), '');
    const status = ok(await router.edgewg('status', ...file), 2);
    assert.match(
      status.stdout,
      new RegExp(
        `apply ${id} waits for a word, by \\S+ since .* from seven.yaml:\n {4}not saved; the router undoes it in \\d+ min\n`,
      ),
    );
    assert.match(status.stdout, new RegExp(`edgewg confirm ${id}`));
    const json = JSON.parse((await router.edgewg('status', ...file, '--json')).stdout) as {
      held: { id: string; watched: boolean; seconds_left: number; tunnels: string[] }[];
    };
    assert.deepEqual([json.held[0]?.id, json.held[0]?.watched, json.held[0]?.tunnels], [id, true, ['wg907']]);
    router.write('other.yaml', site(1340));
    const second = ok(await router.edgewg('apply', '-f', 'other.yaml', '--yes', '--allow', 'drift'), 3);
    assert.match(
      second.stdout + second.stderr,
      new RegExp(`EW027: apply ${id} of \\S+ since .* is held for a word`),
    );
    ok(await router.edgewg('plan', ...file), 3);
    const which = ok(await router.edgewg('confirm', ...file), 3);
    assert.match(
      which.stderr,
      new RegExp(`one apply waits for a word on .*: ${id}, by .*\n +hint: name it: edgewg confirm ${id}`),
    );
    const undone = ok(await router.edgewg('undo', id.slice(0, -2), ...file));
    assert.match(
      undone.stdout,
      new RegExp(`Undone: apply ${id}; running and saved configuration are as before`),
    );
    assert.equal(await running(), '');
    const gone = ok(await router.edgewg('confirm', id, ...file), 3);
    assert.match(
      gone.stderr,
      new RegExp(`apply ${id} is gone: the router's log says that it undid it at \\d{4}-\\S+ \\(asked to\\)`),
    );
  });

  it('is confirmed from a machine that has no site file, once', async () => {
    const id = await hold(1380);
    const twice = await Promise.all([
      router.edgewg('confirm', id, ...elsewhere(), '--format', 'json'),
      router.edgewg('confirm', id, ...elsewhere(), '--format', 'json'),
    ]);
    // whoever comes when the other is through is told so
    assert.ok(
      twice.some(({ exit }) => exit === 0),
      JSON.stringify(twice),
    );
    for (const { exit, stdout, stderr } of twice)
      if (exit === 0) assert.equal((JSON.parse(stdout) as { result: string }).result, 'saved');
      else assert.match(`${exit} ${stderr}`, /^3 [\s\S]*is confirmed already/);
    assert.match(await saved(), /mtu 1380/);
    ok(await router.edgewg('plan', ...file, '--detailed-exitcode'));
    const late = ok(await router.edgewg('undo', id, ...file), 3);
    assert.match(
      late.stderr,
      new RegExp(`is confirmed already: .*\n +hint: to take it back: edgewg rollback ${id}`),
    );
    ok(await router.edgewg('rollback', id, ...file, '--yes'));
    assert.equal(await saved(), '');
  });

  it('is not confirmed with another site file, and by no word for another', async () => {
    const id = await hold(1380);
    router.write('other.yaml', site(1340));
    const other = ok(await router.edgewg('confirm', id, '-f', 'other.yaml'), 3);
    assert.match(
      other.stderr,
      /is not confirmed: running is as wanted — saw 1 command left: .*nothing was done, and it goes on waiting/,
    );
    assert.match(ok(await router.edgewg('undo', '1999', ...file), 3).stderr, /knows of no apply 1999/);
    assert.match(await running(), /mtu 1380/);
    ok(await router.edgewg('undo', id, ...file));
  });

  it('gets more time, but not for ever', async () => {
    const id = await hold(1380, '10m');
    const more = ok(await router.edgewg('extend', id, ...file, '--by', '2h', '--format', 'json'));
    const { seconds } = JSON.parse(more.stdout) as { seconds: number };
    assert.ok(seconds > 7200 && seconds <= 7800, more.stdout);
    const most = ok(await router.edgewg('extend', id, ...file, '--by', '24h'), 3);
    assert.match(
      most.stderr,
      /may wait until \S+ at most, 24 h from its commit\n +hint: give it no more than --by \d+s/,
    );
    ok(await router.edgewg('extend', id, ...file, '--by', '25h'), 3);
    ok(await router.edgewg('undo', id, ...file));
  });

  it('is undone by the router when nobody says a word', async () => {
    const id = await hold(1380, '3s');
    for (const until = Date.now() + 300_000; (await running()) !== '' && Date.now() < until; );
    const gone = ok(await router.edgewg('confirm', id, ...file), 3);
    assert.match(gone.stderr, /is gone: the router's log says that it undid it at \S+ \(time is up\)/);
    assert.equal(await saved(), '');
  });
});
