// `edgewg peer add` from start to end, at the router of fixtures/blog: a phone for wg0, and what a person, the site file, wg-quick, a reader of QR
// codes and the router have of it then.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '../../src/secret.ts';
import { publicKeyOf } from '../../src/wireguard/key.ts';
import type { Ran } from '../support/run-cli.ts';
import { type LabUnderTest, labUnderTest } from '../support/under-test.ts';

let router: LabUnderTest;

const ok = (ran: Ran, exit = 0): Ran => {
  assert.equal(ran.exit, exit, `${ran.stdout}\n${ran.stderr}`);
  return ran;
};
const add = (...words: string[]): Promise<Ran> => router.edgewg('peer', 'add', ...words);
const site = (): string => readFileSync(join(router.folder, 'edgewg.yaml'), 'utf8');
const committed = (): Promise<string> =>
  router.exec('/opt/vyatta/bin/vyatta-op-cmd-wrapper show configuration commands');

/** Runs a judge; undefined where it isn't installed, which fails in CI. */
function judged(program: string, words: readonly string[]): string | undefined {
  const ran = spawnSync(program, words, { encoding: 'utf8' });
  if ((ran.error as NodeJS.ErrnoException | undefined)?.code !== 'ENOENT') {
    assert.equal(ran.status, 0, ran.stderr);
    return ran.stdout;
  }
  if (process.env['CI'] === 'true') assert.fail(`${program} is not installed`);
  process.stderr.write(`SKIPPED: ${program} is not installed\n`);
  return undefined;
}

/** A picture of the half blocks that a dark terminal shows: eight dots a module, blocks light. */
function picture(text: string): string {
  const size = 8;
  const rows = text
    .split('\n')
    .filter(line => /^[ █▀▄]{20,}$/.test(line))
    .flatMap(line => ['█▀', '█▄'].map(lit => [...line].map(char => (lit.includes(char) ? '0' : '1'))));
  const pixels = rows.flatMap(row =>
    Array<string>(size).fill(row.flatMap(dot => Array<string>(size).fill(dot)).join(' ')),
  );
  return `P1\n${(rows[0]?.length ?? 0) * size} ${rows.length * size}\n${pixels.join('\n')}\n`;
}

before(async () => {
  router = await labUnderTest(readFileSync('fixtures/blog/router.boot', 'utf8'));
  const blog = readFileSync('fixtures/blog/site.yaml', 'utf8');
  // the lab makes its own keys for wg4 and wg5
  const site = blog.replace(/^ +routerPublicKey:.*\n/gm, '');
  router.write('edgewg.yaml', site.replace(/^router:\n( {2}.*\n)+/m, `router: ${router.site}\n`));
  // the servers' tunnels come first, so that nothing but the phone is left to plan
  ok(await router.edgewg('apply', '--yes'));
});
after(() => router?.close());

describe('a phone for wg0', () => {
  let conf = '';
  let key = '';

  it('gets the next free address, a file for its owner alone, and a QR code that says the same', async () => {
    const before = site();
    const ran = ok(await add('pixel', '--endpoint', 'home.example.net', '--out', 'pixel.conf', '--qr'));
    const path = join(router.folder, 'pixel.conf');
    conf = readFileSync(path, 'utf8');
    key = /^PrivateKey = (\S{44})$/m.exec(conf)?.[1] ?? assert.fail(conf);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.match(conf, /^Address = 192\.168\.5\.102\/32$/m);
    const routerKey = (await router.exec('sudo -n wg show wg0 public-key')).trim();
    assert.ok(conf.includes(`PublicKey = ${routerKey}\n`));
    assert.match(conf, /^Endpoint = home\.example\.net:51820$/m);
    // the file has it: neither the terminal nor a log does, but for the picture
    assert.ok(!`${ran.stdout}${ran.stderr}`.includes(key));
    const added = site()
      .split('\n')
      .filter(line => !before.split('\n').includes(line));
    assert.deepEqual(
      added.map(line => line.trim()),
      [`pixel: { publicKey: ${publicKeyOf(new Secret(key))}, allowedIPs: [192.168.5.102/32] }`],
    );
    writeFileSync(join(router.folder, 'code.pbm'), picture(ran.stdout));
    const read = judged('zbarimg', [
      '--quiet',
      '--raw',
      '-S*.enable=0',
      '-Sqrcode.enable=1',
      join(router.folder, 'code.pbm'),
    ]);
    // the picture is as small as it can be: no blanks
    const bare = conf.replaceAll(/ *([=,]) */g, (_, sign) => sign).replaceAll(/\n+/g, '\n');
    if (read !== undefined) assert.equal(read.trim(), bare.trim());
  });

  it('is accepted by wg-quick', function () {
    const stripped = judged('wg-quick', ['strip', join(router.folder, 'pixel.conf')]);
    if (stripped === undefined) return this.skip();
    assert.match(stripped, /^PrivateKey = /m);
    assert.doesNotMatch(stripped, /Address|DNS|MTU/);
  });

  it('is one peer in the plan, and one in the running configuration behind the apply', async () => {
    const before = await committed();
    const plan = ok(await router.edgewg('plan', '--format', 'commands'));
    const sets = plan.stdout.split('\n').filter(line => /^(set|delete) /.test(line));
    const publicKey = publicKeyOf(new Secret(key));
    assert.ok(sets.length > 0);
    assert.ok(
      sets.every(line => line.startsWith(`set interfaces wireguard wg0 peer ${publicKey}`)),
      sets.join('\n'),
    );
    ok(await router.edgewg('apply', '--yes'));
    const live = await router.exec('sudo -n wg show wg0 allowed-ips');
    assert.match(live, new RegExp(`^${publicKey.replace(/[+/]/g, '\\$&')}\\t192\\.168\\.5\\.102/32$`, 'm'));
    const lines = (text: string): string[] => text.trim().split('\n');
    const more = lines(await committed()).filter(line => !lines(before).includes(line));
    assert.deepEqual(more.sort(), sets.sort());
    assert.equal(ok(await router.edgewg('plan', '--detailed-exitcode')).exit, 0);
  });

  it('has its private key nowhere but in the file', async () => {
    const files = readdirSync(router.folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .filter(path => readFileSync(path, 'latin1').includes(key));
    assert.deepEqual(files, [join(router.folder, 'pixel.conf')]);
    const there = spawnSync('grep', ['-rlF', key, router.lab.root], { encoding: 'utf8' });
    assert.equal(there.stdout, '');
  });

  it('is shown once where no file is named: the next one has the next address', async () => {
    const ran = ok(await add('tv', '--endpoint', 'home.example.net', '--dns', '192.168.2.1'));
    assert.match(ran.stdout, /^Address = 192\.168\.5\.103\/32$/m);
    assert.equal([...ran.stdout.matchAll(/^PrivateKey = /gm)].length, 1);
    assert.match(ran.stderr, /shown this once and stored nowhere/);
  });
});

describe('a device that is refused', () => {
  const endpoint = ['--endpoint', 'home.example.net'];
  const refusals: [string, string[], RegExp][] = [
    ['whose name is taken', ['phone', ...endpoint], /wg0 has a peer phone already/],
    ['whose file is there', ['new', ...endpoint, '--out', 'pixel.conf'], /pixel\.conf exists/],
    ['whose file is the site file', ['new', ...endpoint, '--out', 'edgewg.yaml'], /edgewg\.yaml exists/],
    [
      'whose file has no folder',
      ['new', ...endpoint, '--out', 'no/such/new.conf'],
      /can't write no\/such\/new\.conf/,
    ],
    ['on an interface that is unknown', ['new', ...endpoint, '--tunnel', 'wg9'], /the site file has no wg9/],
    ['on an interface with one address', ['new', ...endpoint, '--tunnel', 'wg4'], /no free address/],
    ['with a key that is none', ['new', ...endpoint, '--public-key', 'abc'], /no WireGuard key/],
    [
      'with the key of another',
      ['new', ...endpoint, '--public-key', 'gKoUNRGxUzZ7Nd4bPOHZzNWAQKwOYuoMLk+pnJ+AWng='],
      /gKoUNRGx/,
    ],
    ['with networks that are none', ['new', ...endpoint, '--allowed-ips', '192.168.2.1/24'], /--allowed-ips/],
    ['with a site file from a pipe', ['new', ...endpoint, '-f', '-'], /writes to the site file/],
  ];
  it('waits for an apply on an interface that the file alone has', async () => {
    const text = `version: 1\nrouter: ${router.site}\ntunnels: { wg907: { address: [192.0.2.1/24], listenPort: 59907 } }\n`;
    router.write('new.yaml', text);
    const ran = ok(await add('new', ...endpoint, '-f', 'new.yaml'), 3);
    assert.match(
      ran.stderr,
      /the router has no wg907 yet, and so no key of it\n {2}hint: run `edgewg apply`/,
    );
    assert.equal(readFileSync(join(router.folder, 'new.yaml'), 'utf8'), text);
  });

  for (const [what, words, message] of refusals)
    it(`${what} leaves the files alone`, async () => {
      const [before, files] = [site(), readdirSync(router.folder).sort()];
      const ran = ok(await add(...words), 3);
      assert.match(ran.stderr, message);
      assert.equal(ran.stdout, '');
      assert.equal(site(), before);
      assert.deepEqual(readdirSync(router.folder).sort(), files);
      assert.ok(!existsSync(join(router.folder, '-')));
    });

  it('by a network that is full says so, and one with IPv6 gives both addresses', async () => {
    const whole = site();
    const own = (address: string): string =>
      whole.replace(/^( {2}wg0:.*\n)/m, `$1    address: [${address}]\n`);
    assert.notEqual(own('x'), whole);
    router.write('full.yaml', own('192.168.5.101/31'));
    assert.match(ok(await add('new', ...endpoint, '-f', 'full.yaml'), 3).stderr, /no free address/);
    router.write('dual.yaml', own('192.168.5.1/24, "fd00:5:0:1::1/64"'));
    const ran = ok(await add('new', ...endpoint, '-f', 'dual.yaml'));
    assert.match(ran.stdout, /^Address = 192\.168\.5\.104\/32, fd00:5:0:1::2\/128$/m);
  });
});
