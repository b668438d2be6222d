import assert from 'node:assert/strict';
import * as net from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { Secret } from '../../src/secret.ts';
import { canonicalEndpoint, parseEndpoint } from '../../src/wireguard/endpoint.ts';
import { generateKeyPair, generatePresharedKey, isKey, publicKeyOf } from '../../src/wireguard/key.ts';
import { segmentSize, tunnelMtu } from '../../src/wireguard/mtu.ts';
import {
  canonicalInterfaceAddress,
  canonicalPrefix,
  covers,
  isIPv6,
  overlaps,
  type Prefix,
  parseAddress,
  parsePrefix,
  printAddress,
} from '../../src/wireguard/prefix.ts';

/** What is nearly an IPv6 address, and often one. */
const nearly = fc
  .array(
    fc.constantFrom('', '0', '1', 'ffff', 'aB', '00000', 'g', '1.2.3.4', '1.2.3', '01.2.3.4', '1.2.3.256'),
    {
      maxLength: 9,
    },
  )
  .map(groups => groups.join(':'));

const prefix = (text: string): Prefix => parsePrefix(text) ?? assert.fail(text);

describe('wireguard: prefixes', () => {
  it('know an IPv6 address as node:net does', () => {
    const same = (text: string): void => assert.equal(isIPv6(text), net.isIPv6(text), text);
    for (const text of [
      '::',
      '::1',
      '1::',
      ':',
      ':::',
      '1:2:3:4:5:6:7::',
      '::2:3:4:5:6:7:8',
      '::ffff:1.2.3.4',
      '1::2::3',
      '::1/64',
      '::1]',
      '[::1]',
    ])
      same(text);
    fc.assert(fc.property(nearly, same), { numRuns: 3000 });
    fc.assert(fc.property(fc.ipV6(), text => assert.equal(isIPv6(text), true, text)));
  });

  it('print in one form whatever they were written as', () => {
    assert.equal(canonicalPrefix('10.40.8.1/24'), '10.40.8.0/24');
    assert.equal(canonicalPrefix('192.0.2.7'), '192.0.2.7/32');
    assert.equal(canonicalPrefix('::0/0'), '::/0');
    assert.equal(canonicalPrefix('2001:DB8:0:0::1/64'), '2001:db8::/64');
    assert.equal(canonicalInterfaceAddress('2001:DB8:0:0::1/64'), '2001:db8::1/64');
    assert.equal(canonicalPrefix('10.0.0.0/33'), '10.0.0.0/33');
  });

  it('refuse what is no prefix', () => {
    for (const text of [
      '',
      '10.0.0',
      '10.0.0.0/',
      '10.0.0.0/08',
      '010.0.0.1',
      'fe80::1%eth0',
      '::/129',
      'a.b',
      '1::2::3',
    ])
      assert.equal(parsePrefix(text), undefined, text);
  });

  it('know what they cover', () => {
    assert.ok(covers(prefix('0.0.0.0/0'), prefix('192.0.2.0/24')));
    assert.ok(!covers(prefix('0.0.0.0/0'), prefix('::/0')));
    assert.ok(overlaps(prefix('10.0.0.0/8'), prefix('10.42.4.0/24')));
    assert.ok(!overlaps(prefix('10.42.4.0/24'), prefix('10.42.5.0/24')));
  });

  it('read back the addresses they print', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), address => {
        assert.deepEqual(parseAddress(printAddress(6, address)), { family: 6, address });
        const v4 = address & 0xffffffffn;
        assert.deepEqual(parseAddress(printAddress(4, v4)), { family: 4, address: v4 });
      }),
    );
  });
});

describe('wireguard: keys', () => {
  it('derive the public key of RFC 7748, section 6.1 (Bob)', () => {
    const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
    assert.equal(
      publicKeyOf(new Secret(base64('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'))),
      base64('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'),
    );
  });

  it('are 32 bytes in base64, spare bits zero', () => {
    assert.ok(isKey('GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc='));
    assert.ok(!isKey('GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVd='));
    assert.ok(!isKey('GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZV=='));
    assert.ok(!isKey(''));
  });

  it('are made in pairs, and a private one never prints', () => {
    const { privateKey, publicKey } = generateKeyPair();
    assert.ok(isKey(privateKey.reveal()) && isKey(publicKey) && isKey(generatePresharedKey().reveal()));
    assert.equal(publicKeyOf(privateKey), publicKey);
    const shown = [
      `${privateKey}`,
      String(privateKey),
      JSON.stringify({ privateKey }),
      inspect(privateKey, { showHidden: true }),
    ];
    for (const text of shown) assert.ok(!text.includes(privateKey.reveal()), text);
    assert.throws(() => publicKeyOf(new Secret('short')), /not a WireGuard private key/);
  });
});

describe('wireguard: endpoints', () => {
  it('are a host or an address, and a port', () => {
    assert.deepEqual(parseEndpoint('[2607:5300:60:5FAC::abcd]:51820'), {
      host: '2607:5300:60:5fac::abcd',
      port: 51820,
      family: 6,
    });
    assert.equal(canonicalEndpoint('VPN.example.net.:1'), 'vpn.example.net.:1');
    assert.equal(parseEndpoint('192.0.2.1:51820')?.family, 4);
  });

  it('refuse what wg would choke on at commit', () => {
    for (const text of [
      '192.0.2.1',
      '192.0.2.1:0',
      '192.0.2.1:65536',
      '2001:db8::1:51820',
      '[192.0.2.1]:1',
      '1.2.3:1',
      'a b:1',
      '-a:1',
      'a;b:1',
      '$(x):1',
    ])
      assert.equal(parseEndpoint(text), undefined, text);
  });
});

describe('wireguard: MTU and MSS', () => {
  it('give the sums of docs/mtu.md', () => {
    const rows = [
      [1500, 1440, 1420, 1400, 1380, 1380, 1360],
      [1492, 1432, 1412, 1392, 1372, 1372, 1352],
      [1480, 1420, 1400, 1380, 1360, 1360, 1340],
      [1454, 1394, 1374, 1354, 1334, 1334, 1314],
    ] as const;
    for (const [uplink, over4, over6, mss4over4, mss4over6, mss6over4, mss6over6] of rows) {
      assert.deepEqual([tunnelMtu(uplink, 4), tunnelMtu(uplink, 6)], [over4, over6]);
      assert.deepEqual([segmentSize(over4, 4), segmentSize(over6, 4)], [mss4over4, mss4over6]);
      assert.deepEqual([segmentSize(over4, 6), segmentSize(over6, 6)], [mss6over4, mss6over6]);
    }
  });
});
