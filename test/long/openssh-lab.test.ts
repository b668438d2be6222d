// The program itself, from its command line through two jump hosts and a real sshd to a lab router behind a forced command.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { type TestAccess, testAccess } from '../support/access.ts';
import { handOver } from '../support/behind-sshd.ts';
import { haveOpenSsh, Keys, publicKey, type Sshd, startSshd } from '../support/openssh.ts';
import { type Ran, runCli } from '../support/run-cli.ts';

const siteText = `version: 1
router: { host: edge }
tunnels:
  wg7:
    description: through three sshd
    address: [192.0.2.7/32]
    listenPort: 51827
    privateKey: /config/auth/wg7.key
    peers:
      other: { publicKey: GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc=, allowedIPs: [198.51.100.7/32] }
`;

describe('edgewg through a real sshd', function () {
  if (!haveOpenSsh()) return;
  this.timeout(600_000);
  const keys = new Keys();
  const names = ['one', 'two', 'edge'];
  const id = keys.make('id', 'ed25519', { passphrase: 'open sesame' });
  const inner = keys.make('inner', 'ed25519');
  let sshds: Sshd[] = [];
  let lab: Lab;
  let home: TestAccess;
  let site: string;

  before(async () => {
    lab = await startLab({ authorizedKeys: [publicKey(inner)] });
    home = testAccess();
    const forced = handOver(lab, inner, home);
    const hostKeys = names.map(name => keys.make(name, 'ed25519'));
    const authorized = [publicKey(id)];
    for (const [index, key] of hostKeys.entries()) {
      const lines = index === 2 ? [forced] : [];
      sshds.push(await startSshd({ hostKeys: [key], authorized, lines }));
    }
    const hosts = sshds.map(
      ({ port }, index) => `Host ${names[index]}\n  HostName 127.0.0.1\n  Port ${port}\n`,
    );
    home.write('.ssh/config', `${hosts.join('')}  ProxyJump one,two\nHost *\n  User ${home.localUser}\n`);
    home.write('.ssh/id_ed25519', readFileSync(id));
    const known = sshds.map(({ port }, index) => `[127.0.0.1]:${port} ${publicKey(hostKeys[index] ?? '')}\n`);
    home.write('.ssh/known_hosts', known.join(''));
    site = home.write('edgewg.yaml', siteText);
  });
  after(async () => {
    for (const sshd of sshds) await sshd.stop();
    sshds = [];
    await lab.close();
    home.remove();
    keys.remove();
  });

  const run = (...args: string[]): Promise<Ran> =>
    runCli([...args, '-f', site], { env: { HOME: home.home, EDGEWG_KEY_PASSPHRASE: 'open sesame' } });

  it('plans, applies, and has nothing left to do', async () => {
    const before = await run('plan', '--detailed-exitcode');
    assert.equal(before.exit, 2, before.stdout + before.stderr);
    const applied = await run('apply', '--yes');
    assert.equal(applied.exit, 0, applied.stderr);
    const again = await run('plan', '--detailed-exitcode');
    assert.equal(again.exit, 0, again.stdout + again.stderr);
    assert.match(readFileSync(join(lab.root, 'config/config.boot'), 'utf8'), /wireguard wg7 \{/);
    const said = [before, applied, again].map(({ stdout, stderr }) => stdout + stderr).join('');
    assert.ok(!said.includes('open sesame'));
  });

  it('says who refuses, and leaves with 4', async () => {
    home.write('.ssh/known_hosts', '');
    const { exit, stderr } = await run('plan');
    assert.equal(exit, 4);
    assert.match(stderr, /the host key of one is unknown/);
    assert.match(stderr, /--accept-new-host-key/);
    assert.doesNotMatch(stderr, /at .*\.js:/);
  });
});
