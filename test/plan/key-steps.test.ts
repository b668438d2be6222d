// What a plan says of keys: which files it makes, moves or writes, what changes for the peers, and what is wrong.
import assert from 'node:assert/strict';
import { planChecks } from '../../src/checks/all.ts';
import { placeName } from '../../src/keys/references.ts';
import { makePlan } from '../../src/plan/make.ts';
import { parsePlan } from '../../src/plan/saved.ts';
import type { Finding, Plan } from '../../src/plan/types/plan.ts';
import { renderCommands } from '../../src/report/commands.ts';
import { renderJson } from '../../src/report/json.ts';
import { Secret } from '../../src/secret.ts';
import type { Tunnel } from '../../src/site/site.ts';
import { redact, shownOf } from '../../src/vyatta/redact.ts';
import { fingerprintOf, type KeyIdentity, keyFileOf, publicKeyOf } from '../../src/wireguard/key.ts';
import { aPeer, aRouter, aSite, aTunnel, key, placeOf, someFacts } from '../support/builders.ts';

const a = new Secret('yAYFhBnOloq5U06nCTalDvhCnaLBroX06J927dHTjXY=');
const b = new Secret(Buffer.alloc(32, 9).toString('base64'));

const identityOf = (secret: Secret, kind: 'private' | 'preshared'): KeyIdentity => {
  const publicKey = publicKeyOf(secret);
  const shown = kind === 'private' ? publicKey : fingerprintOf(secret);
  return { shown, publicKey, path: keyFileOf('wg4', shown) };
};
const privateA = identityOf(a, 'private');
const pskA = identityOf(a, 'preshared');

const reference = { kind: 'env', name: 'WG4' } as const;
const keyFiles = (...files: [string, string | undefined][]) =>
  someFacts({
    keyFiles: new Map(
      files.map(([path, publicKey]) => [path, { path, mode: '640:ubnt:vyattacfg', changed: 0, publicKey }]),
    ),
  });

interface Given {
  readonly tunnel?: Partial<Tunnel>;
  readonly router?: readonly string[];
  readonly files?: readonly [string, string | undefined][];
  readonly known?: Record<string, KeyIdentity>;
}

function planOf({ tunnel = {}, router = [], files = [], known = {} }: Given): Plan {
  const places = new Map(Object.entries(known));
  return makePlan(
    {
      site: aSite([aTunnel('wg4', tunnel)]),
      placeOf,
      running: redact(aRouter('system host-name r', ...router)),
      facts: keyFiles(...files),
      identityOf: at => places.get(placeName(at.slice(-1))),
    },
    planChecks,
  );
}

const finding = (plan: Plan, code: string): Finding | undefined =>
  plan.diagnostics.find(one => one.code === code);
const deeds = (plan: Plan) => plan.keys.map(({ do: deed, path }) => [deed, path]);
const wg4 = (word: string): string[] => [
  'interfaces wireguard wg4',
  `interfaces wireguard wg4 private-key ${word}`,
];
const commands = (plan: Plan): string => renderCommands(plan, false);

describe('a private key by reference', () => {
  const tunnel = { privateKey: reference };
  const known = { privateKey: privateA };

  it('is written to a file that is named after it', () => {
    const plan = planOf({ tunnel, known });
    assert.deepEqual(deeds(plan), [['write', privateA.path]]);
    assert.match(commands(plan), new RegExp(`set interfaces wireguard wg4 private-key ${privateA.path}\n`));
    assert.match(
      commands(plan),
      /# first, .*: the key that the site file refers to is written there: public key K66LN/,
    );
    assert.deepEqual(parsePlan(renderJson(plan), 'plan.json').keys, JSON.parse(JSON.stringify(plan.keys)));
    assert.ok(!renderJson(plan).includes(a.reveal()));
  });

  it('that the router has already is left alone', () => {
    const files: [string, string][] = [[privateA.path, privateA.publicKey]];
    assert.deepEqual(planOf({ tunnel, known, files }).keys, []);
    const there = planOf({
      tunnel,
      known,
      files,
      router: [
        ...wg4(privateA.path),
        'interfaces wireguard wg4 route-allowed-ips false',
        'interfaces wireguard wg4 mtu 1420',
        'service ubnt-discover interface wg4 disable',
      ],
    });
    assert.deepEqual([there.commits, there.keys], [[], []]);
  });

  it('that is another one shows both public keys', () => {
    const old = identityOf(b, 'private');
    for (const given of [
      { router: wg4('/config/auth/wg4.key'), files: [['/config/auth/wg4.key', old.publicKey]] },
      { router: wg4(b.reveal()) },
    ] satisfies Given[]) {
      const plan = planOf({ tunnel, known, ...given });
      const both = new RegExp(`${old.shown.slice(0, 8)}.* → ${privateA.shown.slice(0, 8)}`);
      assert.match(finding(plan, 'EW012')?.message ?? '', both);
      assert.match(commands(plan), both);
      assert.ok(!renderJson(plan).includes(b.reveal()));
    }
  });

  it('that moves into its file is no change of identity', () => {
    const plan = planOf({ tunnel, known, router: wg4(a.reveal()) });
    assert.equal(finding(plan, 'EW012'), undefined);
    assert.deepEqual(deeds(plan)[0], ['write', privateA.path]);
    assert.match(JSON.stringify(plan.commits[0]?.undo), new RegExp(privateA.path));
  });

  it('whose file holds something else is refused', () => {
    for (const publicKey of [undefined, key(3)]) {
      const plan = planOf({ tunnel, known, files: [[privateA.path, publicKey]] });
      assert.equal(finding(plan, 'EW011')?.severity, 'error');
    }
  });

  it('that is not resolved leaves what is there, and says so', () => {
    const fresh = planOf({ tunnel });
    assert.match(finding(fresh, 'EW017')?.message ?? '', /follows from the key, which is known at apply$/);
    assert.ok(!commands(fresh).includes('private-key'));
    const there = planOf({ tunnel, router: wg4('/config/auth/old.key') });
    assert.match(finding(there, 'EW017')?.message ?? '', /leaves it as it is$/);
    assert.ok(!commands(there).includes('private-key'));
    assert.deepEqual(there.keys, []);
  });
});

describe('a preshared key', () => {
  const peer = (presharedKey: typeof reference | { kind: 'router'; path: string }) => ({
    peers: [aPeer(4, { presharedKey })],
    privateKey: { kind: 'router', path: '/config/auth/wg4.key' } as const,
  });
  const leaf = `interfaces wireguard wg4 peer ${key(4)} preshared-key`;
  const own: [string, string] = ['/config/auth/wg4.key', key(3)];

  it('by reference is written under its fingerprint', () => {
    const plan = planOf({ tunnel: peer(reference), known: { presharedKey: pskA }, files: [own] });
    assert.deepEqual(deeds(plan), [['write', pskA.path]]);
    assert.equal(plan.keys[0]?.identity, pskA.shown);
    assert.match(commands(plan), new RegExp(`preshared-key ${pskA.path}`));
    assert.match(commands(plan), /the preshared key that the site file refers to is written there: sha256:/);
  });

  it('that changes says that the other end must have it', () => {
    const literal = shownOf(`literal:${fingerprintOf(b)}`);
    assert.equal(literal, fingerprintOf(b));
    for (const router of [[`${leaf} ${b.reveal()}`], [`${leaf} /config/auth/psk`]]) {
      const files: [string, string][] = [own, ['/config/auth/psk', publicKeyOf(b)]];
      const plan = planOf({ tunnel: peer(reference), known: { presharedKey: pskA }, files, router });
      assert.match(finding(plan, 'EW018')?.message ?? '', /preshared key of wg4 with peer4 changes/);
    }
    const same = [own, ['/config/auth/psk', publicKeyOf(a)]] as [string, string][];
    const moved = planOf({
      tunnel: peer(reference),
      known: { presharedKey: pskA },
      files: same,
      router: [`${leaf} /config/auth/psk`],
    });
    assert.equal(finding(moved, 'EW018'), undefined);
  });

  it('file that is missing or holds no key is refused, and never made', () => {
    const tunnel = peer({ kind: 'router', path: '/config/auth/psk' });
    const missing = planOf({ tunnel, files: [own] });
    assert.match(
      finding(missing, 'EW015')?.message ?? '',
      /^\/config\/auth\/psk, the preshared key of wg4 with peer4, isn't on the router/,
    );
    assert.deepEqual(missing.keys, []);
    assert.match(
      finding(planOf({ tunnel, files: [own, ['/config/auth/psk', undefined]] }), 'EW011')?.message ?? '',
      /holds no WireGuard key/,
    );
    assert.equal(finding(planOf({ tunnel, files: [own, ['/config/auth/psk', key(5)]] }), 'EW015'), undefined);
  });

  it('that is a literal moves into the file that is named for it', () => {
    const tunnel = peer({ kind: 'router', path: '/config/auth/psk' });
    const plan = planOf({ tunnel, files: [own], router: [`${leaf} ${a.reveal()}`] });
    assert.deepEqual(deeds(plan), [['move', '/config/auth/psk']]);
    assert.deepEqual(plan.keys[0]?.from, leaf.split(' '));
  });
});

describe('a key file on the router that edgewg can not read', () => {
  const at = (mode: string) => {
    const facts = someFacts({
      keyFiles: new Map([
        ['/config/auth/wg4.key', { path: '/config/auth/wg4.key', mode, changed: 0, publicKey: undefined }],
      ]),
    });
    const plan = makePlan(
      {
        site: aSite([aTunnel('wg4')]),
        placeOf,
        running: redact(aRouter(...wg4('/config/auth/wg4.key'))),
        facts,
      },
      planChecks,
    );
    return finding(plan, 'EW011');
  };

  it('is told by its rights, and what they should be', () => {
    for (const mode of ['600:root:root', '640:root:root', '600:root:vyattacfg', '40:ubnt:vyattacfg']) {
      const found = at(mode);
      assert.match(found?.message ?? '', /can't be read by ubnt on the router/, mode);
      assert.match(found?.hint ?? '', /chgrp vyattacfg .* chmod 0640/);
      assert.equal(found?.severity, 'error');
    }
    for (const mode of ['640:root:vyattacfg', '600:ubnt:users', '644:root:root'])
      assert.match(at(mode)?.message ?? '', /holds no WireGuard key/, mode);
  });
});

describe('literal keys in the running configuration', () => {
  it('are told, with the way into a file, unless the plan takes it', () => {
    const foreign = ['interfaces wireguard wg20', `interfaces wireguard wg20 private-key ${b.reveal()}`];
    const psk = `interfaces wireguard wg20 peer ${key(8)} preshared-key ${a.reveal()}`;
    const plan = planOf({ router: [...foreign, psk, ...wg4(a.reveal())] });
    const told = plan.diagnostics.filter(({ code }) => code === 'EW016');
    assert.deepEqual(
      told.map(({ running, severity }) => [running?.path.join(' '), severity]),
      [
        ['interfaces wireguard wg20 private-key', 'warning'],
        [`interfaces wireguard wg20 peer ${key(8)} preshared-key`, 'warning'],
      ],
    );
    assert.match(told[0]?.hint ?? '', /privateKey: \/config\/auth\/wg20\.key/);
    for (const secret of [a, b]) assert.ok(!JSON.stringify(plan).includes(secret.reveal()));
  });
});
