// `edgewg peer add`: the next free address, the configuration and its QR code, the site file with its comments. test/e2e/peer.test.ts asks a router.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { addPeer } from '../../src/import/add-peer.ts';
import { Secret } from '../../src/secret.ts';
import { freeAddress } from '../../src/wireguard/device.ts';
import { publicKeyOf } from '../../src/wireguard/key.ts';
import { host, parseInterfaceAddress, parsePrefix } from '../../src/wireguard/prefix.ts';
import { fixture } from '../support/fixtures.ts';
import { runCli } from '../support/run-cli.ts';

const free = (network: string, taken: string): string | undefined =>
  freeAddress(
    parseInterfaceAddress(network) ?? assert.fail(network),
    taken.split(' ').flatMap(text => parsePrefix(text) ?? []),
  );

describe('a free address', () => {
  for (const [network, taken, expected] of [
    ['192.168.5.1/24', '192.168.5.100/32 192.168.5.101/32', '192.168.5.102'],
    ['192.168.5.1/24', '', '192.168.5.2'],
    ['192.168.5.1/24', '192.168.5.254/32', '192.168.5.2'],
    ['fd00:5::1/64', 'fd00:5::64/128', 'fd00:5::65'],
    ['192.168.5.1/32', '', undefined],
    ['192.168.5.1/30', '192.168.5.2/32', undefined],
  ] as const)
    it(`of ${network} beside ${taken || 'nobody'} is ${expected}`, () =>
      assert.equal(free(network, taken), expected));

  it('is in the network, nobody has it, and it is no broadcast address', () => {
    const own = parseInterfaceAddress('10.0.0.1/28') ?? assert.fail();
    const hosts = fc.uniqueArray(fc.integer({ min: 1, max: 14 }), { maxLength: 14 });
    fc.assert(
      fc.property(hosts, used => {
        const taken = used.map(n => host(4, own.first + BigInt(n)));
        const found = freeAddress(own, taken);
        const left = [...Array(14).keys()].map(n => n + 1).filter(n => n !== 1 && !used.includes(n));
        return found === undefined ? left.length === 0 : left.includes(Number(found.split('.')[3]));
      }),
    );
  });
});

describe('peer add', () => {
  let folder = '';
  const routerKey = 'zwJVZwo2KlWe0lhZVIFPw7ktFuSc83jkfZ7ULjHEF2U=';
  const own = 'qL1Hc9eNqvZ0bKzvTn5cYkq9rXn3m2wDgVh8u5sJY0o=';
  const add = (words: string, file = 'site.yaml') => {
    const known = `--running router.commands --router-key ${routerKey} -f ${file}`;
    return runCli(['peer', 'add', ...`${words} ${known}`.split(' ')], { cwd: folder });
  };
  const site = (): string => readFileSync(join(folder, 'site.yaml'), 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgewg-peer-'));
    for (const name of ['site.yaml', 'router.commands']) cpSync(fixture(`blog/${name}`), join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives a device what it needs, and the site file one line more', async () => {
    const before = site().split('\n');
    const { stdout, stderr, exit } = await add('laptop --endpoint home.example.net --dns 192.168.2.1 --qr');
    assert.equal(exit, 0, stderr);
    const key = /^PrivateKey = (\S{44})$/m.exec(stdout)?.[1] ?? '';
    const lines = `Address = 192.168.5.102/32
DNS = 192.168.2.1
MTU = 1420

[Peer]
PublicKey = ${routerKey}
AllowedIPs = 192.168.2.0/24, 192.168.5.0/24
Endpoint = home.example.net:51820
PersistentKeepalive = 25
`;
    assert.ok(stdout.includes(lines), stdout);
    assert.match(stdout, /[█▀▄]{20}/);
    assert.match(stderr, /shown this once and stored nowhere/);
    const after = site().split('\n');
    const peer = `{ publicKey: ${publicKeyOf(new Secret(key))}, allowedIPs: [192.168.5.102/32] }`;
    assert.deepEqual(
      after.filter(line => !before.includes(line)),
      [`      laptop: ${peer}`],
    );
    assert.equal(after.length, before.length + 1);
    assert.ok(!`${after}${stderr}`.includes(key));
  }).timeout(20_000);

  it('counts on, writes files for their owner alone, and takes a key that the device has', async () => {
    const first = await add('a --endpoint home.example.net:443 --out a.conf');
    assert.equal(first.stdout, '');
    assert.equal(statSync(join(folder, 'a.conf')).mode & 0o777, 0o600);
    assert.match(readFileSync(join(folder, 'a.conf'), 'utf8'), /^Endpoint = home\.example\.net:443$/m);
    const second = await add(`b --endpoint 2001:db8::1 --public-key ${own} --allowed-ips 0.0.0.0/0,::/0`);
    assert.equal(second.exit, 0, second.stderr);
    assert.doesNotMatch(second.stdout, /PrivateKey/);
    assert.match(second.stdout, /^Address = 192\.168\.5\.103\/32$/m);
    assert.match(second.stdout, /^Endpoint = \[2001:db8::1\]:51820$/m);
    assert.match(second.stdout, /^AllowedIPs = 0\.0\.0\.0\/0, ::\/0$/m);
  }).timeout(20_000);

  it("tells of a file that is no peer's where the site file can not be written", async () => {
    // read once, and no file that could be replaced
    execFileSync('sh', ['-c', 'mkfifo pipe'], { cwd: folder });
    const writer = spawn('sh', ['-c', 'cat site.yaml >pipe'], { cwd: folder });
    const { stderr, exit } = await add('x --endpoint x.example --out x.conf', 'pipe');
    writer.kill();
    assert.equal(exit, 3, stderr);
    assert.match(stderr, /^x\.conf is no peer's: remove it\n.*can't write pipe/);
  }).timeout(20_000);

  for (const [what, words, message] of [
    ['a name that is there', 'phone --endpoint x.example', /has a peer phone already/],
    ['no endpoint', 'x', /where does the device reach the router/],
    ['an endpoint that is none', 'x --endpoint a/b', /no HOST or HOST:PORT/],
    ['an interface without a network', 'x --tunnel wg4 --endpoint x.example', /no free address/],
    ['a key that is none', 'x --public-key abc --endpoint x.example', /no WireGuard key/],
    ['a file that is there', 'x --endpoint x.example --out router.commands', /router\.commands exists/],
    ['a file that can not be', 'x --endpoint x.example --out no/x.conf', /can't write no\/x\.conf/],
  ] as const)
    it(`refuses ${what}, and leaves the file alone`, async () => {
      const before = site();
      const { stdout, stderr, exit } = await add(words);
      assert.match(stderr, message);
      assert.equal(exit, 3);
      assert.equal(stdout, '');
      assert.equal(site(), before);
      assert.ok(!existsSync(join(folder, 'no')));
    }).timeout(20_000);
});

describe('a peer more in a site file', () => {
  const peer = {
    tunnel: 'wg0',
    name: 'new',
    publicKey: Buffer.alloc(32, 9).toString('base64'),
    allowedIPs: ['10.0.0.9/32', 'fd00::9/128'],
  };
  const line = `new: { publicKey: ${peer.publicKey}, allowedIPs: [10.0.0.9/32, fd00::9/128] }`;
  const other = `publicKey: ${Buffer.alloc(32, 8).toString('base64')}`;
  const head = 'version: 1\nrouter: { host: 192.0.2.1 }\ntunnels:\n';

  // NEW stands where the line comes
  for (const [what, text] of [
    [
      'behind a block with comments',
      `  wg0: # ours\n    peers: # all\n      a: # one\n        ${other} # its key\n[      NEW\n]  # the next\n  wg1: {}\n`,
    ],
    [
      'behind braces, at the end without a line end',
      `  wg0:\n    peers:\n        a: { ${other} }[\n        NEW\n]`,
    ],
    ['where the tunnel has none yet', `  wg0:\n    mtu: auto # as it is\n[    peers:\n      NEW\n]`],
    ['in braces', `  wg0: { peers: { a: { ${other} }[, NEW] } } # all\n`],
    ['where lines end as on Windows', `  wg0:\r\n    peers:\r\n      a: { ${other} }\r\n[      NEW\r\n]`],
  ] as const)
    it(what, () => {
      const [before = '', more = '', after = ''] = text.split(/[[\]]/);
      assert.equal(
        addPeer(head + before + after, 'site.yaml', peer),
        head + before + more.replace('NEW', line) + after,
      );
    });
});
