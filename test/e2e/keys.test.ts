// Keys from the site file's references to the router: over stdin into files of their own, seen by nobody on the way. Runs against
// the lab, or against any router (test/support/under-test.ts), and leaves it as it found it.
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair, generatePresharedKey } from '../../src/wireguard/key.ts';
import type { Ran } from '../support/run-cli.ts';
import { type RouterUnderTest, routerUnderTest } from '../support/under-test.ts';

let router: RouterUnderTest;
const [first, second] = [generateKeyPair(), generateKeyPair()];
const psk = generatePresharedKey();
const secrets = [first.privateKey, second.privateKey, psk].map(secret => secret.reveal());

const site = (privateKey: string, presharedKey = 'command:./show-psk'): string => `version: 1
router: ${router.site}
manages: { interfaces: [wg906] }
mssClamp: { ipv4: off, ipv6: off }
tunnels:
  wg906:
    listenPort: 59906
    privateKey: ${privateKey}
    unfiltered: a test
    peers:
      far: { publicKey: ${Buffer.alloc(32, 6).toString('base64')}, presharedKey: "${presharedKey}", allowedIPs: [198.18.6.0/24] }
`;

const ok = (ran: Ran, exit = 0): Ran => {
  assert.equal(ran.exit, exit, `${ran.stdout}\n${ran.stderr}`);
  for (const secret of secrets)
    assert.ok(!`${ran.stdout}${ran.stderr}`.includes(secret), 'a secret was printed');
  return ran;
};
const wg = (what: string): Promise<string> => router.exec(`sudo -n wg show wg906 ${what}`);
const files = (): Promise<string> => router.exec('cd /config/auth && ls -l edgewg-wg906-* 2>/dev/null');

before(async () => {
  router = await routerUnderTest();
  const script = join(router.folder, 'show-psk');
  writeFileSync(script, `#!/bin/sh\ncat >&2\necho '${psk.reveal()}'\n`);
  chmodSync(script, 0o755);
  writeFileSync(join(router.folder, 'wg.key'), `${first.privateKey.reveal()}\n`);
});
after(async () => {
  await router?.exec('rm -f /config/auth/edgewg-wg906-*');
  await router?.close();
});

describe('keys that the site file refers to', () => {
  it('a plan resolves what needs no program, and writes nothing', async () => {
    router.write('a.yaml', site('file:wg.key'));
    const plan = ok(await router.edgewg('plan', '-f', 'a.yaml'));
    assert.ok(plan.stdout.includes(`public key ${first.publicKey}`));
    assert.match(plan.stdout, /EW017: the file of the preshared key of wg906 with far .* known at apply/);
    assert.equal(await files(), '');
    ok(await router.edgewg('plan', '-f', 'a.yaml', '--out', 'a.json'));
    assert.match(
      ok(await router.edgewg('apply', 'a.json', '-f', 'a.yaml', '--yes'), 3).stderr,
      /without the keys/,
    );
    const whole = ok(await router.edgewg('plan', '-f', 'a.yaml', '--run-commands', '--out', 'a.json'));
    assert.match(whole.stdout, /written there: sha256:/);
  });

  it('an apply writes them, 0640, and the interface has them', async () => {
    const ran = ok(await router.edgewg('apply', 'a.json', '-f', 'a.yaml', '--yes'));
    assert.ok(ran.stdout.includes(`public key of wg906: ${first.publicKey}`));
    assert.equal((await wg('public-key')).trim(), first.publicKey);
    assert.ok((await wg('preshared-keys')).includes(psk.reveal()));
    const lines = (await files()).trim().split('\n');
    assert.equal(lines.length, 2);
    for (const line of lines) assert.match(line, /^-rw-r----- 1 \S+ \S+ 45 /);
    assert.match(ok(await router.edgewg('apply', '-f', 'a.yaml', '--yes')).stdout, /nothing to do/);
  });

  it('another key is another file, and the plan shows both public keys', async () => {
    writeFileSync(join(router.folder, 'wg.key'), second.privateKey.reveal());
    const plan = ok(await router.edgewg('plan', '-f', 'a.yaml', '--run-commands'));
    assert.ok(plan.stdout.includes(`public key ${first.publicKey} → ${second.publicKey}`), plan.stdout);
    ok(await router.edgewg('apply', '-f', 'a.yaml', '--yes'));
    assert.equal((await wg('public-key')).trim(), second.publicKey);
    assert.equal((await files()).trim().split('\n').length, 3);
  });

  it('a reference that yields no key is refused at its place before the router is contacted', async () => {
    writeFileSync(join(router.folder, 'two.key'), `${secrets[0]}\n${secrets[1]}\n`);
    const cases: [string, RegExp][] = [
      ['file:two.key', /c\.yaml:8:17: file:two\.key yields 2 lines, where one/],
      ['file:none.key', /file:none\.key: there is no such file/],
      ['env:EDGEWG_NO_SUCH', /env:EDGEWG_NO_SUCH: there is no such variable/],
      ['command:no-such-program x', /there is no program no-such-program/],
      ['command:false', /command:false ended with exit code 1/],
      ['command:true', /command:true yields nothing/],
      ['command:echo x', /yields no WireGuard key: a key has 44 characters, this has 1/],
      ['file:.', /file:\.: can't read .*: it is no regular file/],
    ];
    for (const [reference, message] of cases) {
      router.write('c.yaml', site(`"${reference}"`).replace(/host: [^,]+/, 'host: no-such-host.invalid'));
      const ran = ok(await router.edgewg('apply', '-f', 'c.yaml', '--yes'), 3);
      assert.match(ran.stderr, message);
    }
  });

  it('leaves files alone that its plan would need for an existing interface, and says which are missing', async () => {
    router.write('d.yaml', site('/config/auth/no-such.key', '/config/auth/no-such.psk'));
    const ran = ok(await router.edgewg('plan', '-f', 'd.yaml'), 3);
    assert.match(
      ran.stdout,
      /EW010: \/config\/auth\/no-such\.key, the private key of wg906, isn't on the router/,
    );
    assert.match(
      ran.stdout,
      /EW015: \/config\/auth\/no-such\.psk, the preshared key of wg906 with far, isn't/,
    );
  });

  it('goes with its tunnel, but for the files', async () => {
    router.write('e.yaml', site('file:wg.key').replace(/tunnels:[\s\S]*/, 'tunnels: {}\n'));
    ok(await router.edgewg('apply', '-f', 'e.yaml', '--yes', '--allow', 'delete=9'));
    assert.equal(await wg('public-key'), '');
  });
});

describe('edgewg keys', () => {
  const made = '/config/auth/wg906.key';
  after(async () => {
    await router.exec(`rm -f ${made}`);
  });

  it('makes the keys of tunnels that are not there yet, and never over a file', async () => {
    router.write('f.yaml', site(made).replace(/, presharedKey: [^,]+/, ''));
    const before = ok(await router.edgewg('keys', '-f', 'f.yaml'));
    assert.match(before.stdout, /wg906\n {2}file {9}\/config\/auth\/wg906\.key\n {2}known by {5}far/);
    const first = ok(await router.edgewg('keys', '--make', '-f', 'f.yaml'));
    const [, publicKey = ''] =
      /made the key of wg906: its public half is (\S{43}=)\n/.exec(first.stderr) ?? [];
    assert.match(first.stdout, /wg906\.key {2}640 \S+ \S+ {2}changed today/);
    assert.ok(first.stdout.includes(publicKey));
    assert.equal((await router.exec(`wg pubkey <${made}`)).trim(), publicKey);
    const again = ok(await router.edgewg('keys', '--make', '-f', 'f.yaml', '--format', 'json'));
    assert.equal(again.stderr, '');
    const { keys } = JSON.parse(again.stdout) as { keys: { interface: string; shown: string }[] };
    assert.equal(keys.find(one => one.interface === 'wg906')?.shown, publicKey);
    assert.equal(await router.exec('ls -d /tmp/edgewg-keys.* 2>/dev/null'), '');
  });
});
