// `edgewg peer add`: the next free address, the configuration and its QR code, the site file with its comments. test/e2e/peer.test.ts asks a router.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { deviceFor } from '../../src/edit/device.ts';
import { addPeer } from '../../src/edit/peers.ts';
import { Secret } from '../../src/secret.ts';
import { loadSite } from '../../src/site/load.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { insert, leaves } from '../../src/vyatta/tree.ts';
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

  it('knows what the file says of NAT and DNS, which comes with the same apply', async () => {
    const plain = site();
    const only = 'set service dns forwarding listen-on eth1\n';
    writeFileSync(
      join(folder, 'router.commands'),
      readFileSync(join(folder, 'router.commands'), 'utf8') + only,
    );
    const words = 'laptop --endpoint home.example.net --dns 192.168.2.1';
    const before = await add(words);
    assert.match(before.stderr, /warning: .*listen on wg0/);
    writeFileSync(join(folder, 'site.yaml'), `${plain}dns: { listenOn: [wg0] }\n`);
    const { stderr, exit } = await add(words);
    assert.equal(exit, 0, stderr);
    assert.doesNotMatch(stderr, /warning:/);
  });

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
  }).timeout(60_000);

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
  }).timeout(60_000);

  it("tells of a file that is no peer's where the site file can not be written", async () => {
    // read once, and no file that could be replaced
    execFileSync('sh', ['-c', 'mkfifo pipe'], { cwd: folder });
    const writer = spawn('sh', ['-c', 'cat site.yaml >pipe'], { cwd: folder });
    const { stderr, exit } = await add('x --endpoint x.example --out x.conf', 'pipe');
    writer.kill();
    assert.equal(exit, 3, stderr);
    assert.match(stderr, /^x\.conf is no peer's: remove it\n.*can't write pipe/);
  }).timeout(60_000);

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
    }).timeout(60_000);
});

describe('peer list and peer remove', () => {
  let folder = '';
  const run = (words: string) => runCli(words.split(' '), { cwd: folder });
  const site = (): string => readFileSync(join(folder, 'edgewg.yaml'), 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgewg-peer-'));
    cpSync(fixture('blog/site.yaml'), join(folder, 'edgewg.yaml'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('lists the peers of the file, for people and for programs', async () => {
    const { stdout, exit } = await run('peer list');
    assert.equal(exit, 0);
    assert.match(
      stdout,
      /^tunnel +peer +key +endpoint +allowed IPs\nwg0 +phone +gKoUNRGx… +calls +192\.168\.5\.100\/32\n/,
    );
    const json = JSON.parse((await run('peer list --tunnel wg4 --format json')).stdout);
    assert.deepEqual(json, [
      {
        tunnel: 'wg4',
        name: 'srv4',
        public_key: 'GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc=',
        endpoint: '[2607:5300:60:5fac::abcd]:51820',
        allowed_ips: ['192.168.5.4/32', '192.99.38.172/32', '10.42.4.0/24', '192.168.10.0/24'],
        disabled: false,
      },
    ]);
  }).timeout(60_000);

  it('removes a device from an interface that is not managed: the next plan deletes it on the router', async () => {
    const { stderr, exit } = await run('peer remove phone');
    assert.equal(exit, 0, stderr);
    assert.match(stderr, /its key stands under absent\.peers, since wg0 is not under manages/);
    assert.match(site(), /^absent: \{ tunnels: \[wg3\], peers: \{ wg0: \[gKoUNRGx\S+\] \} \} # to be/m);
    const plan = await run(
      `plan --running ${fileURLToPath(fixture('blog/router.commands'))} --format commands`,
    );
    assert.match(plan.stdout, /^delete interfaces wireguard wg0 peer gKoUNRGx\S+$/m);
  }).timeout(60_000);

  for (const [what, words, message] of [
    ["a name that is nobody's", 'peer remove nobody', /has no peer nobody\n +hint: it has phone, srv4, srv5/],
    ['an interface that the file has not', 'peer remove phone --tunnel wg9', /has no wg9/],
    ['a list of an interface that the file has not', 'peer list --tunnel wg9', /has no wg9/],
    ['no name', 'peer remove', /which peer\? peer remove needs a name/],
    ['standard input', 'peer remove phone -f -', /writes to the site file/],
  ] as const)
    it(`refuses ${what}, and leaves the file alone`, async () => {
      const before = site();
      const { stderr, exit } = await run(words);
      assert.match(stderr, message);
      assert.equal(exit, 3);
      assert.equal(site(), before);
    }).timeout(60_000);
});

describe('a device of peer add', () => {
  const running = parseCommands(readFileSync(fixture('blog/router.commands'), 'utf8'));
  const { site } = loadSite(readFileSync(fixture('blog/site.yaml'), 'utf8'), 'site.yaml');
  const wg0 = site.tunnels.find(({ name }) => name === 'wg0') ?? assert.fail('no wg0');
  const wish = { addresses: [], endpoint: 'home.example.net', allowedIPs: ['0.0.0.0/0'], dns: [] };
  const withLines = (lines: string) => {
    const tree = parseCommands(readFileSync(fixture('blog/router.commands'), 'utf8'));
    for (const { path } of leaves(parseCommands(lines))) insert(tree, path);
    return tree;
  };
  const device = (more: Partial<Parameters<typeof deviceFor>[3]> = {}, tree = running) =>
    deviceFor(site, wg0, tree, { ...wish, ...more });

  it('is warned where no rule translates its address towards the internet', () => {
    const all =
      'set service nat rule 5010 outbound-interface eth0\nset service nat rule 5010 type masquerade\n';
    assert.deepEqual(device({}, withLines(all)).warnings, []);
    const but = `set service nat rule 5005 type masquerade\nset service nat rule 5005 outbound-interface eth0\nset service nat rule 5005 exclude\nset service nat rule 5005 destination address 10.0.0.0/8\n`;
    assert.deepEqual(device({}, withLines(`${but}${all}`)).warnings, []);
    const home = `${all}set service nat rule 5010 source address 192.168.2.0/24\n`;
    assert.match(
      device({}, withLines(home)).warnings[0] ?? '',
      /no NAT rule of the router translates 192\.168\.5\.102\/32/,
    );
    assert.deepEqual(device({ allowedIPs: ['192.168.2.0/24'] }, withLines(home)).warnings, []);
  });

  it('is warned of a DNS server of the router that does not listen on its interface', () => {
    const asked = (lines: string, ...dns: string[]): string =>
      device({ allowedIPs: ['192.168.2.0/24'], dns }, withLines(lines)).warnings.join();
    const on = (iface: string): string => `set service dns forwarding listen-on ${iface}\n`;
    for (const own of ['192.168.2.1', '192.168.5.1']) {
      assert.match(asked(on('eth1'), own), /doesn't listen on wg0: .*add dns: \{ listenOn: \[wg0\] \}/);
      assert.match(
        asked('set service dns forwarding except-interface wg0\n', own),
        /take wg0 out of dns\.exceptInterface/,
      );
      assert.equal(asked(`${on('eth1')}${on('wg0')}`, own), '');
    }
    assert.equal(asked(on('eth1'), '9.9.9.9'), '');
    assert.equal(asked(on('eth1')), '');
  });

  it('has no larger MTU than the way to the router takes', () => {
    const large = withLines('');
    large.children.get('interfaces')?.children.get('wireguard')?.children.get('wg0')?.children.delete('mtu');
    insert(large, ['interfaces', 'wireguard', 'wg0', 'mtu', '1500']);
    assert.equal(device({}, large).mtu, 1420);
  });

  it('gets no address in the prefix of another peer, of any interface', () => {
    const half = `set interfaces wireguard wg0 peer ${Buffer.alloc(32, 7).toString('base64')} allowed-ips 192.168.5.96/28\n`;
    assert.deepEqual(device({}, withLines(half)).addresses, ['192.168.5.112/32']);
    const whole = half.replace('192.168.5.96/28', '192.168.0.0/16');
    assert.throws(() => device({}, withLines(whole)), /and peer \S+ of wg0 has all of 192\.168\.0\.0\/16/);
  });

  it('takes the address that it is given, where that is free', () => {
    assert.deepEqual(device({ addresses: ['192.168.5.200'] }).addresses, ['192.168.5.200/32']);
    for (const [address, message] of [
      ['192.168.5.100', /which peer phone of wg0 has/],
      ['192.168.5.255', /no address of a device on wg0/],
      ['10.0.0.1', /no address of a device on wg0/],
      ['x', /is no address/],
    ] as const)
      assert.throws(() => device({ addresses: [address] }), message);
  });

  it('is told that the port is missing where it is', () => {
    const tree = withLines('');
    tree.children
      .get('interfaces')
      ?.children.get('wireguard')
      ?.children.get('wg0')
      ?.children.delete('listen-port');
    assert.throws(
      () => device({}, tree),
      /wg0 has no listenPort in the file, and none is known of the router/,
    );
    assert.equal(device({ endpoint: '2001:db8::1' }).endpoint, '[2001:db8::1]:51820');
  });
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
