// Status, drift and bypass, from readings made by hand.
import assert from 'node:assert/strict';
import { Chalk } from 'chalk';
import { bypassChecks, checks } from '../../src/checks/all.ts';
import { bypassed } from '../../src/checks/routing/bypassed.ts';
import { tunnelStatus } from '../../src/health/status.ts';
import { bypassSite, isBypassed, publicRoutes } from '../../src/plan/bypass.ts';
import { makePlan } from '../../src/plan/make.ts';
import { applied } from '../../src/plan/order.ts';
import type { LiveInterface, RouterFacts } from '../../src/plan/types/facts.ts';
import { renderDrift, sinceLastApply } from '../../src/report/drift.ts';
import { renderStatus, statusData } from '../../src/report/status.ts';
import type { Route, Site } from '../../src/site/site.ts';
import type { Tree } from '../../src/vyatta/tree.ts';
import { aPeer, aRouter, aSite, aTunnel, key, placeOf, someFacts } from '../support/builders.ts';

const paint = new Chalk({ level: 0 });
const route = (prefix: string, more: Partial<Route> = {}): Route => ({
  at: ['tunnels', 'wg4', 'routes', prefix],
  prefix,
  family: prefix.includes(':') ? 6 : 4,
  disable: false,
  guard: false,
  ...more,
});
const routes = [
  route('10.42.4.0/24'),
  route('198.51.100.7/32', { guard: true }),
  route('2001:db8:1::/64'),
  route('fd00:4::/64'),
  route('0.0.0.0/0'),
];
const wg4 = aTunnel('wg4', {
  address: ['10.9.0.1/32'],
  listenPort: 51824,
  mtu: 1420,
  peers: [aPeer(4, { allowedIPs: ['10.42.4.0/24'], persistentKeepalive: 25 })],
  routes,
});
/** Outside `manages`: the hardest case, since nothing there goes by itself. */
const site = aSite([wg4], { manages: { at: [], interfaces: [], firewallRules: new Map(), natRules: [] } });
const plan = (wanted: Site, running: Tree, facts?: RouterFacts) =>
  makePlan({ site: wanted, placeOf, running, ...(facts === undefined ? {} : { facts }) });
const configured = (running: Tree, wanted: Site): Tree =>
  applied(
    running,
    plan(wanted, running).commits.flatMap(({ run }) => run),
  );
const whole = configured(aRouter('system host-name r'), site);

describe('bypass', () => {
  it('takes the routes to public addresses out, with their guards, and nothing else', () => {
    assert.deepEqual(
      publicRoutes(wg4).map(({ prefix }) => prefix),
      ['198.51.100.7/32', '2001:db8:1::/64'],
    );
    const commands = plan(bypassSite(site, wg4, false), whole).commits.flatMap(({ run }) => run);
    assert.deepEqual(commands.map(({ op, path }) => [op, path.slice(2, 5).join(' ')]).sort(), [
      ['delete', 'interface-route 198.51.100.7/32'],
      ['delete', 'interface-route6 2001:db8:1::/64'],
      ['delete', 'route 198.51.100.7/32'],
    ]);
  });

  it('puts them back as they were, and is idempotent both ways', () => {
    const without = configured(whole, bypassSite(site, wg4, false));
    assert.ok(isBypassed(wg4, without) && !isBypassed(wg4, whole));
    assert.deepEqual(plan(bypassSite(site, wg4, false), without).commits, []);
    const back = configured(without, bypassSite(site, wg4, true));
    assert.deepEqual(plan(site, back).commits, []);
    assert.deepEqual(plan(bypassSite(site, wg4, true), back).commits, []);
  });

  it('is refused where its save would bury what the router lost, or while somebody is to decide', () => {
    const found = (more: Partial<RouterFacts>): string[] => {
      const wanted = { site: bypassSite(site, wg4, false), placeOf, running: whole };
      const { diagnostics } = makePlan({ ...wanted, facts: someFacts(more) }, bypassChecks);
      return diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
    };
    assert.deepEqual(found({}), []);
    assert.deepEqual(found({ savedWireguard: ['wg4', 'wg5'] }), ['EW021']);
    assert.deepEqual(found({ pendingConfirms: ['Tue Dec  1 10:00:00 2026'] }), ['EW026']);
  });

  it('is told by every plan until then', () => {
    const running = configured(whole, bypassSite(site, wg4, false));
    const made = makePlan({ site, placeOf, running }, checks);
    const finding = made.diagnostics.find(({ code }) => code === 'EW500');
    assert.match(
      finding?.message ?? '',
      /^wg4 is bypassed: 198\.51\.100\.7\/32, 2001:db8:1::\/64 is reached directly/,
    );
    assert.deepEqual(
      makePlan({ site, placeOf, running: whole }, [bypassed]).diagnostics.filter(
        ({ code }) => code === 'EW500',
      ),
      [],
    );
  });
});

const live = (more: Partial<LiveInterface> = {}): LiveInterface => ({
  publicKey: key(1),
  listenPort: 51824,
  mtu: 1420,
  addresses: ['10.9.0.1/32'],
  peers: [
    {
      publicKey: key(4),
      hasPresharedKey: false,
      endpoint: '203.0.113.9:51820',
      allowedIPs: ['10.42.4.0/24'],
      latestHandshake: 1_800_000_000 - 30,
      received: 2048,
      sent: 0,
    },
  ],
  ...more,
});
const kernel = [
  '10.42.4.0/24 dev wg4 proto zebra',
  '198.51.100.7 dev wg4 proto zebra',
  '2001:db8:1::/64 dev wg4',
  'fd00:4::/64 dev wg4',
  '0.0.0.0/0 dev wg4',
];
const facts = (more: Partial<RouterFacts> = {}) =>
  someFacts({ interfaces: new Map([['wg4', live()]]), routes: kernel, ...more });

describe('status', () => {
  const of = (told: RouterFacts, running = whole) => {
    const made = plan(site, running, told);
    return {
      facts: told,
      plan: made,
      tunnels: tunnelStatus(site, running, told, made),
      neighbors: [],
      lastApply: undefined,
    };
  };

  it('tells of a pending commit-confirm, and of what could not be compared', () => {
    const told = renderStatus(
      of(facts({ pendingConfirms: ['Mon Nov 20 11:41:00 2026'], isDriftKnown: false })),
      paint,
    );
    assert.match(told, /commit-confirm is pending;.*\n {4}Mon Nov 20 11:41:00 2026/);
    assert.match(told, /could not compare what is running with what is saved/);
  });

  it('tells a tunnel that is well', () => {
    const { tunnels } = of(facts());
    assert.deepEqual(tunnels[0]?.failed, []);
    assert.deepEqual(new Set(tunnels[0]?.routes.map(({ state }) => state)), new Set(['live']));
    const text = renderStatus(of(facts()), paint);
    assert.match(
      text,
      /wg4 {2}port 51824, MTU 1420, 10\.9\.0\.1\/32\n {4}peer4 {2}handshake 30 s ago {2}203\.0\.113\.9:51820 {2}2\.0 KiB received, 0 B sent/,
    );
    assert.match(text, /is as the site file wants it\n$/);
  });

  const ill: [string, RouterFacts, RegExp][] = [
    ['is gone from the kernel', someFacts(), /wg4 is not up/],
    [
      'has another MTU',
      facts({ interfaces: new Map([['wg4', live({ mtu: 1280 })]]) }),
      /MTU is 1280, not 1420/,
    ],
    [
      'listens elsewhere',
      facts({ interfaces: new Map([['wg4', live({ listenPort: 1 })]]) }),
      /listens on 1, not 51824/,
    ],
    ['lost a route', facts({ routes: kernel.slice(1) }), /not in the kernel's table: 10\.42\.4\.0\/24/],
    [
      'has no session that is kept alive',
      facts({ now: 1_800_000_600 }),
      /no handshake with peer4 within 180 s/,
    ],
  ];
  for (const [what, told, expected] of ill)
    it(`fails one that ${what}`, () => {
      assert.match(of(told).tunnels[0]?.failed.join() ?? '', expected);
      assert.match(renderStatus(of(told), paint), /1 check failed/);
    });

  it('names a bypass in every form', () => {
    const running = configured(whole, bypassSite(site, wg4, false));
    const status = of(facts({ routes: kernel.filter(line => !/198|2001/.test(line)) }), running);
    assert.equal(status.tunnels[0]?.bypassed, true);
    assert.match(renderStatus(status, paint), /wg4 .* bypassed {2}drift: \d/);
    assert.match(renderStatus(status, paint), /routes bypassed: 198\.51\.100\.7\/32, 2001:db8:1::\/64/);
    assert.match(JSON.stringify(statusData(status)), /"state":"bypassed"/);
    assert.match(renderDrift(status.plan, status.facts, status.tunnels, paint), /wg4 is bypassed/);
  });

  it('tells drift with who committed, and nothing where there is none', () => {
    const told = facts({
      drift: ['set system host-name x'],
      commits: [
        '0   2026-11-26 10:00:00 by anna via gui',
        '1   2026-11-25 10:00:00 by ubnt via other',
        '    edgewg 20261125-100000-abcdef',
        '2   2026-11-24 10:00:00 by otto via cli',
      ],
    });
    assert.deepEqual(sinceLastApply(told.commits), ['0   2026-11-26 10:00:00 by anna via gui']);
    const text = renderDrift(plan(site, whole, told), told, [], paint);
    assert.match(text, /Running, but not saved:\n {4}set system host-name x\n/);
    assert.match(text, /since the last edgewg:\n {4}0 .* by anna via gui\n$/);
    assert.equal(renderDrift(plan(site, whole, facts()), facts(), [], paint), '');
  });

  it('counts as drift what the file says and the router has not, and nothing that the file is silent on', () => {
    const foreign = aRouter(
      'interfaces wireguard wg4 address 10.9.0.9/32',
      'interfaces wireguard wg4 address 10.9.0.1/32',
      'interfaces wireguard wg4 description theirs',
      'interfaces wireguard wg4 ip ospf cost 5',
      `interfaces wireguard wg4 peer ${key(9)} description guest`,
    );
    const made = plan(site, foreign, facts());
    assert.ok(made.changes.some(({ action }) => action === 'keep'));
    const text = renderDrift(made, facts(), [], paint);
    assert.match(text, /^ {8}- 10\.9\.0\.9\/32/m);
    assert.doesNotMatch(text, /kept|keeps|theirs|ospf|guest/);
  });
});
