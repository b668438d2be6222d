// What of a configuration may leave a router, and what of foreign text may be shown: the filter on the router, the one in edgewg, and
// the same answer of both.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Refused } from '../../src/errors.ts';
import { readRouter } from '../../src/router/read.ts';
import { script } from '../../src/router/scripts.ts';
import { Secret } from '../../src/secret.ts';
import { parseCommands, printCommands } from '../../src/vyatta/commands.ts';
import { redact } from '../../src/vyatta/redact.ts';
import { readConfiguration } from '../../src/vyatta/running.ts';
import { scrub } from '../../src/vyatta/scrub.ts';
import type { Tree } from '../../src/vyatta/tree.ts';
import { fingerprintOf, publicKeyOf } from '../../src/wireguard/key.ts';
import { hostile } from '../support/hostile-router.ts';

/** The filter as the router runs it: in bash, with this machine's awk or one that `awk` names. */
function filter(mode: 'mask' | 'keys', lines: readonly string[], awk = 'command awk'): string[] {
  const input = lines.map(line => `${line}\n`).join('');
  const text = `awk() { ${awk} "$@"; }\n${script('secrets.sh')}\nwithout_secrets ${mode}`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', text], { input, encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return stdout.split('\n').slice(0, -1);
}

const busybox = ['/bin/busybox', '/usr/bin/busybox'].find(path => existsSync(path));

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
  ['set system login radius-server 192.0.2.1 secret hunter22', 'radius-server redacted'],
  ["set service unms connection 'wss://u:443+hunter22'", 'connection redacted'],
  ['set service snmp community hunter22 authorization ro', 'community redacted'],
  ["set service snmp community 'hunter22 x' network 10.0.0.0/8", 'community redacted'],
  ['set service snmp community hunter22', 'community redacted'],
  ['set service snmp community 2222', 'community redacted'],
  ['set service snmp trap-target 192.0.2.1 community hunter22', 'trap-target redacted'],
  ['set interfaces ethernet eth0 ip ospf authentication md5 key-id 1 md5-key hunter22', 'md5-key redacted'],
  ['set interfaces wireguard wg4 ip ospf authentication md5 key-id 1 md5-key 1234', 'md5-key redacted'],
  [
    "set interfaces wireguard wg4 ip ospf authentication plaintext-password 'hunter22 b'",
    'plaintext-password redacted',
  ],
  ['set interfaces wireguard wg4 ip ospf authentication plaintext-password 1', 'plaintext-password redacted'],
  ['set interfaces ethernet eth0 ip rip authentication md5 1 password hunter22', '1 redacted'],
  // no leaf called secret: URLs, and options of other programs
  [
    "set system config-management commit-archive location 'scp://u:hunter22@192.0.2.9/r'",
    'location redacted',
  ],
  [`set service dhcp-server global-parameters 'key k { secret "hunter22"; };'`, 'global-parameters redacted'],
  ["set system task-scheduler task t executable arguments '-u b:hunter22'", 'arguments redacted'],
  ['set system task-scheduler task t executable arguments hunter22', 'arguments redacted'],
  [
    "set interfaces openvpn vtun0 openvpn-option '--http-proxy-user-pass hunter22'",
    'openvpn-option redacted',
  ],
  ["set interfaces openvpn vtun0 openvpn-option 'a' hunter22 b'", 'openvpn-option redacted'],
  ['set service dns dynamic interface eth0 service custom-x login hunter22', 'login redacted'],
  ['set service dns dynamic interface eth0 service custom-x options hunter22', 'options redacted'],
  [
    "set service dns dynamic interface eth0 service custom-x server 'x.example/?t=hunter22'",
    'server redacted',
  ],
  ["set service dns forwarding options 'server=/a/hunter22'", 'options redacted'],
  ["set interfaces wireguard wg4 up-command 'curl -H hunter22 http://192.0.2.1'", 'up-command redacted'],
  ['set interfaces ethernet eth0 pppoe 0 user-id hunter22', 'user-id redacted'],
  ["set system package repository r url 'http://u:hunter22@192.0.2.9'", 'repository redacted'],
  ['set load-balance group G interface eth0 route-test type script hunter22', 'script redacted'],
  ['set vpn ipsec global-config hunter22', 'global-config redacted'],
  ['set system login radius-server 192.0.2.1 port hunter22', 'radius-server redacted'],
  ['set service something of others hunter22', 'something redacted'],
  ['set custom-attribute hunter22 value hunter22', 'custom-attribute redacted'],
  ["set interfaces ethernet eth0 description 'http://u:hunter22@192.0.2.1'", 'description redacted'],
  ["set interfaces ethernet eth0 description 'token = hunter22'", 'description redacted'],
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
  "set protocols static route '::/0' next-hop 'fe80::1'",
  "set interfaces wireguard wg4 peer yAYFhBnOloq5U06nCTalDvhCnaLBroX06J927dHTjXY= endpoint 'vpn.example.net:51820'",
  'set interfaces ethernet eth1 disable',
  'set service dns forwarding system',
  'set system static-host-mapping host-name nas inet 192.0.2.7',
  'set service unms',
  'set system ntp server 0.ubnt.pool.ntp.org',
  'set load-balance group G interface eth0 route-test count success 3',
  "set policy route-map OUT rule 10 set community '64512:100'",
];

describe('secrets of a running configuration', () => {
  it('leave no router: each line, in the filter that it runs and in the one of edgewg', () => {
    for (const [line, left] of cases) {
      const [shown = ''] = filter('mask', [line]);
      assert.ok(!shown.includes('hunter22'), `${line} → ${shown}`);
      assert.ok(shown.endsWith(` ${left}`), `${line} → ${shown}`);
      const own = printCommands(redact(parseCommands(`${line}\n`)));
      assert.ok(!own.includes('hunter22'), own);
      assert.equal(own, printCommands(parseCommands(`${shown}\n`)), 'both say the same');
    }
    assert.deepEqual(filter('mask', harmless), harmless);
    for (const line of harmless) {
      const own = printCommands(redact(parseCommands(`${line}\n`)));
      assert.equal(
        own
          .replace(/'(\*+)'/, '$1')
          .split('\n')
          .at(-2),
        line,
      );
    }
  });

  it('leave no router with the awk of busybox either', function () {
    if (busybox === undefined) this.skip();
    const lines = [...cases.map(([line]) => line), ...harmless];
    assert.deepEqual(filter('mask', lines, `${busybox} awk`), filter('mask', lines));
  });

  it('hide the comment on what is hidden', () => {
    const lines = [
      'set service dns forwarding options x',
      "comment service dns forwarding options 'hunter22'",
      "comment service dns forwarding 'see http://u:hunter22@192.0.2.1'",
      "comment service dns forwarding options x 'hunter22'",
    ];
    const shown = filter('mask', lines);
    assert.deepEqual(shown, [
      'set service dns forwarding options redacted',
      "comment service dns forwarding options 'redacted'",
      "comment service dns forwarding 'redacted'",
    ]);
    const own = redact(parseCommands(`${lines.join('\n')}\n`));
    assert.ok(!printCommands(own).includes('hunter22'));
    const again = parseCommands(`${shown.join('\n')}\n`);
    assert.equal(printCommands(redact(again)), printCommands(again), 'once more changes nothing');
  });

  it('are hidden in the same way on both sides, in every real configuration', function () {
    const folder = new URL('../../../../shared/corpus/', import.meta.url);
    if (!existsSync(folder)) this.skip();
    let files = 0;
    for (const name of readdirSync(folder).filter(file => /\.(boot|commands)$/.test(file))) {
      let tree: Tree;
      try {
        tree = readConfiguration(readFileSync(new URL(name, folder)), name);
      } catch {
        continue;
      }
      const lines = printCommands(tree).split('\n').slice(0, -1);
      // the router leaves the keys' own marks to another record
      const unmarked = (text: string): string => text.replace(/'?literal:\S+/g, 'literal');
      const shown = printCommands(parseCommands(`${filter('mask', lines).join('\n')}\n`));
      assert.equal(
        unmarked(printCommands(redact(parseCommands(`${lines.join('\n')}\n`)))),
        unmarked(shown),
        name,
      );
      files++;
    }
    assert.ok(files > 30, `${files} files`);
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
      for (const shown of [filter('mask', lines)]) {
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
          say(nonce, 'digest', `2:${'0'.repeat(64)}`),
          say(nonce, 'boot', 'b'),
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
        assert.ok(ms < 60_000, `${part}: ${ms} ms`);
      }
    }
  });
});
