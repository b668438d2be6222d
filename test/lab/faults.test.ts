// Each mishap as a client sees it, and what the router is like afterwards.
import assert from 'node:assert/strict';
import type { Client } from 'ssh2';
import { parseFault } from '../../src/lab/faults.ts';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { connect, exec, open } from '../support/ssh.ts';

const W = '/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper';

/** A script in one session, as edgewg runs it. */
const configure = (client: Client, ...lines: string[]) =>
  exec(client, 'sg vyattacfg -c "bash -s"', [`W=${W}`, '$W begin', ...lines, '$W end'].join('\n'));
const setDescription = (text: string) => `$W set interfaces ethernet eth1 description ${text}; echo set=$?`;
const commit = '$W commit; echo commit=$?';

const closing = (client: Client) => new Promise<void>(resolve => client.on('close', () => resolve()));

describe('mishaps in the lab', () => {
  let lab: Lab;
  let client: Client;
  before(async () => {
    lab = await startLab({ hosts: { 'vpn.example.net': '203.0.113.7' } });
  });
  after(() => lab.close());
  beforeEach(async () => {
    client = await connect(lab, { password: lab.password });
    client.on('error', () => undefined);
  });
  afterEach(() => {
    client.destroy();
    lab.faults.clear();
  });
  const again = () => connect(lab, { password: lab.password });
  const active = async () => {
    const fresh = await again();
    const { stdout } = await exec(
      fresh,
      'cli-shell-api returnActiveValue interfaces ethernet eth1 description',
    );
    fresh.end();
    return stdout;
  };

  it('are read from STEP=WHAT, or refused', () => {
    assert.deepEqual(parseFault('set:12=drop'), { step: 'set:12', kind: 'drop' });
    assert.deepEqual(parseFault('commit=foreign:set a b;set c'), {
      step: 'commit',
      kind: 'foreign',
      argument: 'set a b;set c',
    });
    for (const wrong of ['set', 'sit=drop', 'set=drip', 'commit:subtree=fail', '=drop'])
      assert.throws(() => parseFault(wrong), { code: 'lab-fault' });
  });

  it('refuse a login and a command', async () => {
    lab.faults.add('auth=refuse');
    await assert.rejects(again(), /authentication/i);
    (await again()).end();
    lab.faults.add('exec:2=refuse');
    assert.equal((await exec(client, 'echo one')).stdout, 'one\n');
    await assert.rejects(exec(client, 'echo two'), /Unable to exec/);
    assert.equal((await exec(client, 'echo three')).stdout, 'three\n');
  });

  it('drop the line in the middle of a script, which goes on', async () => {
    lab.faults.add('set:2=drop');
    const closed = closing(client);
    // Nobody reads what it says any more, which would end it.
    void configure(client, 'exec >/dev/null', setDescription('one'), setDescription('two'), commit).catch(
      () => undefined,
    );
    await closed;
    let now = '';
    while (now !== 'two') now = await active();
    assert.deepEqual(lab.faults.fired.at(-1), { step: 'set:2', kind: 'drop' });
  });

  it('cut output short, close without an exit status, or say nothing more', async () => {
    lab.faults.add('output:5=cut');
    assert.deepEqual(await exec(client, 'echo 123456789; exit 3'), {
      stdout: '12345',
      stderr: '',
      code: 3,
      signal: undefined,
    });
    lab.faults.add('output:5=close');
    assert.deepEqual(await exec(client, 'echo 123456789'), {
      stdout: '12345',
      stderr: '',
      code: undefined,
      signal: undefined,
    });
    lab.faults.add('output:5=stall');
    const stalled = await open(client, 'echo 123456789');
    assert.equal(await stalled.said('12345'), '12345');
    lab.faults.add('output:5=drop');
    const closed = closing(client);
    await open(client, 'echo 123456789');
    await closed;
  });

  it('silence a line, which stays open', async () => {
    lab.faults.add('exec=silence');
    const other = await again();
    void exec(client, 'echo never').catch(() => undefined);
    const answered = await Promise.race([
      exec(other, 'echo never').then(
        () => 'answered',
        () => 'closed',
      ),
      new Promise(resolve => setTimeout(resolve, 300, 'silent')),
    ]);
    assert.equal(answered, 'silent');
    other.destroy();
  });

  it('fail a set, a priority subtree, a commit', async () => {
    await configure(client, setDescription('before'), commit);
    lab.faults.add('set:1=fail:out of memory');
    assert.match((await configure(client, setDescription('never'))).stdout, /out of memory[\s\S]*set=1/);
    lab.faults.add('commit=fail:no space left');
    const failed = await configure(client, setDescription('never'), commit);
    assert.match(failed.stdout, /no space left\n\nCommit failed\ncommit=1/);
    assert.equal(await active(), 'before');
    lab.faults.add('commit:subtree:459=fail:the link is gone');
    const key = '$W set interfaces wireguard wg1 private-key yAYFhBnOloq5U06nCTalDvhCnaLBroX06J927dHTjXY=';
    const partial = await configure(client, setDescription('partly'), key, commit);
    assert.match(partial.stdout, /the link is gone\n\nCommit failed\ncommit=1/);
    assert.equal(await active(), 'partly');
  });

  it('fill the disk while saving, which keeps the file', async () => {
    const before = await exec(client, 'cat /config/config.boot');
    lab.faults.add('save=full');
    const { stdout } = await configure(client, setDescription('unsaved'), commit, '$W save; echo save=$?');
    assert.doesNotMatch(stdout, /Done/);
    assert.equal((await exec(client, 'cat /config/config.boot')).stdout, before.stdout);
  });

  it('can be asked for over SSH', async () => {
    const said = await exec(client, 'edgewg-lab fault exec:9=refuse now=clock:86400; edgewg-lab faults');
    assert.equal(said.stdout.split('\n')[0], 'armed exec:9=refuse');
    assert.equal((await exec(client, 'date +%s')).stdout.length, 11);
    assert.ok(Number((await exec(client, 'date +%s')).stdout) > Date.now() / 1000 + 86_000);
    assert.equal((await exec(client, 'edgewg-lab fault nonsense')).code, 2);
    assert.match((await exec(client, 'edgewg-lab')).stderr, /usage: edgewg-lab fault/);
    await exec(client, 'edgewg-lab clear');
    assert.equal((await exec(client, 'edgewg-lab faults | grep armed')).stdout, '');
  });

  it('put the clock forward, which fires what waits for it', async () => {
    await exec(client, 'at now + 2 hours', 'echo fired >/tmp/fired');
    await lab.now(parseFault('now=clock:7200'));
    assert.equal(
      (await exec(client, 'until [ -s /tmp/fired ]; do sleep 0.05; done; cat /tmp/fired')).stdout,
      'fired\n',
    );
  });

  it('run jobs later by at', async () => {
    assert.match(
      (await exec(client, 'at now + 10 minutes', 'echo never\n')).stderr,
      /^warning: .*\njob \d+ at /,
    );
    assert.match(
      (await exec(client, 'atq')).stdout,
      /^\d+\t\w{3} \w{3} [ \d]\d \d\d:\d\d:00 \d{4} a ubnt\n$/,
    );
    assert.equal(
      (await exec(client, 'atrm $(atq | cut -f1); atq; atrm 77')).stderr,
      'Cannot find jobid 77\n',
    );
    await exec(client, 'at now', 'id -un >/tmp/at; pwd >>/tmp/at\n');
    assert.equal(
      (await exec(client, 'until [ -s /tmp/at ]; do sleep 0.05; done; cat /tmp/at')).stdout,
      'ubnt\n/home/ubnt\n',
    );
  });
});
