// A key with the forced command of `edgewg ssh-command`, on a real sshd in front of a lab router: it can plan, and nothing else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { connect, systemAccess } from '../../src/ssh/connection.ts';
import { type TestAccess, testAccess } from '../support/access.ts';
import { haveOpenSsh, isRoot, Keys, makeUser, publicKey, type Sshd, startSshd } from '../support/openssh.ts';
import { type Ran, runCli } from '../support/run-cli.ts';

type Terminal = Parameters<typeof systemAccess>[0]['terminal'];

describe('a key that may only plan', function () {
  if (!haveOpenSsh()) return;
  this.timeout(600_000);
  const name = 'edgewgplan';
  const keys = new Keys();
  const [id, inner, host] = ['id', 'inner', 'host'].map(key => keys.make(key, 'ed25519')) as [
    string,
    string,
    string,
  ];
  let lab: Lab;
  let home: TestAccess;
  let sshd: Sshd;
  let user: ReturnType<typeof makeUser>;
  let site: string;

  before(async function () {
    if (!isRoot) {
      process.stderr.write(
        '\n!!! SKIPPED: needs root, for it makes a user whose shell is the lab router\n\n',
      );
      this.skip();
    }
    lab = await startLab({ authorizedKeys: [publicKey(inner)] });
    home = testAccess();
    chmodSync(home.home, 0o755);
    const known = home.write('lab_known', `${lab.hostKeyLine.trim()}\n`);
    user = makeUser(name, 'x');
    const own = home.write('inner', readFileSync(inner));
    chmodSync(own, 0o600);
    execFileSync('chown', [name, own]);
    const shell = home.write(
      'shell',
      `#!/bin/sh\nexec ssh -F /dev/null -i ${own} -o UserKnownHostsFile=${known} -o BatchMode=yes -o LogLevel=ERROR -p ${lab.port} ${lab.user}@${lab.host} "$2"\n`,
    );
    chmodSync(known, 0o644);
    chmodSync(shell, 0o755);
    execFileSync('usermod', ['--shell', shell, name]);
    const pub = join(home.home, 'id.pub');
    copyFileSync(`${id}.pub`, pub);
    const printed = await runCli(['ssh-command', '--public-key', pub]);
    assert.equal(printed.exit, 0, printed.stderr);
    sshd = await startSshd({ hostKeys: [host], authorized: printed.stdout.trim().split('\n') });
    home.write('.ssh/id_ed25519', readFileSync(id));
    home.write('.ssh/known_hosts', `[127.0.0.1]:${sshd.port} ${publicKey(host)}\n`);
    site = home.write(
      'edgewg.yaml',
      `version: 1\nrouter: { host: 127.0.0.1, port: ${sshd.port}, user: ${name} }\ntunnels:\n  wg7: { listenPort: 51827, unfiltered: a test }\n`,
    );
  });
  after(async () => {
    await sshd?.stop();
    user?.remove();
    await lab?.close();
    home?.remove();
    keys.remove();
  });

  const run = (...args: string[]): Promise<Ran> =>
    runCli([...args, '-f', site], { env: { HOME: home.home } });
  it('plans', async () => {
    const ran = await run('plan', '--detailed-exitcode');
    assert.equal(ran.exit, 2, ran.stdout + ran.stderr);
    assert.match(ran.stdout, /^\+ tunnel wg7/m);
  });

  it('changes nothing', async () => {
    const before = readFileSync(join(lab.root, 'config/config.boot'), 'utf8');
    const ran = await run('apply', '--yes');
    assert.equal(ran.exit, 4, ran.stdout + ran.stderr);
    assert.match(ran.stderr, /did not run the transaction/);
    assert.equal((await run('keys', '--make')).exit, 4);
    assert.equal(readFileSync(join(lab.root, 'config/config.boot'), 'utf8'), before);
  });

  it('runs no other command', async () => {
    const terminal = { input: { isTTY: false }, output: { isTTY: false } } as unknown as Terminal;
    const env = { HOME: home.home };
    const outside = systemAccess({ env, terminal, acceptNewHostKey: false, notice: () => {} });
    const target = { host: '127.0.0.1', port: sshd.port, user: name, legacyAlgorithms: [] };
    const connection = await connect(target, outside);
    try {
      for (const command of ['cat /config/config.boot', 'echo tripwire; id', 'sh']) {
        const ran = await connection.exec(command, { input: 'echo tripwire\n', timeoutMs: 120_000 });
        assert.equal(ran.stdout.toString(), '');
        assert.match(ran.stderr.toString(), /no nonce on stdin/);
        assert.equal(ran.exit, 64);
      }
    } finally {
      await connection.close();
    }
  });
});
