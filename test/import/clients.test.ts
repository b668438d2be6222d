// Clients that come back from the router as the file said them, and what import does where they can't.
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { type Imported, importSite } from '../../src/import/import.ts';
import type { Tree } from '../../src/vyatta/tree.ts';
import { aRouter, key } from '../support/builders.ts';
import { home, settled, site, wg } from '../support/client-plans.ts';

const imported = (running: Tree, manages = true): Imported =>
  importSite({ running }, { host: 'r' }, { manages, file: 'x', checks: [] });

type Said = { tunnels: Record<string, { clients?: unknown }>; manages?: unknown };

const clientsOf = (text: string): unknown =>
  Object.entries((parse(text) as Said).tunnels).map(([name, { clients }]) => [name, clients]);

function isGivenBack(text: string, router: Tree): void {
  const { after } = settled(text, router);
  const { text: back, plan } = imported(after);
  assert.deepEqual(plan.commits, []);
  assert.deepEqual(clientsOf(back), clientsOf(text));
}

describe('the import of clients', () => {
  it('gives those back that come in by several interfaces', () => {
    const both = aRouter(
      ...home,
      'firewall group address-group BOTH address 192.168.1.60',
      'firewall group address-group BOTH address 192.168.2.60',
    );
    for (const from of [
      'kids: { group: BOTH }',
      'all: 192.168.0.0/16',
      'kids: { group: BOTH, destinations: [9.9.9.0/24, 8.8.8.0/24] }',
    ])
      isGivenBack(site(wg('wg1', 1, `{ from: { ${from} } }`)), both);
  });

  it('gives the numbers back that say which of two comes first', () => {
    const router = aRouter(...home);
    isGivenBack(
      site(
        wg('wg1', 1, '{ from: { tv: { address: 192.168.1.20, rule: 1000 } } }'),
        wg('wg2', 2, '{ from: { all: { address: 192.168.1.0/24, rule: 1010 } } }'),
      ),
      router,
    );
    isGivenBack(
      site(
        wg(
          'wg1',
          1,
          '{ from: { a: { address: 192.168.1.20, destinations: [9.9.9.0/24, 8.8.8.0/24], rule: 100 }, b: { address: 192.168.1.20, destinations: [9.9.9.9/32], rule: 99 } } }',
        ),
      ),
      router,
    );
  });

  it('gives those back that are sent by destination beside others, with the list that serves them all', () => {
    const shop = 'shop: { address: 192.168.1.50, destinations: [198.18.0.0/15, 10.9.0.0/16] }';
    for (const own of ['', ', ownNetworks: [192.168.0.0/16]', ', ownNetworks: []'])
      for (const other of [shop, `${shop}, all: { interface: eth2 }`])
        isGivenBack(
          site(
            wg('wg1', 1, `{ from: { tv: 192.168.1.20 }${own} }`),
            wg('wg2', 2, `{ from: { ${other} }${own} }`),
          ),
          aRouter(...home),
        );
  });

  const tunnel = (allowed: string): string[] => [
    'interfaces wireguard wg1 address 10.64.0.1/32',
    'interfaces wireguard wg1 private-key /config/auth/wg1.key',
    'interfaces wireguard wg1 mtu 1420',
    'interfaces wireguard wg1 route-allowed-ips false',
    `interfaces wireguard wg1 peer ${key(1)} allowed-ips ${allowed}`,
    'service ubnt-discover interface wg1 disable',
  ];

  it("keeps the others where somebody's rule takes the packets of one before", () => {
    const rule = (number: number, ...words: string[]): string[] =>
      ['action modify', ...words].map(one => `firewall modify M rule ${number} ${one}`);
    const running = aRouter(
      ...home,
      ...tunnel('0.0.0.0/0'),
      'interfaces ethernet eth1 firewall in modify M',
      'protocols static table 2 interface-route 0.0.0.0/0 next-hop-interface wg1',
      'protocols static table 3 route 0.0.0.0/0 next-hop 198.51.100.9',
      ...rule(10, 'source address 192.168.1.9', 'modify table 3'),
      ...rule(20, 'destination address 192.168.0.0/16', 'modify table main'),
      ...rule(30, 'source address 192.168.1.20', 'modify table 2'),
      ...rule(40, 'source address 192.168.1.0/24', 'modify table 2'),
    );
    for (const manages of [true, false]) {
      const { text, plan, unclaimed, unmanaged } = imported(running, manages);
      assert.deepEqual(plan.commits, []);
      assert.match(text, /rule-30: \{ address: 192\.168\.1\.20/);
      assert.ok(unmanaged.some(({ command }) => command.includes('rule 40 source address')));
      // what is somebody else's would go if the tunnel were the file's as a whole
      assert.match(unclaimed.get('wg1') ?? '', /would delete firewall modify M rule 40/);
    }
  });

  it('lists what sends into a tunnel where nobody could be found as its client, line by line', () => {
    const rest = [
      'interfaces ethernet eth3 firewall in modify M',
      'interfaces switch switch0 firewall in modify M',
      'firewall group address-group FAR address 172.20.0.9',
      'protocols static table 2 description far',
      'protocols static table 2 interface-route 0.0.0.0/0 next-hop-interface wg1',
      'firewall modify M rule 10 action modify',
      'firewall modify M rule 10 source group address-group FAR',
      'firewall modify M rule 10 modify table 2',
    ];
    for (const manages of [true, false]) {
      const { text, plan, unmanaged } = imported(aRouter(...home, ...tunnel('0.0.0.0/0'), ...rest), manages);
      assert.deepEqual(plan.commits, []);
      assert.doesNotMatch(text, /clients:/);
      const listed = unmanaged.flatMap(({ command }) => (command.includes('ubnt-discover') ? [] : command));
      assert.deepEqual(listed.sort(), rest.map(line => `set ${line}`).sort());
    }
  });

  it('says the number of a rule that stands before those that let own networks past', () => {
    const running = aRouter(
      ...home,
      ...tunnel('0.0.0.0/0'),
      'interfaces ethernet eth1 firewall in modify M',
      'protocols static table 2 interface-route 0.0.0.0/0 next-hop-interface wg1',
      'firewall modify M rule 10 action modify',
      'firewall modify M rule 10 source address 192.168.1.20',
      'firewall modify M rule 10 modify table 2',
      'firewall modify M rule 20 action modify',
      'firewall modify M rule 20 destination address 192.168.0.0/16',
      'firewall modify M rule 20 modify table main',
    );
    const { text, plan } = imported(running);
    assert.deepEqual(plan.commits, []);
    assert.match(text, /rule-10: \{ address: 192\.168\.1\.20, rule: 10 \}/);
    assert.match(text, /ownNetworks: \[\]/);
  });

  it('leaves a tunnel out where the file would take away what it has for its clients', () => {
    const without = site(
      '  wg1: { address: [10.64.0.1/32], mtu: 1420, clients: { from: { tv: 192.168.1.20 } } }\n',
    ).replace('manages: { interfaces: [wg1-wg9] }\n', '');
    const { after } = settled(without, aRouter(...home, ...tunnel('0.0.0.0/1')));
    for (const manages of [true, false]) {
      const { plan, leftOut } = imported(after, manages);
      assert.deepEqual(plan.commits, []);
      assert.deepEqual(
        leftOut.map(({ name }) => name),
        ['wg1'],
      );
    }
  });
});
