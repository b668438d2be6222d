// Commands on the real sshd: output of any size, forced commands, rekeying, and the ways in which a connection ends.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type Connection, connect, resolveTarget } from '../../src/ssh/connection.ts';
import { type TestAccess, testAccess } from '../support/access.ts';
import { at, comeIn } from '../support/come-in.ts';
import { haveOpenSsh, Keys, publicKey, type Sshd, startSshd } from '../support/openssh.ts';

describe('commands on a real sshd', function () {
  if (!haveOpenSsh()) return;
  this.timeout(600_000);
  const keys = new Keys();
  const hostKey = keys.make('host', 'ed25519');
  const id = keys.make('id', 'ed25519');
  let sshd: Sshd;
  let access: TestAccess;
  let connection: Connection;
  const limits = { timeoutMs: 120_000 };

  const start = (...lines: string[]) =>
    startSshd({ hostKeys: [hostKey], authorized: [publicKey(id)], lines });

  before(async () => {
    sshd = await start();
  });
  after(async () => {
    await sshd.stop();
    keys.remove();
  });
  beforeEach(async () => {
    access = testAccess({ env: { EDGEWG_HOST_KEY: publicKey(hostKey) } });
    access.write('.ssh/id_ed25519', readFileSync(id));
    connection = await connect(at(sshd.port), access);
  });
  afterEach(async () => {
    await connection.close();
    access.remove();
  });

  it('give stdout, stderr and exit code', async () => {
    const { stdout, stderr, exit } = await connection.exec('cat; echo no >&2; exit 3', {
      ...limits,
      input: 'yes',
    });
    assert.deepEqual([stdout.toString(), stderr.toString(), exit], ['yes', 'no\n', 3]);
  });

  it('tell the signal that ended them', async () => {
    const { exit, signal } = await connection.exec('kill -TERM $$', limits);
    assert.deepEqual([exit, signal], [undefined, 'SIGTERM']);
  });

  it('print and read 30 MB unharmed while keys are renewed', async () => {
    const input = Buffer.alloc(30_000_000);
    for (let at = 0; at < input.length; at += 4) input.writeUInt32BE(at, at);
    const eager = await start('LogLevel DEBUG1', 'RekeyLimit 4M');
    const other = await connect(at(eager.port), access);
    const { stdout, exit } = await other.exec('cat', { ...limits, input });
    await other.close();
    await eager.stop();
    assert.ok(stdout.equals(input));
    assert.equal(exit, 0);
    assert.ok((eager.log().match(/rekey/gi)?.length ?? 0) > 3, eager.log());
  });

  it('run side by side and one after the other', async () => {
    const results = await Promise.all([1, 2, 3, 4, 5].map(n => connection.exec(`echo ${n}`, limits)));
    assert.deepEqual(
      results.map(({ stdout }) => stdout.toString()),
      ['1\n', '2\n', '3\n', '4\n', '5\n'],
    );
  });

  it('have no terminal', async () => {
    const { stdout } = await connection.exec('tty; echo "$SSH_TTY"', limits);
    assert.equal(stdout.toString(), 'not a tty\n\n');
  });

  it('end with the connection, which is no exit code', async () => {
    const seen: string[] = [];
    const running = connection.exec('echo $PPID; sleep 60', {
      ...limits,
      onStdout: chunk => seen.push(chunk.toString()) && kill(seen),
    });
    await assert.rejects(running, { code: 'connection-lost', exit: 4 });
    await connection.closed;
    await assert.rejects(connection.exec('true', limits), { code: 'connection-lost' });
  });

  it('end with a server that falls silent, by ServerAliveInterval', async () => {
    access.write('.ssh/config', 'ServerAliveInterval 1\nServerAliveCountMax 1\n');
    const quiet = await connect(at(sshd.port), access);
    let pid = 0;
    const running = quiet.exec('echo $PPID; sleep 60', {
      ...limits,
      onStdout: chunk => {
        pid = Number(chunk.toString());
        process.kill(pid, 'SIGSTOP');
      },
    });
    await assert.rejects(running, { code: 'connection-lost', message: /fell silent/ });
    process.kill(pid, 'SIGKILL');
    await quiet.close();
  });

  it('follow one another where one session is allowed at a time', async () => {
    const narrow = await start('MaxSessions 1');
    const one = await connect(at(narrow.port), access);
    for (let i = 0; i < 30; i++) assert.equal((await one.exec(`exit ${i}`, limits)).exit, i);
    await one.close();
    await narrow.stop();
  });

  it('may be forced, or refused', async () => {
    const forced = await start('ForceCommand echo "you asked for $SSH_ORIGINAL_COMMAND"');
    const none = await start('MaxSessions 0');
    assert.equal((await comeIn(at(forced.port), access, 'reboot')).text, 'you asked for reboot');
    assert.equal((await comeIn(at(none.port), access)).code, 'exec-refused');
    await forced.stop();
    await none.stop();
  });

  it('come soon: a second connection logs in without trying what failed before', async () => {
    const dialer = await resolveTarget(at(sshd.port), access);
    await (await dialer.dial()).close();
    const before = sshd.log().length;
    const began = performance.now();
    await (await dialer.dial()).close();
    assert.ok(performance.now() - began < 60_000);
    assert.doesNotMatch(sshd.log().slice(before), /Failed|method none/);
  });
});

/** The session's sshd process, whose pid the command printed. */
function kill(seen: string[]): void {
  process.kill(Number(seen.join('')), 'SIGKILL');
}
