// Host keys against the real sshd: what is known, unknown, changed, revoked, and what EDGEWG_HOST_KEY says.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { resolveTarget } from '../../src/ssh/connection.ts';
import { type TestAccess, type TestAccessOptions, testAccess } from '../support/access.ts';
import { at, comeIn } from '../support/come-in.ts';
import { fingerprintOf, haveOpenSsh, Keys, publicKey, type Sshd, startSshd } from '../support/openssh.ts';

describe('host keys of a real sshd', function () {
  if (!haveOpenSsh()) return;
  this.timeout(600_000);
  const keys = new Keys();
  const ed25519 = keys.make('host_ed25519', 'ed25519');
  const rsa = keys.make('host_rsa', 'rsa', { bits: 2048 });
  const ecdsa = keys.make('host_ecdsa', 'ecdsa', { bits: 384 });
  const other = keys.make('other', 'ed25519');
  const authority = keys.make('authority', 'ed25519');
  const user = keys.make('id', 'ed25519');
  let sshd: Sshd;
  let name: string;
  let access: TestAccess;

  before(async () => {
    sshd = await startSshd({ hostKeys: [ed25519, rsa, ecdsa], authorized: [publicKey(user)] });
    name = `[127.0.0.1]:${sshd.port}`;
  });
  after(async () => {
    await sshd.stop();
    keys.remove();
  });
  afterEach(() => access.remove());

  /** A home with the user's key and these known_hosts lines. */
  function home(knownHosts: string, options: TestAccessOptions = {}, config = ''): TestAccess {
    access = testAccess(options);
    access.write('.ssh/id_ed25519', readFileSync(user));
    access.write('.ssh/known_hosts', knownHosts);
    access.write('.ssh/config', config);
    return access;
  }

  const comes = async (knownHosts: string, options?: TestAccessOptions, config?: string) =>
    comeIn(at(sshd.port), home(knownHosts, options, config));

  it('let in by a known key of any type, whichever the server prefers', async () => {
    for (const key of [ed25519, rsa, ecdsa]) {
      assert.equal((await comes(`${name} ${publicKey(key)}\n`)).code, 'in', key);
    }
  });

  it('let in by a hashed name, by wildcards, by one of several keys, by the name without port', async () => {
    const hashed = home(`${name} ${publicKey(ed25519)}\n`);
    execFileSync('ssh-keygen', ['-H', '-f', join(hashed.home, '.ssh/known_hosts')], { stdio: 'ignore' });
    const text = readFileSync(join(hashed.home, '.ssh/known_hosts'), 'utf8');
    assert.match(text, /^\|1\|/);
    assert.equal((await comeIn(at(sshd.port), hashed)).code, 'in');
    for (const line of ['[127.0.0.*]:*', 'router,[127.0.0.?]:*', '127.0.0.1', `!router,${name}`]) {
      hashed.remove();
      assert.equal((await comes(`${line} ${publicKey(ed25519)}\n`)).code, 'in', line);
    }
    access.remove();
    assert.equal((await comes(`${name} ${publicKey(other)}\n${name} ${publicKey(ed25519)}\n`)).code, 'in');
  });

  it('unknown are refused with their fingerprint and the way to accept them', async () => {
    for (const lines of [
      '',
      `!127.0.0.1,!${name},* ${publicKey(ed25519)}\n`,
      `[127.0.0.1]:1 ${publicKey(ed25519)}\n`,
    ]) {
      const { code, text, hint, exit } = await comes(lines);
      assert.deepEqual([code, exit], ['host-key-unknown', 4]);
      assert.ok(text.includes(fingerprintOf(ed25519)), text);
      assert.match(hint, /--accept-new-host-key/);
      access.remove();
    }
  });

  it('of other types than the known ones are told as that, and not taken for changed ones', async () => {
    const single = await startSshd({ hostKeys: [ed25519], authorized: [publicKey(user)] });
    try {
      const filed = home(`[127.0.0.1]:${single.port} ${publicKey(rsa)}\n`);
      const { code, text, hint, exit } = await comeIn(at(single.port), filed);
      assert.deepEqual([code, exit], ['host-key-other-type', 4]);
      assert.match(text, /known is ssh-rsa SHA256:\S+ \(\S+known_hosts:1\), it has ssh-ed25519/);
      assert.match(hint, /compare its key with the one on the router/);
    } finally {
      await single.stop();
    }
  });

  it('changed are refused with both fingerprints and the line, whatever is asked', async () => {
    const line = `# comment\n${name} ${publicKey(other)}\n`;
    for (const acceptNewHostKey of [false, true]) {
      const { code, text } = await comes(line, { acceptNewHostKey }, 'StrictHostKeyChecking no\n');
      assert.equal(code, 'host-key-changed');
      assert.ok(text.includes(fingerprintOf(ed25519)) && text.includes(fingerprintOf(other)), text);
      assert.match(text, /known_hosts:2\)/);
      assert.equal(readFileSync(join(access.home, '.ssh/known_hosts'), 'utf8'), line);
      access.remove();
    }
  });

  it('revoked are refused, though they are known as well', async () => {
    const { code, text } = await comes(`${name} ${publicKey(ed25519)}\n@revoked * ${publicKey(ed25519)}\n`);
    assert.equal(code, 'host-key-revoked');
    assert.match(text, /known_hosts:2\)/);
    access.remove();
    const pinned = { env: { EDGEWG_HOST_KEY: publicKey(ed25519) } };
    assert.equal((await comes(`@revoked ${name} ${publicKey(ed25519)}\n`, pinned)).code, 'host-key-revoked');
  });

  it('signed by an authority can not be checked, which is said', async () => {
    const certificate = keys.certify(ed25519, authority, ['-h', '-n', '127.0.0.1']);
    const lines = [`HostCertificate ${certificate}`];
    const certified = await startSshd({ hostKeys: [ed25519], authorized: [publicKey(user)], lines });
    const filed = `[127.0.0.1]:${certified.port}`;
    const trusting = `@cert-authority ${filed} ${publicKey(authority)}\n`;
    const { code, text } = await comeIn(at(certified.port), home(trusting));
    assert.equal(code, 'host-key-certificate');
    assert.ok(text.includes(fingerprintOf(ed25519)), text);
    access.remove();
    assert.equal((await comeIn(at(certified.port), home(trusting, { acceptNewHostKey: true }))).code, 'in');
    access.remove();
    assert.equal(
      (await comeIn(at(certified.port), home(`${trusting}${filed} ${publicKey(ed25519)}\n`))).code,
      'in',
    );
    await certified.stop();
  });

  it('new are written down on request, so that ssh itself trusts them', async () => {
    for (const hashed of [false, true]) {
      const config = hashed ? 'HashKnownHosts yes\n' : '';
      const before = `elsewhere ${publicKey(other)}`; // no newline at its end
      assert.equal((await comes(before, { acceptNewHostKey: true }, config)).code, 'in');
      assert.equal(access.notices.length, 1);
      assert.ok(access.notices[0]?.includes(fingerprintOf(ed25519)));
      const file = join(access.home, '.ssh/known_hosts');
      const [first, second, ...rest] = readFileSync(file, 'utf8').split('\n');
      assert.deepEqual([first, rest], [before, ['']]);
      assert.equal(second?.startsWith('|1|'), hashed);
      const options = [
        '-F',
        '/dev/null',
        '-o',
        `UserKnownHostsFile=${file}`,
        '-o',
        'StrictHostKeyChecking=yes',
      ];
      const said = execFileSync(
        'ssh',
        [...options, '-i', user, '-p', String(sshd.port), '127.0.0.1', 'echo in'],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
      assert.equal(said, 'in\n');
      assert.equal((await comeIn(at(sshd.port), { ...access, acceptNewHostKey: false })).code, 'in');
      access.remove();
    }
  });

  it('new are written to a new file that is nobody else’s', async () => {
    access = testAccess({ acceptNewHostKey: true });
    access.write('keys/id', readFileSync(user));
    access.write('.ssh/config', 'IdentityFile ~/keys/id\nUserKnownHostsFile ~/new/known\n');
    const dialer = await resolveTarget(at(sshd.port), access);
    for (let dial = 0; dial < 2; dial++) await (await dialer.dial()).close();
    assert.equal(access.notices.length, 1, 'the second connection of the same run finds it accepted');
    assert.equal(statSync(join(access.home, 'new/known')).mode & 0o777, 0o600);
    assert.equal(readFileSync(join(access.home, 'new/known'), 'utf8').split('\n').length, 2);
  });

  it('new that can not be written down are refused', async () => {
    home('', { acceptNewHostKey: true }, 'UserKnownHostsFile ~/.ssh/config/known\n');
    assert.equal((await comeIn(at(sshd.port), access)).code, 'known-hosts-unwritable');
  });

  it('are those of EDGEWG_HOST_KEY when it is set', async () => {
    const wrong = `${name} ${publicKey(other)}\n`;
    const right = [
      publicKey(rsa),
      `${publicKey(ecdsa)} comment`,
      fingerprintOf(ed25519),
      `${name} ${publicKey(ed25519)}`,
    ];
    for (const pin of [...right, `# both\n${publicKey(other)}\n\n${publicKey(ed25519)}\n`]) {
      assert.equal((await comes(wrong, { env: { EDGEWG_HOST_KEY: pin } })).code, 'in', pin);
      access.remove();
    }
    for (const pin of [publicKey(other), fingerprintOf(other), `elsewhere ${publicKey(ed25519)}`]) {
      const { code, text } = await comes(`${name} ${publicKey(ed25519)}\n`, {
        env: { EDGEWG_HOST_KEY: pin },
      });
      assert.equal(code, 'host-key-changed', pin);
      assert.ok(text.includes(fingerprintOf(ed25519)));
      access.remove();
    }
    const { code, exit } = await comes('', { env: { EDGEWG_HOST_KEY: 'yes please' } });
    assert.deepEqual([code, exit], ['host-key-pin', 3]);
  });

  it('go by HostKeyAlias, and by the files that ssh_config names', async () => {
    const config = 'HostKeyAlias Edge\nUserKnownHostsFile ~/none ~/mine\nGlobalKnownHostsFile none\n';
    home('', {}, config);
    access.write('mine', `edge ${publicKey(ed25519)}\n`);
    assert.equal((await comeIn(at(sshd.port), access)).code, 'in');
    access.remove();
    home('', {});
    access.write('etc/ssh_known_hosts', `${name} ${publicKey(ed25519)}\n`);
    assert.equal((await comeIn(at(sshd.port), access)).code, 'in');
  });
});
