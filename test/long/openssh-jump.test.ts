// Through jump hosts to the real sshd: three of them in a row, each with a key of its own.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolveTarget } from '../../src/ssh/connection.ts';
import { type TestAccess, testAccess } from '../support/access.ts';
import { comeIn } from '../support/come-in.ts';
import {
  fingerprintOf,
  freePort,
  haveOpenSsh,
  Keys,
  publicKey,
  type Sshd,
  sessionsOf,
  startSshd,
} from '../support/openssh.ts';

const router = { host: 'router', legacyAlgorithms: [] };

describe('jump hosts', function () {
  if (!haveOpenSsh()) return;
  this.timeout(600_000);
  const keys = new Keys();
  const hostKeys = ['one', 'two', 'three'].map(name => keys.make(name, 'ed25519'));
  const [one, two, three] = hostKeys as [string, string, string];
  const id = keys.make('id', 'ed25519');
  let jump1: Sshd;
  let jump2: Sshd;
  let target: Sshd;
  let access: TestAccess;

  before(async () => {
    const authorized = [publicKey(id)];
    jump1 = await startSshd({ hostKeys: [one], authorized });
    jump2 = await startSshd({ hostKeys: [two], authorized });
    target = await startSshd({ hostKeys: [three], authorized });
  });
  after(async () => {
    for (const sshd of [jump1, jump2, target]) await sshd.stop();
    keys.remove();
  });
  beforeEach(() => {
    access = testAccess();
    access.write('.ssh/id_ed25519', readFileSync(id));
    access.write(
      '.ssh/known_hosts',
      known(jump1.port, one) + known(jump2.port, two) + known(target.port, three),
    );
  });
  afterEach(() => access.remove());

  const known = (port: number, key: string) => `[127.0.0.1]:${port} ${publicKey(key)}\n`;
  const host = (name: string, port: number) => `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n`;
  const hosts = () => host('jump1', jump1.port) + host('jump2', jump2.port) + host('router', target.port);

  it('are passed in the order named, two in a row', async () => {
    access.write('.ssh/config', `${hosts()}  ProxyJump jump1,jump2\n`);
    const logged = [jump1, jump2].map(({ log }) => log().length);
    const dialer = await resolveTarget(router, access);
    assert.match(dialer.name, /router \(127\.0\.0\.1\) port \d+ through .*jump2 .* through .*jump1/);
    const connection = await dialer.dial();
    const input = 'x'.repeat(5_000_000);
    const { stdout, exit } = await connection.exec('cat; exit 7', { timeoutMs: 120_000, input });
    assert.deepEqual([stdout.length, exit], [input.length, 7]);
    assert.equal(connection.hostKey.fingerprint, fingerprintOf(three));
    await connection.close();
    for (const [index, { log }] of [jump1, jump2].entries()) {
      assert.match(log().slice(logged[index]), /Accepted publickey/, 'the login went through');
    }
  });

  it('may have jump hosts of their own, and be named by place', async () => {
    access.write(
      '.ssh/config',
      `${hosts()}  ProxyJump ${access.localUser}@jump2\nHost jump2\n  ProxyJump ssh://127.0.0.1:${jump1.port}\n`,
    );
    assert.equal((await comeIn(router, access)).code, 'in');
    const dialer = await resolveTarget(router, access);
    assert.equal(dialer.name.split(' through ').length, 3);
  });

  it('may stand before all other hosts, but not before themselves, nor in circles', async () => {
    access.write('.ssh/config', `${hosts()}Host !jump1 *\n  ProxyJump jump1\n`);
    const dialer = await resolveTarget(router, access);
    assert.equal(dialer.name.split(' through ').length, 2);
    assert.equal((await comeIn(router, access)).code, 'in');
    access.write('.ssh/config', `${hosts()}Host *\n  ProxyJump jump1\n`);
    assert.equal((await comeIn(router, access)).code, 'jump-loop');
    access.write(
      '.ssh/config',
      `${hosts()}  ProxyJump jump1\nHost jump1\n  ProxyJump jump2\nHost jump2\n  ProxyJump jump1\n`,
    );
    assert.equal((await comeIn(router, access)).code, 'jump-loop');
  });

  it('that do not forward are named', async () => {
    const closed = await startSshd({
      hostKeys: [one],
      authorized: [publicKey(id)],
      lines: ['AllowTcpForwarding no'],
    });
    try {
      access.write('.ssh/known_hosts', known(closed.port, one) + known(target.port, three));
      access.write(
        '.ssh/config',
        `${host('jump1', closed.port)}${host('router', target.port)}  ProxyJump jump1\n`,
      );
      const { code, text, hint } = await comeIn(router, access);
      assert.equal(code, 'jump-refused');
      assert.match(text, /jump1/);
      assert.match(hint, /AllowTcpForwarding/);
    } finally {
      await closed.stop();
    }
  });

  it('that do not reach the next one are named', async () => {
    const nobody = await freePort();
    access.write('.ssh/config', `${host('jump1', jump1.port)}${host('router', nobody)}  ProxyJump jump1\n`);
    const { code, text } = await comeIn(router, access);
    assert.equal(code, 'jump-refused');
    assert.match(text, /jump host jump1 doesn't get through to router .*refused/i);
  });

  it('must show the right key, each of them', async () => {
    access.write('.ssh/config', `${hosts()}  ProxyJump jump1,jump2\n`);
    access.write('.ssh/known_hosts', known(jump1.port, one) + known(target.port, three));
    const unknown = await comeIn(router, access);
    assert.equal(unknown.code, 'host-key-unknown');
    assert.match(unknown.text, /jump2/);
    access.write(
      '.ssh/known_hosts',
      known(jump1.port, three) + known(jump2.port, two) + known(target.port, three),
    );
    const changed = await comeIn(router, access);
    assert.equal(changed.code, 'host-key-changed');
    assert.match(changed.text, /jump1/);
  });

  it('must let us in, and it is said which does not', async () => {
    access.write('.ssh/config', `${hosts()}  ProxyJump jump1,jump2\nHost jump2\n  PubkeyAuthentication no\n`);
    const { code, text } = await comeIn(router, access);
    assert.equal(code, 'login-refused');
    assert.match(text, /^jump2 doesn't let/);
  });

  it('that die take the connection with them', async () => {
    const mortal = await startSshd({
      hostKeys: [two],
      authorized: [publicKey(id)],
    });
    access.write(
      '.ssh/known_hosts',
      known(jump1.port, one) + known(mortal.port, two) + known(target.port, three),
    );
    access.write(
      '.ssh/config',
      `${host('jump1', jump1.port)}${host('jump2', mortal.port)}${host('router', target.port)}  ProxyJump jump1,jump2\n`,
    );
    const connection = await (await resolveTarget(router, access)).dial();
    const running = connection.exec('echo started; sleep 60', {
      timeoutMs: 120_000,
      onStdout: () => {
        for (const pid of sessionsOf(mortal)) process.kill(pid, 'SIGKILL');
      },
    });
    await assert.rejects(running, { code: 'connection-lost' });
    await connection.close();
    await mortal.stop();
  });

  it('are no way to start a program', async () => {
    access.write('.ssh/config', `${hosts()}  ProxyCommand ssh -W %h:%p jump1\n`);
    const { code, text, hint } = await comeIn(router, access);
    assert.equal(code, 'proxy-command');
    assert.match(text, /'ssh -W %h:%p jump1'/);
    assert.match(hint, /ProxyJump/);
  });
});
