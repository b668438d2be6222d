// known_hosts and EDGEWG_HOST_KEY as text, and private keys as bytes: read right, and never broken by nonsense.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EdgewgError } from '../../src/errors.ts';
import { Secret } from '../../src/secret.ts';
import { chooseAlgorithms } from '../../src/ssh/algorithms.ts';
import {
  coversHost,
  filedName,
  fingerprint,
  formatKnownHost,
  parseKnownHosts,
} from '../../src/ssh/known-hosts.ts';
import { parsePinnedHostKeys } from '../../src/ssh/pinned-host-keys.ts';
import { printable } from '../../src/ssh/printable.ts';
import { openPrivateKey, publicHalf } from '../../src/ssh/private-key.ts';
import { newSshKey } from '../support/ssh-key.ts';
import { hostKey } from '../support/ssh-server.ts';

const [type = '', base64 = ''] = hostKey.public.split(' ');
const key = Buffer.from(base64, 'base64');

describe('known_hosts', () => {
  it('skips what is no entry', () => {
    const text = [
      '# comment',
      '',
      `  \tpadded ${type} ${base64} a comment\r`,
      `host ssh-rsa ${base64}`,
      `host ${type} ${base64}!`,
      `host ${type}`,
      `@unknown host ${type} ${base64}`,
      '1.2.3.4 1024 35 123456',
      `@revoked\thost\t${type}\t${base64}`,
    ];
    const entries = parseKnownHosts(text.join('\n'), 'file');
    assert.deepEqual(
      entries.map(({ line, names, marker }) => [line, names, marker]),
      [
        [3, 'padded', undefined],
        [9, 'host', 'revoked'],
      ],
    );
  });

  it('finds again what was written, hashed or not', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(host, fc.constantFrom(22, 2222), fc.boolean(), (name, port, hashed) => {
        const [entry] = parseKnownHosts(formatKnownHost(filedName(name, port), key, hashed), 'file');
        assert.ok(entry && coversHost(entry, filedName(name.toUpperCase(), port)));
        assert.ok(!coversHost(entry, filedName(name, 23)));
        assert.ok(entry.key.equals(key));
      }),
    );
  });

  it('never breaks, and is quick, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, name) => {
        for (const entry of parseKnownHosts(`${text}\n${name} ${type} ${base64}`, 'file'))
          coversHost(entry, 'router');
      }),
      { numRuns: 1000 },
    );
    const began = performance.now();
    parseKnownHosts('|'.repeat(1 << 20), 'file');
    const many = parseKnownHosts(`|1|YQ==|YQ== ${type} ${base64}\n`.repeat(10_000), 'file');
    assert.equal(many.filter(entry => coversHost(entry, 'router')).length, 0);
    assert.ok(performance.now() - began < 60_000);
  });

  it('decides which types of key are asked for', () => {
    const none = {
      known: [],
      withoutPort: [],
      revoked: [],
      authorities: [],
      fingerprints: [],
      pinned: false,
    };
    const rsa = { file: '', line: 1, marker: undefined, names: '*', type: 'ssh-rsa', key };
    assert.equal(chooseAlgorithms([], none).serverHostKey[0], 'ssh-ed25519');
    const safe = ['rsa-sha2-512', 'rsa-sha2-256'];
    assert.deepEqual(chooseAlgorithms([], { ...none, known: [rsa] }).serverHostKey, safe);
    assert.deepEqual(chooseAlgorithms(['ssh-rsa'], { ...none, known: [rsa] }).serverHostKey, [
      ...safe,
      'ssh-rsa',
    ]);
    // no contradiction to another key: the known types come first, and the others may do too
    const loose = chooseAlgorithms([], { ...none, withoutPort: [rsa] }).serverHostKey;
    assert.deepEqual([loose.slice(0, 2), loose.length], [safe, 6]);
    assert.equal(
      chooseAlgorithms([], { ...none, known: [rsa], fingerprints: ['SHA256:x'] }).serverHostKey.length,
      6,
    );
    assert.ok(!chooseAlgorithms([], { ...none, known: [rsa] }).serverHostKey.includes('ssh-rsa'));
    assert.ok(chooseAlgorithms(['ssh-rsa'], none).serverHostKey.includes('ssh-rsa'));
    assert.throws(() => chooseAlgorithms(['ssh-rsaa'], none), { code: 'legacy-algorithm', exit: 3 });
  });
});

describe('EDGEWG_HOST_KEY', () => {
  it('holds keys, fingerprints and known_hosts lines', () => {
    const pinnedKeys = parsePinnedHostKeys(
      `# CI\r\n${type} ${base64} root@router\r\n${fingerprint(key)}\nrouter ${type} ${base64}\n`,
    );
    assert.deepEqual(pinnedKeys.fingerprints, [fingerprint(key)]);
    assert.deepEqual(
      pinnedKeys.entries.map(({ names, line, file }) => [names, line, file]),
      [
        ['*', 2, 'EDGEWG_HOST_KEY'],
        ['router', 4, 'EDGEWG_HOST_KEY'],
      ],
    );
  });

  it('is refused as a whole when a line is nothing of that', () => {
    for (const text of ['yes', 'SHA256:short', 'MD5:aa:bb', `${type} AAAA`, `${fingerprint(key)} and more`]) {
      assert.throws(
        () => parsePinnedHostKeys(`${type} ${base64}\n${text}`),
        { code: 'host-key-pin', exit: 3, message: /line 2/ },
        text,
      );
    }
    fc.assert(
      fc.property(fc.string(), text => {
        try {
          parsePinnedHostKeys(text);
        } catch (error) {
          assert.ok(error instanceof EdgewgError);
        }
      }),
    );
  });
});

describe('a private key', () => {
  it('has its public half in clear, even when it is encrypted', () => {
    const passphrase = 'open sesame';
    const pair = newSshKey({ passphrase, cipher: 'aes256-ctr', rounds: 1 });
    const bytes = Buffer.from(pair.private);
    assert.equal(publicHalf(bytes)?.getPublicSSH().toString('base64'), pair.public.split(' ')[1]);
    assert.equal(openPrivateKey(bytes).kind, 'locked');
    assert.equal(openPrivateKey(bytes, new Secret('wrong')).kind, 'locked');
    assert.equal(openPrivateKey(bytes, new Secret(passphrase)).kind, 'open');
    assert.equal(openPrivateKey(Buffer.from(pair.public)).kind, 'unusable');
  });

  it('never breaks, whatever it holds', () => {
    const text = Buffer.from(hostKey.private);
    const spoilt = fc
      .tuple(fc.nat(text.length - 1), fc.nat(255), fc.nat(text.length))
      .map(([at, byte, length]) => {
        const copy = Buffer.from(text);
        copy[at] = byte;
        return copy.subarray(0, length < 40 ? copy.length : length);
      });
    const framed = fc
      .base64String()
      .map(body =>
        Buffer.from(`-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----`),
      );
    const bytes = fc.oneof(
      spoilt,
      framed,
      fc.uint8Array().map(array => Buffer.from(array)),
    );
    fc.assert(
      fc.property(bytes, given => {
        publicHalf(given);
        openPrivateKey(given, new Secret('x'));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('text from the other end', () => {
  it('moves no cursor, breaks no line, and is cut', () => {
    assert.equal(printable('a\u001b[2Jb\nc\u202ed\te'), 'a\\x1b[2Jb\\nc\\u{202e}d e');
    assert.equal(printable('x'.repeat(1000), 10), `${'x'.repeat(10)}…`);
  });
});
