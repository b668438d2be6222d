// How many channels a real sshd opens on a connection at once (MaxSessions), and how often an apply waits for it over a long line.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { type TestAccess, testAccess } from '../support/access.ts';
import { handOver } from '../support/behind-sshd.ts';
import {
  haveOpenSsh,
  Keys,
  ownUser,
  publicKey,
  type Sshd,
  sessionsOf,
  startSshd,
} from '../support/openssh.ts';
import { type Ran, runCli } from '../support/run-cli.ts';
import { ok, twoTunnels } from '../support/two-tunnels.ts';
import { startWire } from '../support/wire.ts';

describe('an apply through a real sshd', function () {
  if (!haveOpenSsh()) return;
  this.timeout(600_000);
  const keys = new Keys();
  const hostKey = keys.make('host', 'ed25519');
  const id = keys.make('id', 'ed25519');
  const inner = keys.make('inner', 'ed25519');
  let lab: Lab;
  let home: TestAccess;
  let forced: string;

  before(async () => {
    lab = await startLab({ authorizedKeys: [publicKey(inner)] });
    home = testAccess();
    home.write('.ssh/id_ed25519', readFileSync(id));
    forced = handOver(lab, inner, home);
  });
  after(async () => {
    await lab?.close();
    home?.remove();
    keys.remove();
  });

  const start = (...lines: string[]): Promise<Sshd> =>
    startSshd({ hostKeys: [hostKey], authorized: [publicKey(id)], lines: [forced, ...lines] });
  const run = (port: number, tunnels: readonly number[], ...words: string[]): Promise<Ran> => {
    const site = `{ host: 127.0.0.1, port: ${port}, user: ${ownUser} }`;
    const file = home.write('edgewg.yaml', twoTunnels({ site }, tunnels));
    const env = { HOME: home.home, EDGEWG_HOST_KEY: publicKey(hostKey) };
    return runCli([...words, '-f', file], { env });
  };
  /** What is said beside the plan and the proofs, whose times differ. */
  const remarks = ({ stderr }: Ran): string[] =>
    stderr.split('\n').filter(line => /warning|error|refused|hint|MaxSessions/i.test(line));

  for (const [most, tunnels] of [
    [1, [4]],
    [2, [4, 5]],
    [10, []],
  ] as const)
    it(`that lets ${most} sessions run at once does what it should, without a word, and leaves nothing there`, async () => {
      const sshd = await start(`MaxSessions ${most}`);
      const applied = ok(await run(sshd.port, tunnels, 'apply', '--yes', '--allow', 'delete=2'));
      assert.deepEqual(remarks(applied), []);
      ok(await run(sshd.port, tunnels, 'plan', '--detailed-exitcode'));
      const log = sshd.log();
      assert.equal(/no more sessions/.test(log), most === 1, log);
      const until = async (isDone: () => boolean): Promise<void> => {
        while (!isDone()) await new Promise(resolve => setTimeout(resolve, 20));
      };
      // a client that has left with a channel open leaves no process of its sshd
      await until(() => sessionsOf(sshd).length === 0);
      await sshd.stop();
    });

  it('is waited for once more than where the window for the transaction comes with its channel: sshd opens it when the command is there', async () => {
    const sshd = await start();
    const wire = await startWire({ host: '127.0.0.1', port: sshd.port, latencyMs: 1000 });
    const counted = async (...words: string[]): Promise<number> => {
      wire.take();
      ok(await run(wire.port, [4, 5], ...words));
      return wire.take().roundTrips;
    };
    const plan = await counted('plan');
    const apply = await counted('apply', '--yes');
    await wire.close();
    await sshd.stop();
    // one less in truth: the line can't tell that nobody waits for the input of the first reading, which a forced command alone takes
    assert.ok(plan <= 6 && apply <= 14, `${plan} and ${apply} round trips`);
  });
});
