// How often a plan and an apply wait for the router, which is what a long line costs. The lab's server counts connections and channels, a
// wire between the two the answers that something waited for. Nothing is timed: the line is only so long that what one side says in
// several pieces is said before the other can have answered the first.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newSshKey } from '../support/ssh-key.ts';
import { ok, twoTunnels } from '../support/two-tunnels.ts';
import { type LabUnderTest, labUnderTest } from '../support/under-test.ts';
import { startWire, type Wire } from '../support/wire.ts';

const latencyMs = 500;
/** The identification, the exchange of keys, its end, the login, and the command with its input. */
const plan = { connections: 1, channels: 1, roundTrips: 5 };
/** Those of a plan, one of the transaction, five of the second login and reading, and one of the switch's answer. */
const apply = { connections: 2, channels: 4, roundTrips: 12 };

describe('the line between edgewg and a router', () => {
  let router: LabUnderTest;
  let wire: Wire;
  before(async () => {
    const key = newSshKey();
    router = await labUnderTest(undefined, { authorizedKeys: [key.public] });
    wire = await startWire({ host: router.lab.host, port: router.lab.port, latencyMs });
    const { folder } = router;
    mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
    writeFileSync(join(folder, 'key'), key.private, { mode: 0o600 });
    writeFileSync(join(folder, '.ssh/config'), `IdentityFile ${folder}/key\nIdentitiesOnly yes\n`);
    const site = `{ host: ${router.lab.host}, port: ${wire.port}, user: ${router.lab.user} }`;
    router.write('site.yaml', twoTunnels({ site }, [4, 5]));
  });
  after(async () => {
    await wire?.close();
    await router?.close();
  });

  const channels = (): number => router.lab.log.filter(({ kind }) => kind === 'channel').length;
  const counted = async (...words: string[]) => {
    wire.take();
    const before = channels();
    ok(await router.edgewg(...words, '-f', 'site.yaml'));
    const { connections, roundTrips } = wire.take();
    return { connections, channels: channels() - before, roundTrips };
  };
  const holds = (is: typeof plan, most: typeof plan): void => {
    assert.deepEqual({ ...is, roundTrips: 0 }, { ...most, roundTrips: 0 });
    assert.ok(is.roundTrips <= most.roundTrips, `${is.roundTrips} round trips, held are ${most.roundTrips}`);
    // what counts less than a login and a command does not count
    assert.ok(is.roundTrips >= 4, `${is.roundTrips} round trips`);
  };

  it('is waited for five times by a plan', async () => holds(await counted('plan'), plan));

  it('is waited for twelve times by an apply', async () => holds(await counted('apply', '--yes'), apply));
});
