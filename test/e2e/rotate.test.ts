// The rotation of a private key, step by step and interrupted. Runs against the lab, or against any router
// (test/support/under-test.ts), and leaves it as it found it; handshakes are only had in the lab.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair } from '../../src/wireguard/key.ts';
import type { Ran } from '../support/run-cli.ts';
import { type RouterUnderTest, routerUnderTest } from '../support/under-test.ts';

const isLab = process.env['EDGEWG_LAB_HOST'] === undefined;
const far = Buffer.alloc(32, 6).toString('base64');
let router: RouterUnderTest;

const site = (privateKey: string): string => `# the first line
version: 1
router: ${router.site}
manages: { interfaces: [wg906] }
mssClamp: { ipv4: off, ipv6: off }
tunnels:
  # to the far end
  wg906:
    listenPort: 59906 # ours
${privateKey}    unfiltered: a test
    peers:
      far: { publicKey: ${far}, endpoint: "198.51.100.6:51820", allowedIPs: [198.18.6.0/24] }
`;

const ok = (ran: Ran, exit = 0): Ran => {
  assert.equal(ran.exit, exit, `${ran.stdout}\n${ran.stderr}`);
  return ran;
};
const wg = async (what: string): Promise<string> =>
  (await router.exec(`sudo -n wg show wg906 ${what}`)).trim();
const named = async (): Promise<string> =>
  (await router.exec('cli-shell-api returnActiveValue interfaces wireguard wg906 private-key')).trim();
const files = async (): Promise<string[]> =>
  (await router.exec('ls /config/auth | grep wg906')).split('\n').filter(name => name !== '');
const text = (): string => readFileSync(join(router.folder, 'a.yaml'), 'utf8');
const rotate = (...more: string[]): Promise<Ran> =>
  router.edgewg('keys', 'rotate', 'wg906', '-f', 'a.yaml', ...more);
const refused = async (message: RegExp, ...more: string[]): Promise<void> => {
  const before = [await named(), await files(), text()];
  assert.match(ok(await rotate(...more), 3).stderr, message);
  assert.deepEqual([await named(), await files(), text()], before);
};

before(async () => {
  router = await routerUnderTest();
  router.write('a.yaml', site(''));
  ok(await router.edgewg('apply', '-f', 'a.yaml', '--yes'));
});
after(async () => {
  router.write('e.yaml', site('').replace(/tunnels:[\s\S]*/, 'tunnels: {}\n'));
  await router.edgewg('apply', '-f', 'e.yaml', '--yes', '--allow', 'delete=9');
  await router.exec('rm -f /config/auth/edgewg-wg906-* /config/auth/wg906.key /config/auth/other-wg906.key');
  await router.close();
});

describe('edgewg keys rotate', () => {
  let first = '';
  let next = '';
  let path = '';

  it('refuses what is no rotation, and says what comes first', async () => {
    await refused(/runs with the key that the site file names/, '--switch', '--yes');
    await refused(/--to, --switch and --finish are three steps/, '--switch', '--finish');
    await refused(/--to is the key itself/, '--to', generateKeyPair().privateKey.reveal());
    await refused(/--to is not below \/config\/auth/, '--to', '/tmp/x');
    await refused(/that is the key that wg906 has/, '--to', '/config/auth/wg906.key');
    const other = await router.edgewg('keys', 'rotate', 'wg907', '-f', 'a.yaml');
    assert.match(ok(other, 3).stderr, /has no tunnel wg907/);
    assert.match(ok(await router.edgewg('keys', 'rotate', '-f', 'a.yaml'), 3).stderr, /which tunnel\?/);
    assert.match(
      ok(await router.edgewg('keys', '--switch', '-f', 'a.yaml'), 3).stderr,
      /belongs to a rotation/,
    );
  });

  it('makes the next key, names it in the site file, and touches nothing that runs', async () => {
    first = await wg('public-key');
    chmodSync(join(router.folder, 'a.yaml'), 0o640);
    const ran = ok(await rotate());
    [, next = ''] = /public key +(\S{43}=)/.exec(ran.stdout) ?? [];
    [, path = ''] = /file +(\/config\/auth\/edgewg-wg906-\w+\.key)/.exec(ran.stdout) ?? [];
    assert.ok(ran.stdout.includes(`wg set IF peer ${next}\n`), ran.stdout);
    assert.ok(ran.stdout.includes(`wg set IF peer ${first} remove`), ran.stdout);
    assert.match(ran.stdout, /At far {2}B.*where IF is its interface/);
    assert.equal((await router.exec(`wg pubkey <${path}`)).trim(), next);
    assert.equal(await wg('public-key'), first);
    assert.equal(await named(), '/config/auth/wg906.key');
    assert.equal(text(), site('').replace('    listenPort', `    privateKey: ${path}\n    listenPort`));
    assert.equal(statSync(join(router.folder, 'a.yaml')).mode & 0o777, 0o640);
  });

  it('prints the same again when it is asked again, and makes no further key', async () => {
    const before = await files();
    assert.ok(ok(await rotate()).stdout.includes(next));
    assert.deepEqual(await files(), before);
    await refused(/wg906 still runs with the key that is to go/, '--finish', '--yes');
  });

  it('switches to it and nothing else', async () => {
    const whole = text();
    router.write('a.yaml', whole.replace('59906 # ours', '59907 # ours'));
    await refused(
      /asks for more than another key of wg906: interfaces wireguard wg906 listen-port/,
      '--switch',
      '--yes',
    );
    router.write('a.yaml', whole);
    await refused(/nobody is there to confirm/, '--switch');
  });

  it('goes back by itself when nobody answers the new key', async function () {
    if (!isLab) this.skip();
    this.timeout(600_000);
    const ran = ok(await rotate('--switch', '--yes', '--expect-handshake', '2'), 5);
    assert.match(
      ran.stderr,
      /new handshake with .* none within 2 s; running and saved configuration are as before/,
    );
    assert.equal(await named(), '/config/auth/wg906.key');
    assert.equal(await wg('public-key'), first);
    assert.ok((await files()).includes('wg906.key'));
  });

  it('keeps the old file through the switch, and until a peer has answered', async () => {
    const ran = ok(await rotate('--switch', '--yes'));
    assert.ok(ran.stdout.includes(`changes its identity: public key ${first} → ${next}`), ran.stdout);
    assert.match(ran.stdout, /The old key stays in \/config\/auth\/wg906\.key.*--finish/);
    assert.equal(await wg('public-key'), next);
    assert.equal(await named(), path);
    await refused(/there was no handshake with far/, '--finish', '--yes');
    await refused(/nobody is there to confirm/, '--finish', '--allow', 'no-handshake');
  });

  it('takes the old file away when the peer has answered', async function () {
    if (!isLab) this.skip();
    await router.exec(`edgewg-lab peer up wg906 ${far}`);
    const ran = ok(await rotate('--finish', '--yes'));
    assert.equal(ran.stdout, 'gone: /config/auth/wg906.key\n');
    assert.deepEqual(await files(), [path.replace('/config/auth/', '')]);
    assert.match(ok(await rotate('--finish', '--yes')).stdout, /no old key file of wg906 is left/);
    assert.match(
      await router.exec('tail -n 1 /config/user-data/edgewg/log'),
      /took away \/config\/auth\/wg906\.key/,
    );
    assert.equal(await router.exec('ls -A /tmp/edgewg'), '');
    assert.match(ok(await router.edgewg('plan', '-f', 'a.yaml')).stdout, /nothing to do/);
  });

  it('refuses a rollback to a key that is gone', async function () {
    if (!isLab) this.skip();
    const ran = ok(await router.edgewg('rollback', '-f', 'a.yaml', '--yes'), 3);
    assert.match(ran.stdout, /EW019: .*\/config\/auth\/wg906\.key/);
    assert.equal(await named(), path);
  });

  it('rotates to a reference, and to a file that is named', async () => {
    writeFileSync(join(router.folder, 'next.key'), `${generateKeyPair().privateKey.reveal()}\n`);
    const ran = ok(await rotate('--to', 'file:next.key'));
    assert.match(ran.stdout, /made by the apply, from the reference/);
    assert.match(text(), /privateKey: file:next\.key\n/);
    ok(await rotate('--switch', '--yes'));
    await refused(/the reference of wg906 yields the key that the interface has/);
    const other = ok(await rotate('--to', '/config/auth/other-wg906.key'));
    assert.match(other.stdout, /file +\/config\/auth\/other-wg906\.key/);
    ok(await rotate('--switch', '--yes'));
    assert.equal(await named(), '/config/auth/other-wg906.key');
    const done = ok(await rotate('--finish', '--yes', '--allow', 'no-handshake'));
    assert.deepEqual(done.stdout.match(/^gone/gm)?.length, isLab ? 2 : 3, done.stdout);
    assert.deepEqual(await files(), ['other-wg906.key']);
  });

  it('takes no file away that something on the router still names', async () => {
    ok(await rotate());
    ok(await rotate('--switch', '--yes'));
    // an apply that could not be undone waits for a person; its snapshot names the old key
    await router.exec(
      'mkdir -m 0700 /tmp/edgewg/left; echo "private-key /config/auth/other-wg906.key" >/tmp/edgewg/left/before.boot; echo failed >/tmp/edgewg/left/result; echo exit >/tmp/edgewg/left/run',
    );
    const ran = ok(await rotate('--finish', '--yes', '--allow', 'no-handshake'), 3);
    assert.match(ran.stdout, /kept: .*other-wg906\.key: still named by \/tmp\/edgewg\/left\/before\.boot/);
    await router.exec('rm -rf /tmp/edgewg/left');
    ok(await rotate('--finish', '--yes', '--allow', 'no-handshake'));
    assert.equal((await files()).length, 1);
  });
});
