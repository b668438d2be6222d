// Somebody's connection drops while a commit runs in their terminal (interactive/11): the commit dies with it, what was in
// force stays in force, and the next one finds no lock.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { connect, exec, login } from '../support/ssh.ts';

const op = '/opt/vyatta/bin/vyatta-op-cmd-wrapper';
const cfg = '/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper';

describe('a connection that drops in a commit', () => {
  let lab: Lab;
  before(async () => {
    lab = await startLab();
  });
  after(() => lab.close());

  it('leaves everything as it was', async () => {
    const first = await connect(lab, { password: lab.password });
    const person = await login(first);
    await person.said(/ubnt@ubnt:~\$ /);
    person.channel.write('configure\n');
    await person.said('[edit]');
    person.channel.write('set interfaces ethernet eth1 description dropped\n');
    await person.said(/\[edit\]\r*\nubnt@ubnt# /);
    lab.faults.add('commit:subtree:318=stall:1000');
    person.channel.write('commit\n');
    while (!lab.faults.fired.length) await sleep(20);
    first.destroy();
    await sleep(1200);
    const client = await connect(lab, { password: lab.password });
    const commands = await exec(client, `${op} show configuration commands`);
    assert.doesNotMatch(commands.stdout, /dropped/);
    const script = ['begin', 'set interfaces ethernet eth1 description next', 'commit', 'end'];
    const next = await exec(client, `sg vyattacfg -c '${script.map(line => `${cfg} ${line}`).join(' && ')}'`);
    assert.deepEqual({ ...next }, { stdout: '', stderr: '', code: 0, signal: undefined });
    client.end();
  });
});
