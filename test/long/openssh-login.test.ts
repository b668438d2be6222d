// Logging in to the real sshd: keys, agents, passphrases, passwords, and what is said when it is no use.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolveTarget } from '../../src/ssh/connection.ts';
import { type TestAccess, type TestAccessOptions, testAccess } from '../support/access.ts';
import { at, comeIn } from '../support/come-in.ts';
import {
  type Agent,
  haveOpenSsh,
  isRoot,
  Keys,
  makeUser,
  ownUser,
  publicKey,
  type Sshd,
  startAgent,
  startSshd,
} from '../support/openssh.ts';

const keys = new Keys();
let hostKey: string;
let access: TestAccess;

/** A home where the server's key is known, with files below it. */
function home(files: Record<string, string>, options: TestAccessOptions = {}): TestAccess {
  access = testAccess({ ...options, env: { EDGEWG_HOST_KEY: publicKey(hostKey), ...options.env } });
  for (const [path, source] of Object.entries(files)) {
    access.write(path, source.startsWith('/') ? readFileSync(source) : source);
  }
  return access;
}

describe('a login to a real sshd', function () {
  if (!haveOpenSsh()) return;
  this.timeout(600_000);
  let sshd: Sshd;
  let agent: Agent;
  const types: [name: string, type: string, options?: { bits?: number; format?: string }][] = [
    ['ed25519', 'ed25519'],
    ['ecdsa256', 'ecdsa', { bits: 256 }],
    ['ecdsa521', 'ecdsa', { bits: 521 }],
    ['rsa', 'rsa', { bits: 2048 }],
    ['rsa_pem', 'rsa', { bits: 2048, format: 'PEM' }],
    ['ecdsa_pkcs8', 'ecdsa', { bits: 384, format: 'PKCS8' }],
  ];
  const stranger = keys.make('stranger', 'ed25519');
  hostKey = keys.make('host', 'ed25519');
  const open = types.map(([name, type, options]) => keys.make(name, type, options));
  const locked = types.map(([name, type, options]) =>
    keys.make(`${name}_locked`, type, { ...options, passphrase: 'open sesame' }),
  );
  const [id, lockedId] = [open[0] ?? '', locked[0] ?? ''];

  before(async () => {
    sshd = await startSshd({ hostKeys: [hostKey], authorized: [...open, ...locked].map(publicKey) });
    agent = await startAgent();
  });
  after(async () => {
    await agent.stop();
    await sshd.stop();
    keys.remove();
  });
  afterEach(() => access.remove());

  it('works with key files of every kind', async () => {
    for (const key of open) {
      assert.equal((await comeIn(at(sshd.port), home({ '.ssh/id_rsa': key }))).code, 'in', key);
      access.remove();
    }
  });

  it('works with encrypted key files of every kind, by EDGEWG_KEY_PASSPHRASE and by asking', async () => {
    for (const key of locked) {
      const env = { EDGEWG_KEY_PASSPHRASE: 'open sesame' };
      assert.equal((await comeIn(at(sshd.port), home({ '.ssh/id_rsa': key }, { env }))).code, 'in', key);
      access.remove();
      home({ '.ssh/id_rsa': key }, { answers: ['wrong', 'open sesame'] });
      assert.equal((await comeIn(at(sshd.port), access)).code, 'in', key);
      assert.deepEqual(access.questions, Array(2).fill(`Passphrase for ${access.home}/.ssh/id_rsa: `));
      access.remove();
    }
  });

  it('asks for a passphrase once for two connections, and never for a key that the server does not take', async () => {
    const config = 'IdentityFile ~/.ssh/stranger\nIdentityFile ~/.ssh/mine\n';
    const lockedStranger = keys.make('stranger_locked', 'ed25519', { passphrase: 'x' });
    home(
      { '.ssh/stranger': lockedStranger, '.ssh/mine': lockedId, '.ssh/config': config },
      { answers: ['open sesame'] },
    );
    const dialer = await resolveTarget(at(sshd.port), access);
    for (let dial = 0; dial < 2; dial++) await (await dialer.dial()).close();
    assert.deepEqual(access.questions, [`Passphrase for ${access.home}/.ssh/mine: `]);
  });

  it('tells a wrong passphrase from a missing one', async () => {
    const wrong = await comeIn(
      at(sshd.port),
      home({ '.ssh/id_rsa': lockedId }, { env: { EDGEWG_KEY_PASSPHRASE: 'no' } }),
    );
    assert.equal(wrong.code, 'wrong-passphrase');
    assert.match(wrong.hint, /EDGEWG_KEY_PASSPHRASE/);
    access.remove();
    const missing = await comeIn(at(sshd.port), home({ '.ssh/id_rsa': lockedId }));
    assert.equal(missing.code, 'passphrase-missing');
  });

  it('takes the passphrase from a command', async () => {
    const env = { EDGEWG_KEY_PASSPHRASE: 'command:echo "open $WORD"', WORD: 'sesame' };
    assert.equal((await comeIn(at(sshd.port), home({ '.ssh/id_rsa': lockedId }, { env }))).code, 'in');
    access.remove();
    for (const command of ['command:exit 3', 'command:true']) {
      home({ '.ssh/id_rsa': lockedId }, { env: { EDGEWG_KEY_PASSPHRASE: command } });
      assert.equal((await comeIn(at(sshd.port), access)).code, 'secret-command', command);
      access.remove();
    }
    home({});
  });

  it('refuses key files that others can read, that are missing or no keys, and says which', async () => {
    const config = 'IdentityFile ~/.ssh/mine\n';
    home({ '.ssh/config': config });
    access.write('.ssh/mine', readFileSync(id), 0o644);
    const rights = await comeIn(at(sshd.port), access);
    assert.equal(rights.code, 'key-file-rights');
    assert.match(rights.text, /mine can be read by others \(0644\)/);
    access.remove();
    const missing = await comeIn(at(sshd.port), home({ '.ssh/config': config }));
    assert.equal(missing.code, 'key-file-missing');
    assert.match(missing.text, /\.ssh\/mine doesn't exist/);
    access.remove();
    assert.equal(
      (await comeIn(at(sshd.port), home({ '.ssh/config': config, '.ssh/mine': 'hello' }))).code,
      'key-file-unusable',
    );
    access.remove();
    home({ '.ssh/config': config });
    access.write('.ssh/mine/directory', '');
    assert.equal((await comeIn(at(sshd.port), access)).code, 'key-file-unreadable');
  });

  it('says when it has only the public half of a key that the server takes', async () => {
    const files = { '.ssh/config': 'IdentityFile ~/.ssh/mine\n', '.ssh/mine.pub': `${id}.pub` };
    const { code, text } = await comeIn(at(sshd.port), home(files));
    assert.equal(code, 'key-file-missing');
    assert.match(text, /mine holds only the public key/);
  });

  it('lists what it tried when no key is taken', async () => {
    const { code, text, hint } = await comeIn(at(sshd.port), home({ '.ssh/id_ed25519': stranger }));
    assert.equal(code, 'login-refused');
    assert.match(text, /tried .*\.ssh\/id_ed25519 \(it takes publickey\)/);
    assert.match(hint, /add one of these keys/);
    access.remove();
    assert.equal((await comeIn(at(sshd.port), home({}))).code, 'login-refused');
  });

  it('works with an ssh-agent, by SSH_AUTH_SOCK and by IdentityAgent', async () => {
    const env = { SSH_AUTH_SOCK: agent.socket };
    const empty = await comeIn(at(sshd.port), home({}, { env }));
    assert.equal(empty.code, 'agent-empty');
    access.remove();
    for (const key of open.slice(0, 4)) agent.add(key);
    assert.equal((await comeIn(at(sshd.port), home({}, { env }))).code, 'in');
    access.remove();
    assert.equal(
      (await comeIn(at(sshd.port), home({ '.ssh/config': `IdentityAgent ${agent.socket}\n` }))).code,
      'in',
    );
    access.remove();
    assert.equal(
      (await comeIn(at(sshd.port), home({ '.ssh/config': 'IdentityAgent none\n' }, { env }))).code,
      'login-refused',
    );
    access.remove();
    const gone = await comeIn(at(sshd.port), home({}, { env: { SSH_AUTH_SOCK: '/nowhere/agent' } }));
    assert.equal(gone.code, 'agent-unreachable');
  });

  it('signs with RSA, ECDSA and Ed25519 keys of an agent', async () => {
    for (const key of open.slice(0, 4)) {
      const config = `IdentitiesOnly yes\nIdentityFile ~/.ssh/mine.pub\n`;
      home(
        { '.ssh/config': config, '.ssh/mine.pub': `${key}.pub` },
        { env: { SSH_AUTH_SOCK: agent.socket } },
      );
      assert.equal((await comeIn(at(sshd.port), access)).code, 'in', key);
      access.remove();
    }
    home({});
  });

  it('offers only the named keys with IdentitiesOnly, where an agent holds too many', async () => {
    const crowd = await startAgent();
    const picky = await startSshd({
      hostKeys: [hostKey],
      authorized: [publicKey(id)],
      lines: ['MaxAuthTries 3'],
    });
    try {
      for (let count = 0; count < 5; count++) crowd.add(keys.make(`crowd${count}`, 'ed25519'));
      crowd.add(id);
      const env = { SSH_AUTH_SOCK: crowd.socket };
      const many = await comeIn(at(picky.port), home({}, { env }));
      assert.equal(many.code, 'too-many-tries');
      assert.match(many.hint, /IdentitiesOnly/);
      access.remove();
      const config = 'IdentitiesOnly yes\nIdentityFile ~/.ssh/mine\n';
      home({ '.ssh/config': config, '.ssh/mine.pub': `${id}.pub` }, { env });
      assert.equal((await comeIn(at(picky.port), access)).code, 'in');
    } finally {
      await crowd.stop();
      await picky.stop();
    }
  });

  it('says that it can not offer certificates, where nothing else is taken', async () => {
    const authority = keys.make('authority', 'ed25519');
    const mine = keys.make('certified', 'ed25519');
    const certificate = keys.certify(mine, authority, ['-n', ownUser]);
    const lines = [`TrustedUserCAKeys ${authority}.pub`];
    const trusting = await startSshd({ hostKeys: [hostKey], lines });
    for (const files of [
      { '.ssh/id_ed25519': mine, '.ssh/id_ed25519-cert.pub': certificate },
      {
        '.ssh/id_ed25519': mine,
        '.ssh/mine.pub': certificate,
        '.ssh/config': 'CertificateFile ~/.ssh/mine.pub\n',
      },
    ]) {
      const { code, text } = await comeIn(at(trusting.port), home(files));
      assert.equal(code, 'certificate-unsupported');
      assert.match(text, /tried .*id_ed25519 .*the certificate .* isn't offered/);
      access.remove();
    }
    home({});
    await trusting.stop();
  });

  it('goes by Host, HostName, Port, User, Include and %-tokens of ssh_config', async () => {
    home({
      '.ssh/config': 'Include conf.d/*.conf\nHost *\n  User nobody-here\n  Port 1\n',
      '.ssh/conf.d/10.conf': `Host edge rou?er !router\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  IdentityFile %d/keys/%n-%u\n`,
    });
    access.write(`keys/edge-${access.localUser}`, readFileSync(id));
    access.write('.ssh/conf.d/20.conf', `Host edge\n  User ${access.localUser}\n`);
    assert.equal((await comeIn({ host: 'edge', legacyAlgorithms: [] }, access)).code, 'in');
  });

  it('asks an old sshd only when the site file says so', async () => {
    const oldest = ['diffie-hellman-group1-sha1', 'ssh-rsa', 'aes128-cbc', 'hmac-sha1-96'];
    const lines = [
      'KexAlgorithms diffie-hellman-group1-sha1,diffie-hellman-group14-sha1',
      'HostKeyAlgorithms ssh-rsa',
      'Ciphers aes128-cbc',
      'MACs hmac-sha1-96',
    ];
    const oldHostKey = keys.make('old_host', 'rsa', { bits: 2048 });
    const rsa = open[3] ?? '';
    const old = await startSshd({ hostKeys: [oldHostKey], authorized: [publicKey(rsa)], lines });
    try {
      const env = { EDGEWG_HOST_KEY: publicKey(oldHostKey) };
      home({ '.ssh/id_rsa': rsa }, { env });
      // every kind that is lacking is told at once, and the best of each that the site file could allow
      const { code, text, hint } = await comeIn(at(old.port), access);
      assert.equal(code, 'old-algorithms');
      for (const name of oldest) assert.ok(text.includes(name), text);
      const remedy = /legacyAlgorithms: \[(.*)\]/.exec(hint)?.[1]?.split(', ') ?? [];
      assert.deepEqual(remedy, ['diffie-hellman-group14-sha1', ...oldest.slice(1)]);
      assert.equal((await comeIn(at(old.port, { legacyAlgorithms: remedy }), access)).code, 'in');
      assert.equal((await comeIn(at(old.port, { legacyAlgorithms: oldest }), access)).code, 'in');
    } finally {
      await old.stop();
    }
  });
});

describe('a login by password to a real sshd', function () {
  if (!haveOpenSsh()) return;
  if (!isRoot) {
    if (process.env['CI']) throw new Error('this suite makes a user with a password: run it as root in CI');
    process.stderr.write('\n!!! SKIPPED: passwords of a real sshd, only root can make a user with one\n\n');
    return;
  }
  this.timeout(600_000);
  const name = `edgewg-${process.pid}`;
  const password = 'correct horse';
  const passwordKeys = new Keys();
  let both: Sshd;
  let asking: Sshd;
  let user: { remove(): void };
  let twoSteps: Sshd;
  let id: string;

  before(async () => {
    hostKey = passwordKeys.make('host', 'ed25519');
    id = passwordKeys.make('id', 'ed25519');
    user = makeUser(name, password);
    const hostKeys = [hostKey];
    both = await startSshd({ hostKeys, lines: ['UsePAM yes', 'PasswordAuthentication yes'] });
    asking = await startSshd({ hostKeys, lines: ['UsePAM yes', 'KbdInteractiveAuthentication yes'] });
    const steps = ['UsePAM yes', 'PasswordAuthentication yes', 'AuthenticationMethods password,publickey'];
    twoSteps = await startSshd({ hostKeys, lines: steps, authorized: [publicKey(id)] });
  });
  after(async () => {
    for (const sshd of [both, asking, twoSteps]) await sshd.stop();
    user.remove();
    passwordKeys.remove();
  });
  afterEach(() => access.remove());

  it('works by EDGEWG_PASSWORD, a command, or a person, in both of its forms', async () => {
    for (const { port } of [both, asking]) {
      for (const EDGEWG_PASSWORD of [password, `command:printf '%s\\n' '${password}'`]) {
        assert.equal(
          (await comeIn(at(port, { user: name }), home({}, { env: { EDGEWG_PASSWORD } }))).code,
          'in',
        );
        access.remove();
      }
      home({}, { answers: ['wrong', password] });
      const dialer = await resolveTarget(at(port, { user: name }), access);
      for (let dial = 0; dial < 2; dial++) await (await dialer.dial()).close();
      assert.equal(access.questions.length, 2, 'nothing is asked for the second connection');
      assert.match(access.questions[0] ?? '', new RegExp(`${name}@127.0.0.1`));
      access.remove();
    }
    home({});
  });

  it('is refused when it is wrong, after one try where nobody is there', async () => {
    for (const { port } of [both, asking]) {
      const { code, text } = await comeIn(
        at(port, { user: name }),
        home({}, { env: { EDGEWG_PASSWORD: 'wrong' } }),
      );
      assert.equal(code, 'wrong-password');
      assert.match(text, /tried (password|keyboard-interactive) \(it takes/);
      assert.ok(!text.includes('wrong'));
      access.remove();
    }
    const { code } = await comeIn(at(both.port, { user: name }), home({}));
    assert.equal(code, 'no-password');
  });

  it('is not tried on a host whose key was accepted just now', async () => {
    for (const { port } of [both, asking]) {
      access = testAccess({ env: { EDGEWG_PASSWORD: password }, acceptNewHostKey: true });
      const { code, text } = await comeIn(at(port, { user: name }), access);
      assert.equal(code, 'password-withheld', text);
      assert.equal(
        (await comeIn(at(port, { user: name }), access)).code,
        'in',
        'the second run knows the key',
      );
      access.remove();
    }
    access = testAccess();
  });

  it('works as the first of two steps', async () => {
    home({ '.ssh/id_ed25519': id }, { env: { EDGEWG_PASSWORD: password } });
    const dialer = await resolveTarget(at(twoSteps.port, { user: name }), access);
    for (let dial = 0; dial < 2; dial++) await (await dialer.dial()).close();
  });
});
