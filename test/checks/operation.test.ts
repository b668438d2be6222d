import assert from 'node:assert/strict';
import { checks } from '../../src/checks/all.ts';
import { parseAllowed, refusals } from '../../src/plan/allow.ts';
import { makePlan } from '../../src/plan/make.ts';
import type { RouterFacts } from '../../src/plan/types/facts.ts';
import type { Finding } from '../../src/plan/types/plan.ts';
import type { Site } from '../../src/site/site.ts';
import type { Tree } from '../../src/vyatta/tree.ts';
import { aPeer, aRouter, aSite, aTunnel, key, placeOf, someFacts } from '../support/builders.ts';

const find = (code: string, site: Site, running: Tree, facts?: RouterFacts): Finding | undefined =>
  makePlan({ site, placeOf, running, ...(facts === undefined ? {} : { facts }) }, checks).diagnostics.find(
    finding => finding.code === code,
  );

const wg = (name: string, ...peers: number[]): string[] => [
  `interfaces wireguard ${name} private-key /config/auth/${name}.key`,
  `interfaces wireguard ${name} route-allowed-ips false`,
  ...peers.map(n => `interfaces wireguard ${name} peer ${key(n)} allowed-ips 10.0.${n}.0/24`),
];

describe('budget', () => {
  it('refuses to delete an interface, and names the flag that lifts it', () => {
    const found = find('EW030', aSite([]), aRouter(...wg('wg4', 1)));
    assert.match(found?.message ?? '', /1 interface \(wg4\)/);
    assert.equal(found?.allow, 'delete=1');
    assert.deepEqual(refusals(found ? [found] : [], parseAllowed(['delete=1']) ?? new Map()), []);
    assert.equal(refusals(found ? [found] : [], parseAllowed(['delete=0']) ?? new Map()).length, 1);
  });

  it('takes what the limits allow, and shows it to whoever reviews the file', () => {
    const site = (limits: Site['limits'], ...left: number[]): Site =>
      aSite(left.length === 0 ? [] : [aTunnel('wg4', { peers: left.map(n => aPeer(n)) })], { limits });
    const gone = find('EW030', site({ deleteInterfaces: 1 }), aRouter(...wg('wg4', 1)));
    assert.equal(gone?.message, "the plan removes 1 interface (wg4), more than edgewg's own limits allow");
    assert.equal(gone.silenced, 'limits of the site file: deleteInterfaces 1');
    assert.deepEqual(refusals([gone], new Map()), []);
    // also where the number is the default: it lifts the rule of a third
    const third = find('EW030', site({ deletePeers: 1 }, 1), aRouter(...wg('wg4', 1, 2)));
    assert.equal(third?.silenced, 'limits of the site file: deletePeers 1');
    assert.equal(find('EW030', site({ deletePeers: 9 }, 1, 2), aRouter(...wg('wg4', 1, 2, 3))), undefined);
  });

  it('tells what the limits let through beside what they do not', () => {
    const site = aSite([aTunnel('wg4', { peers: [aPeer(1)] })], { limits: { deleteInterfaces: 1 } });
    const running = aRouter(...wg('wg4', 1, 2, 3), ...wg('wg5', 5));
    const { diagnostics } = makePlan({ site, placeOf, running }, checks);
    const found = diagnostics.filter(({ code }) => code === 'EW030');
    assert.deepEqual(
      found.map(({ allow, silenced }) => [allow, silenced]),
      [
        [undefined, 'limits of the site file: deleteInterfaces 1'],
        ['delete=3', undefined],
      ],
    );
  });

  it('allows one peer of three, not one of two', () => {
    const site = (...left: number[]): Site => aSite([aTunnel('wg4', { peers: left.map(n => aPeer(n)) })]);
    assert.equal(find('EW030', site(1, 2), aRouter(...wg('wg4', 1, 2, 3))), undefined);
    assert.match(find('EW030', site(1), aRouter(...wg('wg4', 1, 2)))?.message ?? '', /1 of 2 on wg4/);
    assert.match(find('EW030', site(1), aRouter(...wg('wg4', 1, 2, 3)))?.message ?? '', /2 peers/);
  });

  it('does not count a peer whose key was changed', () => {
    const site = aSite([aTunnel('wg4', { peers: [aPeer(1), aPeer(9)] })]);
    assert.equal(find('EW030', site, aRouter(...wg('wg4', 1, 2))), undefined);
  });

  it('refuses to take the last route to a prefix', () => {
    const routes = ['protocols static interface-route 10.42.4.0/24 next-hop-interface wg4'];
    const site = aSite([aTunnel('wg4', { peers: [aPeer(1)] })]);
    assert.match(
      find('EW030', site, aRouter(...wg('wg4', 1), ...routes))?.message ?? '',
      /last route to 10\.42\.4\.0\/24/,
    );
    const other = 'protocols static interface-route 10.42.4.0/24 next-hop-interface eth1';
    assert.equal(find('EW030', site, aRouter(...wg('wg4', 1), ...routes, other)), undefined);
  });
});

describe('firmware', () => {
  const site = aSite([aTunnel('wg4', { peers: [aPeer(1)] })]);

  it('says that the package is not installed', () => {
    const facts = someFacts({ probes: new Map([['wireguard', false]]) });
    assert.match(find('EW020', site, aRouter('system host-name r'), facts)?.message ?? '', /not installed/);
  });

  it('says what a firmware upgrade took away, and that nothing may be saved', () => {
    const facts = someFacts({ probes: new Map([['wireguard', false]]), savedWireguard: ['wg0', 'wg4'] });
    const found = find('EW020', site, aRouter('system host-name r'), facts);
    assert.match(found?.message ?? '', /firmware upgrade removes it.*wg0, wg4/);
    assert.equal(found?.allow, undefined);
  });

  it('sees interfaces that only config.boot has', () => {
    const facts = someFacts({ savedWireguard: ['wg0'] });
    assert.match(find('EW021', site, aRouter(...wg('wg4', 1)), facts)?.message ?? '', /wg0: in config\.boot/);
  });

  it('refuses a clamp for wg that the firmware does not know', () => {
    const facts = someFacts({ probes: new Map([['mss-clamp-wg', false]]) });
    const clamped = aSite(site.tunnels, { mssClamp: {} });
    assert.equal(find('EW022', clamped, aRouter(...wg('wg4', 1)), facts)?.severity, 'error');
    assert.equal(find('EW022', site, aRouter(...wg('wg4', 1)), facts), undefined);
  });

  it('leaves out the niceties that it lacks', () => {
    const facts = someFacts({ probes: new Map([['ubnt-discover', false]]) });
    const plan = makePlan({ site, placeOf, running: aRouter('system host-name r'), facts });
    assert.ok(!plan.commits.some(commit => commit.run.some(({ path }) => path.includes('ubnt-discover'))));
  });
});

describe('keys', () => {
  const tunnel = aTunnel('wg4', {
    peers: [aPeer(1)],
    privateKey: { kind: 'router', path: '/config/auth/wg4.key' },
  });
  const site = aSite([tunnel]);
  const secret = 'yAYFhBnOloq5U06nCTalDvhCnaLBroX06J927dHTjXY=';
  const publicKey = 'K66LNAUmgVGP7JXHjQsk7zxczXAbsHZNycvm+zfB4WQ=';
  const file = (path: string, k: string | undefined) =>
    someFacts({
      keyFiles: new Map([[path, { path, mode: '640:ubnt:vyattacfg', changed: 0, publicKey: k }]]),
    });

  it('are made on the router for an interface that does not exist yet, and only then', () => {
    const plan = makePlan({ site, placeOf, running: aRouter('system host-name r'), facts: someFacts() });
    assert.deepEqual(
      plan.keys.map(step => step.do),
      ['generate'],
    );
    const has = makePlan({
      site,
      placeOf,
      running: aRouter('system host-name r'),
      facts: file('/config/auth/wg4.key', key(7)),
    });
    assert.deepEqual(has.keys, []);
    assert.match(
      find('EW010', site, aRouter(...wg('wg4', 1)), someFacts())?.message ?? '',
      /isn't on the router/,
    );
  });

  it('move from the configuration into the file, the same key, and the undo names the file', () => {
    const running = aRouter(...wg('wg4', 1).slice(1), `interfaces wireguard wg4 private-key ${secret}`);
    const plan = makePlan({ site, placeOf, running, facts: someFacts() });
    assert.deepEqual(
      plan.keys.map(({ do: what, path }) => [what, path]),
      [['move', '/config/auth/wg4.key']],
    );
    assert.ok(!JSON.stringify(plan).includes(secret));
    assert.ok(plan.commits[0]?.undo.some(({ path }) => path.at(-1) === '/config/auth/wg4.key'));
    assert.ok(plan.commits[0]?.undo.every(({ path }) => !path.at(-1)?.startsWith('literal:')));
  });

  it('are kept in a file of their own when the change replaces or removes them', () => {
    const running = aRouter(...wg('wg4', 1).slice(1), `interfaces wireguard wg4 private-key ${secret}`);
    const other = file('/config/auth/wg4.key', key(7));
    const plan = makePlan({ site, placeOf, running, facts: other });
    assert.deepEqual(
      plan.keys.map(({ path }) => path),
      ['/config/auth/edgewg-wg4-K66LNAUmgVGP.key'],
    );
    assert.match(
      find('EW012', site, running, other)?.message ?? '',
      new RegExp(`${publicKey.slice(0, 8)}.* → `),
    );
    const gone = makePlan({ site: aSite([]), placeOf, running, facts: someFacts() });
    assert.deepEqual(
      gone.keys.map(({ do: what }) => what),
      ['move'],
    );
  });

  it('that the router hides can not be compared', () => {
    const running = aRouter(
      ...wg('wg4', 1).slice(1),
      "interfaces wireguard wg4 private-key '****************'",
    );
    assert.match(find('EW013', site, running)?.message ?? '', /hidden/);
  });

  it('of others are never taken away without a way back', () => {
    const running = aRouter(
      ...wg('wg4', 1),
      'interfaces wireguard wg4 ip ospf authentication md5 key-id 1 md5-key abcdef',
    );
    assert.match(find('EW014', aSite([]), running)?.message ?? '', /holds a secret/);
  });
});

describe('bgp', () => {
  const neighbor = (n: number) => ({
    at: ['bgp', n],
    address: `192.168.5.${n}`,
    family: 4 as const,
    tunnel: `wg${n}`,
    remoteAsn: 64513,
    disable: false,
    accept: ['192.168.10.0/24'],
  });
  const site = (...numbers: number[]): Site =>
    aSite([], { bgp: { at: ['bgp'], asn: 64512, neighbors: numbers.map(neighbor) } });

  it('neighbours that left the site file go with their prefix list; those of others stay', () => {
    const foreign = 'protocols bgp 64512 neighbor 192.0.2.1 remote-as 64600';
    const both = makePlan({ site: site(4, 5), placeOf, running: aRouter(foreign) });
    const lines = both.commits[0]?.run.map(({ path }) => path.join(' ')) ?? [];
    assert.ok(lines.includes('policy prefix-list EDGEWG-192-168-5-5 rule 10 le 32'));
    const left = makePlan({ site: site(4), placeOf, running: aRouter(foreign, ...lines) });
    assert.deepEqual(left.commits[0]?.run.map(({ op, path }) => `${op} ${path.join(' ')}`).sort(), [
      'delete policy prefix-list EDGEWG-192-168-5-5',
      'delete protocols bgp 64512 neighbor 192.168.5.5',
    ]);
  });
});
