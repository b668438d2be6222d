// `edgewg peer add`: the next free address, the configuration and its QR code, the site file with its comments.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { addPeer } from '../src/import/add-peer.ts';
import { Secret } from '../src/secret.ts';
import { loadSite } from '../src/site/load.ts';
import { freeAddress } from '../src/wireguard/device.ts';
import { publicKeyOf } from '../src/wireguard/key.ts';
import { host, parseInterfaceAddress, parsePrefix } from '../src/wireguard/prefix.ts';
import { fixture } from './support/fixtures.ts';
import { runCli } from './support/run-cli.ts';

const network = (text: string) => {
  const found = parseInterfaceAddress(text);
  assert.ok(found);
  return found;
};
const prefixes = (...texts: string[]) => texts.flatMap(text => parsePrefix(text) ?? []);

describe('a free address', () => {
  it('is the one behind the last that is in use', () => {
    const wg0 = network('192.168.5.1/24');
    assert.equal(freeAddress(wg0, prefixes('192.168.5.100/32', '192.168.5.101/32')), '192.168.5.102');
    assert.equal(freeAddress(wg0, []), '192.168.5.2');
    assert.equal(freeAddress(wg0, prefixes('192.168.5.254/32')), '192.168.5.2');
    assert.equal(freeAddress(network('fd00:5::1/64'), prefixes('fd00:5::64/128')), 'fd00:5::65');
    assert.equal(freeAddress(network('192.168.5.1/32'), []), undefined);
    assert.equal(freeAddress(network('192.168.5.1/30'), prefixes('192.168.5.2/32')), undefined);
  });

  it('is in the network, nobody has it, and it is no broadcast address', () => {
    const hosts = fc.uniqueArray(fc.integer({ min: 1, max: 14 }), { maxLength: 14 });
    fc.assert(
      fc.property(hosts, used => {
        const own = network('10.0.0.1/28');
        const taken = used.map(n => host(4, own.first + BigInt(n)));
        const free = freeAddress(own, taken);
        const left = [...Array(14).keys()].map(n => n + 1).filter(n => n !== 1 && !used.includes(n));
        if (free === undefined) return left.length === 0;
        return left.includes(Number(free.split('.')[3]));
      }),
    );
  });
});

describe('peer add', () => {
  let folder = '';
  const routerKey = 'zwJVZwo2KlWe0lhZVIFPw7ktFuSc83jkfZ7ULjHEF2U=';
  const add = (...more: string[]) =>
    runCli(
      ['peer', 'add', ...more, '--running', 'router.commands', '--router-key', routerKey, '-f', 'site.yaml'],
      { cwd: folder },
    );
  const site = (): string => readFileSync(join(folder, 'site.yaml'), 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgewg-peer-'));
    for (const name of ['site.yaml', 'router.commands']) cpSync(fixture(`blog/${name}`), join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives a device what it needs, and the site file one line more', async () => {
    const before = site();
    const { stdout, stderr, exit } = await add(
      'laptop',
      '--endpoint',
      'home.example.net',
      '--dns',
      '192.168.2.1',
      '--qr',
    );
    assert.equal(exit, 0, stderr);
    const key = /^PrivateKey = (\S{44})$/m.exec(stdout)?.[1] ?? '';
    const publicKey = publicKeyOf(new Secret(key));
    assert.ok(
      stdout.includes(`Address = 192.168.5.102/32
DNS = 192.168.2.1
MTU = 1420

[Peer]
PublicKey = ${routerKey}
AllowedIPs = 192.168.2.0/24, 192.168.5.0/24
Endpoint = home.example.net:51820
PersistentKeepalive = 25
`),
    );
    assert.match(stdout, /[█▀▄]{20}/);
    assert.match(stderr, /shown this once and stored nowhere/);
    const after = site();
    const added = after.split('\n').filter(line => !before.split('\n').includes(line));
    assert.deepEqual(added, [`      laptop: { publicKey: ${publicKey}, allowedIPs: [192.168.5.102/32] }`]);
    assert.equal(after.split('\n').length, before.split('\n').length + 1);
    assert.ok(!after.includes(key) && !stderr.includes(key));
    assert.ok(loadSite(after, 'site.yaml').site.tunnels[0]?.peers.some(peer => peer.name === 'laptop'));
    const plan = await runCli(
      ['plan', '-f', 'site.yaml', '--running', 'router.commands', '--format', 'commands'],
      { cwd: folder },
    );
    assert.match(
      plan.stdout,
      new RegExp(`peer ${publicKey.replaceAll(/[+/]/g, '\\$&')} allowed-ips 192\\.168\\.5\\.102/32`),
    );
  }).timeout(20_000);

  it('counts on, writes files for their owner alone, and takes a key that the device has', async () => {
    const first = await add('a', '--endpoint', 'home.example.net:443', '--out', 'a.conf');
    assert.equal(first.stdout, '');
    assert.equal(statSync(join(folder, 'a.conf')).mode & 0o777, 0o600);
    assert.match(readFileSync(join(folder, 'a.conf'), 'utf8'), /^Endpoint = home\.example\.net:443$/m);
    const own = 'jZCM7K5J+r0bWgdz2bVq4alq+CYahKpEuzUHema7hHI=';
    const elsewhere = site().replaceAll(own, 'jpDf/+WhCU4+KOJlb+kkBOVGLzsRRsrzXoivnqlnlkg=');
    assert.ok(elsewhere.includes('a: {'));
    const second = await add(
      'b',
      '--endpoint',
      '2001:db8::1',
      '--public-key',
      own,
      '--allowed-ips',
      '0.0.0.0/0, ::/0',
    );
    assert.equal(second.exit, 0, second.stderr);
    assert.doesNotMatch(second.stdout, /PrivateKey/);
    assert.match(second.stdout, /^Address = 192\.168\.5\.103\/32$/m);
    assert.match(second.stdout, /^Endpoint = \[2001:db8::1\]:51820$/m);
    assert.match(second.stdout, /^AllowedIPs = 0\.0\.0\.0\/0, ::\/0$/m);
  }).timeout(20_000);

  const refused: [string, string[], RegExp][] = [
    ['a name that is there', ['phone', '--endpoint', 'x.example'], /has a peer phone already/],
    ['no endpoint', ['x'], /where does the device reach the router/],
    ['an endpoint that is none', ['x', '--endpoint', 'a/b'], /no HOST or HOST:PORT/],
    [
      'an interface without a network',
      ['x', '--tunnel', 'wg4', '--endpoint', 'x.example'],
      /no free address/,
    ],
    ['a key that is none', ['x', '--public-key', 'abc', '--endpoint', 'x.example'], /no WireGuard key/],
  ];
  for (const [what, words, message] of refused)
    it(`refuses ${what}, and leaves the file alone`, async () => {
      const before = site();
      const { stdout, stderr, exit } = await add(...words);
      assert.match(stderr, message);
      assert.equal(exit, 3);
      assert.equal(stdout, '');
      assert.equal(site(), before);
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

  const files: [string, string, string][] = [
    [
      'behind a block with comments',
      `  wg0: # ours\n    peers: # all\n      a: # one\n        ${other} # its key\n  # the next\n  wg1: {}\n`,
      `  wg0: # ours\n    peers: # all\n      a: # one\n        ${other} # its key\n      ${line}\n  # the next\n  wg1: {}\n`,
    ],
    [
      'behind braces, at the end without a line end',
      `  wg0:\n    peers:\n        a: { ${other} }`,
      `  wg0:\n    peers:\n        a: { ${other} }\n        ${line}\n`,
    ],
    [
      'where the tunnel has none yet',
      `  wg0:\n    mtu: auto # as it is\n`,
      `  wg0:\n    mtu: auto # as it is\n    peers:\n      ${line}\n`,
    ],
    [
      'in braces',
      `  wg0: { peers: { a: { ${other} } } } # all\n`,
      `  wg0: { peers: { a: { ${other} }, ${line} } } # all\n`,
    ],
    [
      'where lines end as on Windows',
      `  wg0:\r\n    peers:\r\n      a: { ${other} }\r\n`,
      `  wg0:\r\n    peers:\r\n      a: { ${other} }\r\n      ${line}\r\n`,
    ],
  ];
  for (const [what, before, after] of files)
    it(what, () => assert.equal(addPeer(head + before, 'site.yaml', peer), head + after));
});
