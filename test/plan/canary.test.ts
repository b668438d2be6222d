// One tunnel's part in front: nothing is lost or added, and each command stands in the part that it belongs to.
import assert from 'node:assert/strict';
import { configurationAfter } from '../../src/plan/after.ts';
import { canaryPart, leftOfCanary, proofsOfCanary, withCanary } from '../../src/plan/canary.ts';
import { makePlan } from '../../src/plan/make.ts';
import type { Proof } from '../../src/plan/types/proof.ts';
import { loadSite } from '../../src/site/load.ts';
import type { SitePath } from '../../src/site/site.ts';
import { printCommands } from '../../src/vyatta/commands.ts';
import { aPeer, aRouter, aSite, aTunnel, key, placeOf, someFacts } from '../support/builders.ts';

const base = [
  'firewall name WAN_LOCAL default-action drop',
  'firewall name WAN_LOCAL rule 10 action accept',
  'interfaces ethernet eth0 address 198.51.100.2/24',
  'interfaces ethernet eth0 firewall local name WAN_LOCAL',
  'system gateway-address 198.51.100.1',
];
const route = (prefix: string) => ({ at: [], prefix, family: 4 as const, disable: false, guard: true });
const two = (mtu?: number) =>
  aSite(
    [4, 5].map(n =>
      aTunnel(`wg${n}`, {
        address: [`192.168.5.1${n}/32`],
        listenPort: 51820 + n,
        openPort: { at: [], asNeeded: false, ipv4: 20 + n },
        peers: [aPeer(n, { allowedIPs: [`10.42.${n}.0/24`] })],
        routes: [route(`10.42.${n}.0/24`)],
        ...(mtu !== undefined && { mtu }),
      }),
    ),
  );
const running = aRouter(...base);
const facts = someFacts();
const planned = () => makePlan({ site: two(), placeOf, running, facts });
const words = (plan: { commits: readonly { run: readonly { path: readonly string[] }[] }[] }): string =>
  plan.commits.flatMap(({ run }) => run.map(({ path }) => path.join(' '))).join('\n');

describe('a plan with one tunnel in front', () => {
  it('comes to the same configuration, and back', () => {
    const plan = planned();
    const canary = withCanary(plan, 'wg4', { site: two(), placeOf, running });
    assert.equal(
      printCommands(configurationAfter(running, canary.commits)),
      printCommands(configurationAfter(running, plan.commits)),
    );
    const undo = [...canary.commits].reverse().map(commit => ({ run: commit.undo, undo: [] }));
    const back = configurationAfter(configurationAfter(running, canary.commits), undo);
    assert.equal(printCommands(back), printCommands(running));
  });

  it('has in its first part what the tunnel needs, and nothing of the other', () => {
    const canary = withCanary(planned(), 'wg4', { site: two(), placeOf, running });
    const part = words(canaryPart(canary));
    for (const wanted of [
      'wireguard wg4 peer',
      'next-hop-interface wg4',
      '10.42.4.0/24 blackhole',
      'WAN_LOCAL rule 24',
      'ubnt-discover interface wg4',
    ])
      assert.ok(part.includes(wanted), `${wanted} in\n${part}`);
    assert.doesNotMatch(part, /wg5|rule 25|10\.42\.5/);
  });

  it('has all of what it shares, where a part of it would be refused', () => {
    const [four, five] = two().tunnels;
    assert.ok(four !== undefined && five !== undefined);
    const clamped = aSite([four, { ...five, mtu: 1280 }], { mssClamp: {} });
    const plan = makePlan({ site: clamped, placeOf, running, facts });
    const part = words(canaryPart(withCanary(plan, 'wg4', { site: clamped, placeOf, running })));
    assert.match(part, /mss-clamp interface-type wg/);
    assert.match(part, /mss-clamp mss \d+/);
  });

  it('has nothing left of it when the first part is there, whatever is to come', () => {
    const canary = withCanary(planned(), 'wg4', { site: two(), placeOf, running });
    const half = configurationAfter(running, canaryPart(canary).commits);
    const again = makePlan({ site: two(), placeOf, running: half, facts });
    assert.ok(again.commits.length > 0);
    assert.deepEqual(leftOfCanary(canary, again).commits, []);
    const nothing = leftOfCanary(canary, planned());
    assert.ok(nothing.commits.length > 0);
  });

  it('is refused where the plan changes nothing of it', () => {
    const after = configurationAfter(running, planned().commits);
    const plan = makePlan({ site: two(), placeOf, running: after, facts });
    assert.throws(
      () => withCanary(plan, 'wg4', { site: two(), placeOf, running: after }),
      /changes nothing of wg4/,
    );
  });

  it('is refused where it takes the port that another gives up', () => {
    const after = configurationAfter(running, planned().commits);
    const [four, five] = two().tunnels;
    assert.ok(four !== undefined && five !== undefined);
    const swapped = aSite([
      { ...four, listenPort: 51825 },
      { ...five, listenPort: 51824 },
    ]);
    const plan = makePlan({ site: swapped, placeOf, running: after, facts });
    assert.throws(
      () => withCanary(plan, 'wg4', { site: swapped, placeOf, running: after }),
      /wg4 takes the port that wg5 gives up/,
    );
  });

  it('has the rules, the table and the masquerade of its own clients, not those of others', () => {
    const home = aRouter(...base, 'interfaces ethernet eth1 address 192.168.1.1/24');
    const text = `version: 1
router: { host: r }
mssClamp: { ipv4: off, ipv6: off }
dns: { listenOn: [wg4, wg5] }
nat:
  5200: { type: masquerade, outboundInterface: wg4, source: { address: 192.168.9.0/24 } }
tunnels:
${[4, 5].map(n => `  wg${n}: { address: [10.64.0.${n}/32], mtu: 1420, peers: { vpn: { publicKey: ${key(n)}, allowedIPs: [0.0.0.0/0] } }, clients: { from: { tv${n}: 192.168.1.${n} } } }`).join('\n')}
`;
    const { site, place } = loadSite(text, 'edgewg.yaml');
    const input = { site, placeOf: (at: SitePath) => place(at), running: home };
    const plan = makePlan(input);
    const part = words(canaryPart(withCanary(plan, 'wg5', input)));
    for (const wanted of [
      'client tv5',
      'table 51 interface-route 0.0.0.0/0 next-hop-interface wg5',
      'outbound-interface wg5',
      'listen-on wg5',
      'eth1 firewall in modify',
    ])
      assert.ok(part.includes(wanted), `${wanted} in\n${part}`);
    assert.doesNotMatch(part, /wg4|tv4|table 50/);
  });

  it('is proven by the sessions that were there before: others come with the rest', () => {
    const there = aRouter(
      ...base,
      'protocols bgp 64512 neighbor 192.168.5.4 remote-as 64513',
      'protocols bgp 64512 neighbor 192.168.5.6 remote-as 64513',
      'protocols bgp 64512 neighbor 192.168.5.6 shutdown',
    );
    const canary = withCanary(planned(), 'wg4', { site: two(), placeOf, running });
    const session = (address: string, tunnel = 'wg4'): Proof => ({
      do: 'bgp',
      neighbor: address,
      name: address,
      tunnel,
      within: 300,
    });
    const proofs: Proof[] = [
      session('192.168.5.4'),
      session('192.168.5.5'),
      session('192.168.5.6'),
      session('192.168.5.4', 'wg5'),
      { do: 'ping', tunnel: 'wg4', within: 10 },
      { do: 'tcp', by: 'router', to: '10.42.4.10:443', within: 10 },
    ];
    assert.deepEqual(
      proofsOfCanary(canary, proofs, there).map(one => (one.do === 'bgp' ? one.neighbor : one.do)),
      ['192.168.5.4', 'ping'],
    );
  });
});
