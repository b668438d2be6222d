// Commits of the lab that go wrong: in part, on purpose, without the right group, with their process killed, with the router
// down in the middle.
import assert from 'node:assert/strict';
import type { Mishap } from '../../src/lab/engine/faults.ts';
import { Console } from '../support/console.ts';

const key = `${'p'.repeat(42)}o=`;
const commit = ['commit'];
const wrapper = 'vyatta-cfg-cmd-wrapper';

/** Faults that happen at the steps named, and what was reached. */
function faultsAt(steps: Record<string, () => Promise<Mishap | undefined>>) {
  const reached: string[] = [];
  const at = async (step: string) => {
    reached.push(step);
    return steps[step]?.();
  };
  return { reached, at };
}

const fail = async () => ({ fail: 'it broke' });

describe('a commit in the lab', () => {
  it('puts what went through into force and keeps the rest in the session', async () => {
    const lab = await Console.start();
    await lab.cfg('begin');
    await lab.cfg('set interfaces wireguard wg0 address 10.0.0.1/24');
    await lab.cfg('set interfaces ethernet eth1 description LAN');
    assert.deepEqual(await lab.run(wrapper, commit), {
      stdout: 'Private key must be specified for wg0\n\nCommit failed\n',
      stderr: '',
      exit: 1,
    });
    assert.match(await lab.commands(), /eth1 description LAN/);
    assert.doesNotMatch(await lab.commands(), /wg0/);
    await lab.cfg(`set interfaces wireguard wg0 private-key ${key}`);
    assert.equal(await lab.cfg('commit'), '');
    assert.match(await lab.commands(), /wg0 address 10\.0\.0\.1\/24/);
  });

  it('goes wrong at the steps that are named', async () => {
    const faults = faultsAt({ 'set:2': fail, 'commit:subtree:318': fail, save: fail });
    const lab = await Console.start({ faults });
    faults.reached.length = 0;
    await lab.cfg('begin');
    await lab.cfg('set interfaces ethernet eth1 description one');
    const second = ['set', 'interfaces', 'ethernet', 'eth2', 'description', 'two'];
    assert.deepEqual(await lab.run(wrapper, second), {
      stdout: 'it broke\nSet failed\n',
      stderr: '',
      exit: 1,
    });
    await lab.cfg('set protocols static route 10.1.0.0/16 blackhole');
    const { stdout, exit } = await lab.run(wrapper, commit);
    assert.equal(exit, 1);
    assert.equal(stdout, '[ interfaces ethernet eth1 ]\nit broke\n\nCommit failed\n');
    assert.match(await lab.commands(), /blackhole/);
    const saved = await lab.run(wrapper, ['save']);
    assert.equal(saved.exit, 1);
    assert.deepEqual(
      faults.reached.filter(step => !step.startsWith('commit:subtree')),
      ['set:1', 'set:2', 'set:3', 'lock', 'commit', 'commit:after', 'save'],
    );
  });

  it('does nothing while another program holds the lock', async () => {
    const lab = await Console.start();
    await lab.cfg('begin');
    await lab.cfg('set interfaces ethernet eth1 description LAN');
    lab.isLocked = true;
    const { stdout } = await lab.run(wrapper, commit);
    assert.equal(stdout, 'Configuration system temporarily locked due to another commit in progress\n');
    lab.isLocked = false;
    assert.equal(await lab.cfg('commit'), '');
  });

  it('leaves out the tunnel when the caller has another group', async () => {
    const lab = await Console.start();
    await lab.cfg('begin');
    await lab.cfg(`set interfaces wireguard wg0 private-key ${key}`);
    await lab.cfg('set interfaces ethernet eth1 description LAN');
    const { stdout, exit } = await lab.run(wrapper, commit, { group: 'users' });
    assert.equal(exit, 1);
    assert.match(stdout, /This script must be executed from vyatta configuration system\./);
    assert.match(await lab.commands(), /eth1 description LAN/);
    assert.doesNotMatch(await lab.commands(), /wg0/);
  });

  it('leaves the lock and the configuration alone when its process dies, but not the kernel', async () => {
    const lab = await Console.start({
      profile: { calls: {}, commit: 0, commitAction: 1000, save: 0 },
      boot: '',
    });
    await lab.cfg('begin');
    await lab.cfg(`set interfaces wireguard wg0 private-key ${key}`);
    const killer = new AbortController();
    const dead = lab.run(wrapper, commit, { killed: killer.signal });
    while (!(await lab.root('wg show')).includes('interface: wg0')) await lab.pass(1000);
    killer.abort();
    await dead;
    await lab.pass(100_000);
    assert.doesNotMatch(await lab.commands(), /wg0/);
    assert.match(await lab.root('wg show'), /interface: wg0/);
    await lab.cfg('begin', { ppid: 200 });
    await lab.cfg('set interfaces ethernet eth1 description LAN', { ppid: 200 });
    assert.equal((await lab.through(lab.run(wrapper, commit, { ppid: 200 }))).exit, 0);
  });

  it('does nothing more once the router is down', async () => {
    const lab = await Console.start({ profile: { calls: {}, commit: 5000, commitAction: 0, save: 0 } });
    await lab.cfg('begin');
    await lab.cfg('set interfaces ethernet eth1 description LAN');
    let isAnswered = false;
    void lab.run(wrapper, commit).then(() => {
      isAnswered = true;
    });
    await lab.pass(1000);
    lab.router.halt();
    await lab.through(lab.router.boot());
    assert.equal(isAnswered, false);
    assert.doesNotMatch(await lab.commands(), /LAN/);
    assert.equal(lab.router.engine.sessions.size, 0);
  });
});
