// The mishaps that take their time: locks that are held, restarts, a slow line.
import assert from 'node:assert/strict';
import type { Client } from 'ssh2';
import { parseFault } from '../../src/lab/faults.ts';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { connect, exec } from '../support/ssh.ts';

const W = '/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper';

/** A script in one session, as edgewg runs it. */
const configure = (client: Client, ...lines: string[]) =>
  exec(client, 'sg vyattacfg -c "bash -s"', [`W=${W}`, '$W begin', ...lines, '$W end'].join('\n'));
const setDescription = (text: string) => `$W set interfaces ethernet eth1 description ${text}; echo set=$?`;
const commit = '$W commit; echo commit=$?';

const closing = (client: Client) => new Promise<void>(resolve => client.on('close', () => resolve()));

describe('slow mishaps in the lab', () => {
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

  it('hold the lock, or let another commit in between', async () => {
    lab.faults.add('commit=lock:1000');
    const held = await configure(
      client,
      setDescription('late'),
      commit,
      'until $W commit >/dev/null; do sleep 0.1; done',
    );
    assert.match(held.stdout, /temporarily locked due to another commit in progress\ncommit=1/);
    assert.equal(await active(), 'late');
    lab.faults.add(
      "commit=foreign:set system host-name other;set interfaces ethernet eth0 description 'by another'",
    );
    assert.match((await configure(client, setDescription('mine'), commit)).stdout, /commit=0/);
    const { stdout } = await exec(client, 'cli-shell-api showConfig --show-active-only --show-commands');
    assert.match(stdout, /host-name other/);
    assert.match(stdout, /eth0 description 'by another'/);
    assert.match(stdout, /eth1 description mine/);
  });

  it('let a name no longer resolve, which holds the lock for a minute', async () => {
    const peer =
      'interfaces wireguard wg0 peer GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc= endpoint vpn.example.net';
    const key = [
      'umask 027; wg genkey >/config/auth/wg0.key',
      '$W set interfaces wireguard wg0 private-key /config/auth/wg0.key',
    ];
    assert.match((await configure(client, ...key, `$W set ${peer}:51820`, commit)).stdout, /commit=0/);
    assert.match((await exec(client, 'sudo wg show wg0 endpoints')).stdout, /203\.0\.113\.7:51820/);
    lab.faults.add('commit=unresolved');
    const waiting = await again();
    void configure(waiting, `$W set ${peer}:51821`, commit).catch(() => undefined);
    while (lab.faults.fired.at(-1)?.kind !== 'unresolved') await exec(client, 'sleep 0.05');
    assert.match(
      (await configure(client, setDescription('waits'), commit)).stdout,
      /temporarily locked[\s\S]*commit=1/,
    );
    waiting.destroy();
    await lab.reboot();
  });

  it('reboot: everything inside dies, and config.boot is what there is', async () => {
    await configure(client, setDescription('saved'), commit, '$W save', setDescription('lost'), commit);
    assert.equal(await active(), 'lost');
    await exec(client, 'echo x >/tmp/x; setsid sleep 1000 </dev/null >/dev/null 2>&1 &');
    lab.faults.add('commit:after=reboot');
    const closed = closing(client);
    void configure(client, setDescription('never'), commit).catch(() => undefined);
    await closed;
    await lab.reboot();
    assert.equal(await active(), 'saved');
    const fresh = await again();
    assert.equal(
      (await exec(fresh, 'ls /tmp; pgrep sleep; cat /config/auth/wg0.key | wc -c')).stdout,
      '45\n',
    );
    fresh.end();
  });

  it('survive logins while they reboot', async () => {
    const logins = Array.from({ length: 10 }, () => again().then(one => one.destroy(), String));
    await lab.reboot();
    await Promise.all(logins);
    (await again()).end();
  });

  it('upgrade the firmware, which loses the wireguard package', async () => {
    const closed = closing(client);
    void lab.now(parseFault('now=upgrade'));
    await closed;
    await lab.reboot();
    const fresh = await again();
    const { stdout } = await exec(
      fresh,
      'dpkg-query -W wireguard; echo $?; cli-shell-api validateTmplPath interfaces wireguard; echo $?',
    );
    assert.equal(stdout, '1\n1\n');
    fresh.end();
  });

  it('delay every round trip', async () => {
    const slow = await startLab({ latencyMs: 100, password: 'x' });
    const start = performance.now();
    const far = await connect(slow, { password: 'x' });
    const connected = performance.now();
    await exec(far, 'true');
    const done = performance.now();
    assert.ok(connected - start > 400 && done - connected >= 200, `${connected - start} ${done - connected}`);
    far.end();
    await slow.close();
  });
});
