// The list of a router's keys: what it says of each, and what of it is amiss.
import assert from 'node:assert/strict';
import { Chalk } from 'chalk';
import { listKeys } from '../../src/keys/list.ts';
import { renderKeys } from '../../src/report/keys.ts';
import { Secret } from '../../src/secret.ts';
import type { Site } from '../../src/site/site.ts';
import { redact } from '../../src/vyatta/redact.ts';
import { fingerprintOf, publicKeyOf } from '../../src/wireguard/key.ts';
import { aPeer, aRouter, aSite, aTunnel, key, someFacts } from '../support/builders.ts';

const secret = 'yAYFhBnOloq5U06nCTalDvhCnaLBroX06J927dHTjXY=';
const publicKey = publicKeyOf(new Secret(secret));
const day = 86_400;
const now = 1_800_000_000;

const file = (path: string, publicKey: string | undefined, mode = '640:ubnt:vyattacfg', age = 0) =>
  [path, { path, mode, changed: now - age * day, publicKey }] as const;

function textOf(site: Site, lines: readonly string[], more: Parameters<typeof someFacts>[0]): string {
  const running = redact(aRouter('system host-name r', ...lines));
  const list = listKeys(site, running, someFacts({ now, ...more }));
  const text = renderKeys(list, new Chalk({ level: 0 }));
  assert.ok(!text.includes(secret) && !JSON.stringify(list).includes(secret));
  return text;
}

describe('the list of keys', () => {
  it('says of a good one where it is, how old, and who must know it', () => {
    const site = aSite([aTunnel('wg4', { peers: [aPeer(4, { name: 'srv4' })] })]);
    const lines = [
      'interfaces wireguard wg4 private-key /config/auth/wg4.key',
      `interfaces wireguard wg4 peer ${key(4)} preshared-key /config/auth/psk`,
      `interfaces wireguard wg4 peer ${key(5)} description by-hand`,
    ];
    const keyFiles = new Map([
      file('/config/auth/wg4.key', publicKey, '640:ubnt:vyattacfg', 12),
      file('/config/auth/psk', key(9)),
      file('/config/auth/old.key', key(8), '640:ubnt:vyattacfg', 100),
    ]);
    assert.equal(
      textOf(site, lines, { keyFiles }),
      `wg4
  public key   ${publicKey}
  file         /config/auth/wg4.key  640 ubnt vyattacfg  changed 12 days ago
  known by     srv4  ${key(4)}
               by-hand  ${key(5)}

wg4, preshared key
  file         /config/auth/psk  640 ubnt vyattacfg  changed today
  shared with  srv4  ${key(4)}

no interface uses
  /config/auth/old.key  changed 100 days ago  public key ${key(8)}
`,
    );
  });

  it('says what is amiss', () => {
    const site = aSite([aTunnel('wg4'), aTunnel('wg7')], { rotateAfter: 90 });
    const wg = (name: string, word: string): string => `interfaces wireguard ${name} private-key ${word}`;
    const live = { listenPort: 1, peers: [], mtu: 1420, addresses: [] };
    const text = textOf(
      site,
      [
        wg('wg0', secret),
        `interfaces wireguard wg0 peer ${key(4)} preshared-key ${secret}`,
        wg('wg1', '/config/auth/gone.key'),
        wg('wg2', '/config/auth/open.key'),
        wg('wg4', '/config/auth/old.key'),
      ],
      {
        keyFiles: new Map([
          file('/config/auth/open.key', undefined, '644:ubnt:users'),
          file('/config/auth/old.key', key(9), undefined, 91),
        ]),
        interfaces: new Map([['wg4', { ...live, publicKey }]]),
      },
    );
    for (const part of [
      `wg0\n  public key   ${publicKey}\n  known by     ${key(4)}\n  ! a literal key`,
      `wg0, preshared key\n  fingerprint  ${fingerprintOf(new Secret(secret))}\n`,
      '! there is no /config/auth/gone.key that this user can see',
      '! the file holds no key that this user can read\n  ! every user of the router can read the file: chmod 0640\n  ! the group should be vyattacfg',
      '! older than rotateAfter (90 days): make a new one under another file name',
      `! the interface runs with another key, its public half is ${publicKey}`,
      'wg7\n  file         /config/auth/wg7.key\n  ! the interface is not on the router yet',
    ])
      assert.ok(text.includes(part), `${part}\n---\n${text}`);
  });

  it('shows nothing that would move a cursor', () => {
    const line = `interfaces wireguard wg4 peer ${key(5)} description '\u001b[2Jx'`;
    const text = textOf(aSite([]), [line], {
      keyFiles: new Map([file('/config/auth/\u001b[2J', '\u001b[2J')]),
    });
    assert.match(text, /\\u\{1b\}\[2Jx/);
    assert.ok(!text.includes('\u001b'));
  });
});
