// What brings back the WireGuard nodes that config.boot has and the router lost.
import assert from 'node:assert/strict';
import { checks } from '../../src/checks/all.ts';
import { planHeal } from '../../src/health/heal.ts';
import { makePlan } from '../../src/plan/make.ts';
import { applied } from '../../src/plan/order.ts';
import type { RouterFacts } from '../../src/plan/types/facts.ts';
import { isEmpty, type Plan } from '../../src/plan/types/plan.ts';
import { aRouter, aSite, key, placeOf, someFacts } from '../support/builders.ts';

const running = aRouter('interfaces ethernet eth1 address 192.168.2.1/24', 'system host-name home');
const wg0 = [
  'interfaces wireguard wg0 address 192.168.5.1/24',
  `interfaces wireguard wg0 peer ${key(9)} allowed-ips 192.168.5.100/32`,
  'interfaces wireguard wg0 private-key /config/auth/wg0.key',
];
const file = (path: string, publicKey: string | undefined): RouterFacts['keyFiles'] =>
  new Map([[path, { path, publicKey, mode: '640:root:vyattacfg', changed: 0 }]]);
const facts = someFacts({
  lost: aRouter(...wg0),
  savedWireguard: ['wg0'],
  drift: ['delete interfaces wireguard'],
  keyFiles: file('/config/auth/wg0.key', key(40)),
});
const commands = ({ commits }: Plan): string[] =>
  commits.flatMap(({ run }) => run.map(({ op, path }) => `${op} ${path.join(' ')}`));
const codes = ({ diagnostics }: Plan): string[] => diagnostics.map(({ code }) => code);

describe('heal', () => {
  it('sets what config.boot has, and its undo takes it away again', () => {
    const plan = planHeal({ running, facts }, '192.0.2.1');
    // the router prints defaults too
    const defaults = ['mtu 1420', 'route-allowed-ips true'].map(
      text => `set interfaces wireguard wg0 ${text}`,
    );
    assert.deepEqual(commands(plan).sort(), [...defaults, ...wg0.map(line => `set ${line}`)].sort());
    assert.deepEqual(plan.diagnostics, []);
    const there = applied(
      running,
      plan.commits.flatMap(({ run }) => run),
    );
    const back = applied(
      there,
      plan.commits.flatMap(({ undo }) => undo),
    );
    assert.deepEqual(planHeal({ running: back, facts }, '192.0.2.1').commits, plan.commits);
    assert.ok(isEmpty(planHeal({ running: there, facts }, '192.0.2.1')));
  });

  it('says no such thing where the router could not compare', () => {
    const unknown = someFacts({ isDriftKnown: false });
    assert.deepEqual(codes(planHeal({ running, facts: unknown }, '192.0.2.1')), ['EW025']);
  });

  it('has nothing to do where nothing is lost', () => {
    const plan = planHeal({ running, facts: someFacts() }, '192.0.2.1');
    assert.ok(isEmpty(plan));
    assert.deepEqual(plan.diagnostics, []);
  });

  it('moves a literal key of config.boot into a file, and no plan holds it', () => {
    const literal = `interfaces wireguard wg0 private-key literal:${key(40)}`;
    const lost = aRouter(...wg0.slice(0, 2), literal);
    const plan = planHeal({ running, facts: { ...facts, lost, keyFiles: new Map() } }, 'r');
    assert.deepEqual(
      plan.keys.map(({ do: what, path, from }) => [what, path, from?.join(' ')]),
      [['move', '/config/auth/wg0.key', 'interfaces wireguard wg0 private-key']],
    );
    assert.ok(commands(plan).includes('set interfaces wireguard wg0 private-key /config/auth/wg0.key'));
    const other = { ...facts, lost, keyFiles: file('/config/auth/wg0.key', key(41)) };
    assert.deepEqual(
      planHeal({ running, facts: other }, 'r').keys.map(({ path }) => path),
      ['/config/auth/edgewg-wg0-KCgoKCgoKCgo.key'],
    );
  });

  it('is refused where a key file is gone, or a secret would be needed', () => {
    assert.deepEqual(codes(planHeal({ running, facts: { ...facts, keyFiles: new Map() } }, 'r')), ['EW010']);
    const md5 = 'interfaces wireguard wg0 ip ospf authentication md5 key-id 1 md5-key redacted';
    assert.deepEqual(codes(planHeal({ running, facts: { ...facts, lost: aRouter(...wg0, md5) } }, 'r')), [
      'EW014',
    ]);
    const psk = `interfaces wireguard wg0 peer ${key(9)} preshared-key /config/auth/p.psk`;
    assert.deepEqual(codes(planHeal({ running, facts: { ...facts, lost: aRouter(...wg0, psk) } }, 'r')), [
      'EW015',
    ]);
  });

  it('puts back an endpoint that did not resolve, and not what somebody changed', () => {
    const endpoint = `interfaces wireguard wg0 peer ${key(9)} endpoint srv.example.net:51820`;
    const mtu = 'interfaces wireguard wg0 mtu 1420';
    const there = aRouter(...wg0, 'interfaces wireguard wg0 mtu 1400');
    const lost = aRouter(endpoint, mtu);
    const drift = [`delete interfaces wireguard wg0 peer ${key(9)} endpoint 'srv.example.net:51820'`];
    const plan = planHeal({ running: there, facts: { ...facts, lost, drift } }, 'r');
    assert.deepEqual(commands(plan), [`set ${endpoint}`]);
    assert.deepEqual(plan.diagnostics, []);
  });

  it('never makes what others changed last, unless it is said', () => {
    const drift = [...facts.drift, 'set system host-name other', 'delete service gui'];
    const [found] = planHeal({ running, facts: { ...facts, drift } }, 'r').diagnostics;
    assert.equal(found?.code, 'EW025');
    assert.equal(found?.allow, 'drift');
    assert.match(found?.message ?? '', /: set system host-name other; delete service gui$/);
  });

  it('stops where the package is missing, and tells which one', () => {
    const gone = {
      ...facts,
      lost: aRouter('system'),
      drift: [],
      probes: new Map([['wireguard', false]]),
      version: 'v2.0.9-hotfix.7',
      board: 'e300',
    };
    const plan = planHeal({ running, facts: gone }, 'r');
    assert.deepEqual([codes(plan), isEmpty(plan)], [['EW020'], true]);
    assert.match(plan.diagnostics[0]?.hint ?? '', /the newest e300-v2-….deb of https:/);
    const copy = { ...gone, firstboot: ['e50-v2-v1.0.1.deb', 'e300-v2-v1.0.20220627-v1.0.20210914.deb'] };
    assert.match(
      planHeal({ running, facts: copy }, 'r').diagnostics[0]?.hint ?? '',
      /dpkg -i \/config\/data\/firstboot\/install-packages\/e300-v2-\S+\.deb && sudo modprobe wireguard/,
    );
  });

  it('is what a plan offers: it saves nothing, and never says to save what was lost', () => {
    const plan = makePlan({ site: aSite([]), placeOf, running, facts }, checks);
    assert.deepEqual(codes(plan), ['EW021']);
    assert.match(plan.diagnostics[0]?.hint ?? '', /edgewg doctor --heal gets it back/);
    assert.equal(plan.diagnostics[0]?.allow, undefined);
    const foreign = { ...facts, drift: [...facts.drift, 'set system host-name other'] };
    assert.deepEqual(codes(makePlan({ site: aSite([]), placeOf, running, facts: foreign }, checks)), [
      'EW021',
      'EW025',
    ]);
  });
});
