// What of a configuration may leave a router, and what of foreign text may be shown: the filter on the router, the one in edgewg, and
// the same answer of both.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Refused } from '../../src/errors.ts';
import { readRouter } from '../../src/router/read.ts';
import { Secret } from '../../src/secret.ts';
import { parseCommands, printCommands } from '../../src/vyatta/commands.ts';
import { redact, scrub } from '../../src/vyatta/redact.ts';
import { readConfiguration } from '../../src/vyatta/running.ts';
import { fingerprintOf, publicKeyOf } from '../../src/wireguard/key.ts';
import { hostile } from '../support/hostile-router.ts';

const script = readFileSync(new URL('../../src/router/scripts/secrets.sh', import.meta.url), 'utf8');

/** The filter as the router runs it. */
function filter(mode: 'mask' | 'drop' | 'keys', lines: readonly string[]): string[] {
  const input = lines.map(line => `${line}\n`).join('');
  const { stdout, stderr, status } = spawnSync('sh', ['-c', `${script}\nwithout_secrets ${mode}`], {
    input,
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return stdout.split('\n').slice(0, -1);
}

const key = 'yAYFhBnOloq5U06nCTalDvhCnaLBroX06J927dHTjXY=';
// one key of sixty-four begins with a slash
const slashed = `/${key.slice(1)}`;

/** A line, and what must be left of it; `@` where nothing of it may be shown. */
const cases: [string, string][] = [
  ['set system login user a authentication plaintext-password hunter22', 'plaintext-password redacted'],
  ["set system login user a authentication plaintext-password 'hunter22 b c'", 'plaintext-password redacted'],
  ["set system login user a authentication plaintext-password '/hunter22'", 'plaintext-password redacted'],
  ['set system login user a authentication plaintext-password /hunter22', 'plaintext-password redacted'],
  ["set system login user a authentication plaintext-password 'hunter22' x'", 'plaintext-password redacted'],
  [
    "set system login user a authentication plaintext-password 'hunter22 key x'",
    'plaintext-password redacted',
  ],
  [
    "set vpn ipsec site-to-site peer '2001:db8::1' authentication pre-shared-secret 'hunter22 $!'",
    'pre-shared-secret redacted',
  ],
  ["set protocols bgp 64512 neighbor '2001:db8::1' password hunter22", 'password redacted'],
  ["set interfaces wireguard 'wg 4' private-key 'hunter22'", 'private-key redacted'],
  ['set interfaces wireguard wg4 private-key /hunter22;x', 'private-key redacted'],
  ['set interfaces wireguard wg4 private-key hunter22', 'private-key redacted'],
  ['set system login radius-server 192.0.2.1 secret hunter22', 'secret redacted'],
  ["set service unms connection 'wss://u:443+hunter22'", 'connection redacted'],
  ['set service snmp community hunter22 authorization ro', 'community redacted-1 authorization ro'],
  ["set service snmp community 'hunter22 x' network 10.0.0.0/8", 'community redacted-1 network 10.0.0.0/8'],
  ['set service snmp community hunter22', 'community redacted-1'],
  ['set service snmp trap-target 192.0.2.1 community hunter22', 'community redacted'],
  ['set protocols ospf area 0 x md5-key hunter22', 'md5-key redacted'],
];

const harmless = [
  "set interfaces ethernet eth0 description 'the key is hunter2'",
  'set interfaces wireguard wg4 private-key /config/auth/wg4.key',
  'set firewall group address-group key address 192.0.2.1',
  'set firewall name secret default-action drop',
  "set system login user a authentication plaintext-password ''",
  'set system login user a authentication plaintext-password ****************',
  "comment system host-name 'a password'",
  'set system host-name password',
];

describe('secrets of a running configuration', () => {
  it('leave no router: each line, in the filter that it runs and in the one of edgewg', () => {
    for (const [line, left] of cases) {
      const [shown = ''] = filter('mask', [line]);
      assert.ok(!shown.includes('hunter22'), `${line} → ${shown}`);
      assert.ok(shown.endsWith(` ${left}`), `${line} → ${shown}`);
      assert.deepEqual(filter('drop', [line]), [], line);
      const own = printCommands(redact(parseCommands(`${line}\n`)));
      assert.ok(!own.includes('hunter22'), own);
      assert.equal(own, printCommands(parseCommands(`${shown}\n`)), 'both say the same');
    }
    assert.deepEqual(filter('mask', harmless), harmless);
    assert.deepEqual(filter('drop', harmless), harmless);
  });

  it('show of a WireGuard key its public half, also of one that looks like a path', () => {
    const wg = 'set interfaces wireguard wg4';
    const lines = [
      `${wg} peer ${key} preshared-key ${slashed}`,
      `${wg} private-key ${slashed}`,
      'set system host-name r',
      `set interfaces wireguard wg5 private-key ${key}`,
    ];
    assert.deepEqual(filter('mask', lines), [
      `${wg} peer ${key} preshared-key literal:@1`,
      `${wg} private-key literal:@2`,
      'set system host-name r',
      'set interfaces wireguard wg5 private-key literal:@3',
    ]);
    assert.deepEqual(filter('keys', lines), [
      `preshared-key ${slashed}`,
      `private-key ${slashed}`,
      `private-key ${key}`,
    ]);
    const own = printCommands(redact(parseCommands(`${lines.join('\n')}\n`)));
    assert.ok(own.includes(`private-key 'literal:${publicKeyOf(new Secret(slashed))}'\n`));
    assert.ok(own.includes(`preshared-key 'literal:${fingerprintOf(new Secret(slashed))}'\n`));
    assert.ok(!own.includes(slashed));
  });

  it('keep the rest of a value with a line break in it', () => {
    for (const value of ["'hunter22\nhunter22 b'", "'a hunter22\nhunter22'", 'hunter22\nhunter22']) {
      const lines =
        `set system login user a authentication plaintext-password ${value}\nset system host-name r`.split(
          '\n',
        );
      for (const mode of ['mask', 'drop'] as const) {
        const shown = filter(mode, lines);
        assert.ok(!shown.join('\n').includes('hunter22'), shown.join('\n'));
        assert.ok(shown.includes('set system host-name r'));
      }
      assert.throws(
        () => readConfiguration(Buffer.from(`${lines.join('\n')}\n`), 'file'),
        (error: unknown) => error instanceof Refused && !error.message.includes('hunter22'),
        value,
      );
    }
  });

  it('are not in the complaint about a line that nobody can read', () => {
    for (const line of [
      'password "hunter22" hunter22 {',
      "password 'hunter22 hunter22",
      'encrypted-password hunter22 hunter22',
      "set system login user a authentication plaintext-password 'hunter22' hunter22 'x",
    ])
      assert.throws(
        () => readConfiguration(Buffer.from(`system {\n  ${line}\n}\n`), 'file'),
        (error: unknown) => error instanceof Refused && !error.message.includes('hunter22'),
        line,
      );
  });

  it('of a router that hides none are hidden here', async () => {
    const say = (nonce: string, name: string, text: string): string =>
      `${nonce} ${name} 0 ${Buffer.from(text).toString('base64')}\n`;
    const { running, facts } = await readRouter(
      hostile(nonce =>
        [
          say(nonce, 'admin', 'ubnt'),
          say(
            nonce,
            'running',
            `set interfaces wireguard wg4 private-key ${key}\nset service snmp community hunter22\n`,
          ),
          say(nonce, 'drift', `set system login user a authentication plaintext-password 'hunter22 b'\n`),
          say(
            nonce,
            'applies',
            `x undo failed: [ system login user a authentication plaintext-password hunter22 ]\nx ${key}\n`,
          ),
          say(nonce, 'commits', '0 x by ubnt via cli: password hunter22\n'),
          `${nonce} end 0 -\n`,
        ].join(''),
      ),
    );
    const all = printCommands(running) + JSON.stringify([facts.drift, facts.applies, facts.commits]);
    assert.ok(!all.includes('hunter22') && !all.includes(key), all);
  });
});

describe('scrubbing', () => {
  const dirty = [
    '[ vpn ipsec site-to-site peer 192.0.2.1 authentication pre-shared-secret hunter22 ]',
    "[ vpn ipsec site-to-site peer 192.0.2.1 authentication pre-shared-secret 'hunter22 hunter22' ]",
    '[ system login radius-server 192.0.2.1 secret hunter22 ]',
    '[ interfaces wireguard wg4 private-key /hunter22;x ]',
    "set system login user a authentication plaintext-password 'hunter22 hunter22'",
    "- set service unms connection 'wss://hunter22 hunter22'",
    'delete service snmp community hunter22',
    'password: hunter22',
    "password='hunter22 hunter22'",
    'can not decrypt: passphrase "hunter22 hunter22" is wrong',
    `private-key ${key}`,
    `private-key ${slashed}`,
    `x${key}`.replace('x', 'PrivateKey = '),
  ];

  it('leaves nothing of a secret', () => {
    for (const text of dirty) {
      const shown = scrub(text);
      assert.ok(
        !shown.includes('hunter22') && !shown.includes(key) && !shown.includes(slashed),
        `${text} → ${shown}`,
      );
    }
  });

  it('leaves what is none', () => {
    for (const text of [
      '[ interfaces wireguard wg4 private-key /config/auth/wg4.key ]',
      'Error: Private key /config/auth/wg4.key not found',
      `set interfaces wireguard wg4 peer ${key} allowed-ips 10.0.0.0/8`,
      `public key ${key}`,
      'set firewall group address-group key address 192.0.2.1',
      'the key of wg4 is missing',
    ])
      assert.equal(scrub(text), text);
  });

  it('costs no more than a text is long', () => {
    for (const part of [
      '[ ',
      "password '",
      'set a ',
      'password ',
      "'",
      'a',
      '/',
      'key ',
      ' ',
      'A'.repeat(43),
    ]) {
      const text = part.repeat((1 << 20) / part.length);
      for (const whole of [text, text.replace(/(.{1900})/g, '$1\n')]) {
        const { user } = process.cpuUsage();
        scrub(whole);
        const ms = (process.cpuUsage().user - user) / 1000;
        assert.ok(ms < 5000, `${part}: ${ms} ms`);
      }
    }
  });
});
