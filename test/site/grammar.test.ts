// The grammars of single texts: what each accepts, editors accept too.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as firewall from '../../src/site/grammar/firewall.ts';
import type { Grammar } from '../../src/site/grammar/grammar.ts';
import * as keys from '../../src/site/grammar/keys.ts';
import * as names from '../../src/site/grammar/names.ts';
import * as net from '../../src/site/grammar/net.ts';
import * as texts from '../../src/site/grammar/texts.ts';
import { mask } from '../../src/site/text.ts';
import { hostileValues } from '../support/hostile.ts';

const isGrammar = (value: unknown): value is Grammar =>
  typeof value === 'object' && value !== null && 'check' in value && 'pattern' in value;

const grammars = Object.entries({ ...firewall, ...keys, ...names, ...net, ...texts }).filter(
  (entry): entry is [string, Grammar] => isGrammar(entry[1]),
);

describe('a grammar', () => {
  for (const [name, { check, pattern, examples }] of grammars) {
    it(`${name} accepts its examples`, () => {
      assert.ok(examples.length > 0);
      for (const example of examples) assert.equal(check(example), undefined, example);
    });

    it(`${name} accepts nothing that editors would mark`, () => {
      const agree = (text: string): void => {
        const fault = check(text);
        assert.ok(fault !== undefined || new RegExp(pattern.source).test(text), JSON.stringify(text));
        if (fault?.from === undefined) return;
        assert.ok(
          fault.to !== undefined && 0 <= fault.from && fault.from < fault.to && fault.to <= text.length,
        );
      };
      for (const text of hostileValues) agree(text);
      const nearby = fc
        .tuple(fc.constantFrom(...examples, ''), fc.nat(40), fc.string({ maxLength: 3 }), fc.nat(3))
        .map(([text, at, insert, cut]) => text.slice(0, at) + insert + text.slice(at + cut));
      fc.assert(fc.property(fc.oneof(nearby, fc.string({ unit: 'binary' })), agree), { numRuns: 500 });
    });
  }
});

describe('the texts of a site file that have several forms', () => {
  const accepts = (grammar: Grammar, list: readonly string[]): void => {
    for (const text of list) assert.equal(grammar.check(text), undefined, text);
  };
  const refuses = (grammar: Grammar, list: readonly string[]): void => {
    for (const text of list) assert.notEqual(grammar.check(text), undefined, text);
  };

  it('tunnels are wg0 to wg999', () => {
    accepts(names.interfaceName, ['wg0', 'wg10', 'wg999']);
    refuses(names.interfaceName, ['wg', 'wg1000', 'wg00', 'wg-1', 'Wg1', 'wg1 ', 'wg1\n']);
  });

  it('routers are names, addresses and aliases', () => {
    accepts(names.routerHost, [
      'r',
      'my_router',
      'r.example.net',
      '192.0.2.1',
      '2001:db8::1',
      '::ffff:192.0.2.1',
    ]);
    refuses(names.routerHost, [
      '-r',
      '.r',
      'r.',
      'a..b',
      'user@r',
      '[::1]',
      '192.0.2.1:22',
      'r:22',
      'r/x',
      'ssh://r',
    ]);
  });

  it('durations are days', () => {
    assert.deepEqual(['180d', '26w', '1y', '0d', '1.5y', '90'].map(texts.parseDays), [
      180,
      182,
      365,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('prefixes keep no bits behind their length', () => {
    accepts(net.prefix, ['0.0.0.0/0', '::/0', '10.0.0.0/8', '10.0.0.1/32', '2001:DB8:0::/48']);
    refuses(net.prefix, ['10.0.0.1/8', '::1/64', '10.0.0.0', '10.0.0.0/08', '10.0.0.0/33']);
    assert.equal(
      net.prefix.check('10.42.4.7/24')?.hint,
      'write 10.42.4.0/24, or 10.42.4.7/32 for the one address',
    );
  });

  it('interface addresses are addresses of a host', () => {
    accepts(net.interfaceAddress, [
      '192.0.2.1/24',
      '192.0.2.0/31',
      '192.0.2.0/32',
      'fd00::/64',
      'fe80::1/64',
    ]);
    refuses(net.interfaceAddress, [
      '192.0.2.0/24',
      '192.0.2.255/24',
      '0.0.0.0/32',
      '224.0.0.1/32',
      '::1/128',
      'ff02::1/64',
    ]);
  });

  it('keys are 32 bytes, and their sources no keys', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    accepts(keys.publicKey, [key]);
    refuses(keys.publicKey, [
      key.slice(1),
      `${key}=`,
      key.replace('=', ''),
      ` ${key}`,
      Buffer.alloc(32).toString('base64'),
    ]);
    refuses(keys.keySource, [
      key,
      key.slice(0, 43),
      'wg4.key',
      '~/wg4.key',
      '/config/wg4.key',
      '/config/auth',
      'op://x',
    ]);
    accepts(keys.keySource, ['/config/auth/a/b.key', 'env:A', 'file:../x y', "command:op read 'a b'"]);
    assert.deepEqual(keys.parseKeySource('command:a b'), { kind: 'command', command: 'a b' });
    assert.deepEqual(keys.parseKeySource('/config/auth/a'), { kind: 'router', path: '/config/auth/a' });
  });

  it('addresses of rules come in three forms', () => {
    assert.deepEqual(firewall.parseMatchAddress('!FD00:0::/48'), { text: '!fd00::/48', family: 6 });
    assert.deepEqual(firewall.parseMatchAddress('10.0.0.1-10.0.0.9'), {
      text: '10.0.0.1-10.0.0.9',
      family: 4,
    });
    assert.equal(firewall.parseMatchAddress('10.0.0.9-10.0.0.1'), undefined);
  });
});

describe('an excerpt', () => {
  it('shows no secret, and keeps its columns', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    for (const line of [
      `privateKey: ${key}`,
      `{ private-key: "${key}" }`,
      `x: ${key}`,
      'password: "two words"',
      `psk: '${key}'`,
    ]) {
      const masked = mask(line);
      assert.equal(masked.length, line.length);
      assert.ok(!masked.includes('Bwc') && !masked.includes('words'), masked);
    }
  });

  it('shows public keys and paths', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    for (const line of [
      `publicKey: ${key}`,
      `"publicKey": "${key}"`,
      'privateKey: /config/auth/wireguard/srv4/private/key/of/it',
      'presharedKey: env:A',
    ])
      assert.equal(mask(line), line);
  });
});
