// Clients of a tunnel on routers that have rules and tables already: which numbers are chosen, and that they stay.
import assert from 'node:assert/strict';
import { importSite } from '../../src/import/import.ts';
import { printCommands } from '../../src/vyatta/commands.ts';
import { equal, type Tree } from '../../src/vyatta/tree.ts';
import { aRouter, key } from '../support/builders.ts';
import { home, planned, settled, site, wg } from '../support/client-plans.ts';

/** As the wizard of two uplinks makes it (the corpus of real configurations). */
const balance = [
  ...home,
  'firewall group network-group PRIVATE_NETS network 192.168.0.0/16',
  'firewall group network-group PRIVATE_NETS network 172.16.0.0/12',
  'firewall group network-group PRIVATE_NETS network 10.0.0.0/8',
  'firewall modify balance rule 10 action modify',
  'firewall modify balance rule 10 destination group network-group PRIVATE_NETS',
  'firewall modify balance rule 10 modify table main',
  'firewall modify balance rule 20 action modify',
  'firewall modify balance rule 20 destination group address-group ADDRv4_eth0',
  'firewall modify balance rule 20 modify table main',
  'firewall modify balance rule 70 action modify',
  'firewall modify balance rule 70 modify lb-group G',
  'load-balance group G interface eth0',
  'interfaces ethernet eth1 firewall in modify balance',
];

const rules = (words: readonly string[]): string[] =>
  words.flatMap(line => /^set firewall modify (\S+ rule \d+) description (.+)$/.exec(line)?.slice(1) ?? []);

describe('clients of a tunnel', () => {
  it('stand before the last rule of a load balancing, which stays as it is', () => {
    const text = site(wg('wg1', 1, '{ from: { radio: 192.168.1.21, tv: 192.168.1.20 } }'));
    const { words } = settled(text, aRouter(...balance));
    assert.deepEqual(rules(words), [
      'balance rule 30',
      'WireGuard wg1 client radio',
      'balance rule 40',
      'WireGuard wg1 client tv',
    ]);
    assert.ok(words.every(line => !line.includes('firewall in modify') && !line.startsWith('delete')));
  });

  it('let their own networks past where nobody does', () => {
    const bare = balance.filter(line => !line.includes('balance rule 10'));
    const { words } = settled(site(wg('wg1', 1, '{ from: { tv: 192.168.1.20 } }')), aRouter(...bare));
    assert.deepEqual(
      words.filter(line => line.includes('destination')),
      [
        'set firewall modify balance rule 30 destination address 10.0.0.0/8',
        'set firewall modify balance rule 40 destination address 172.16.0.0/12',
        'set firewall modify balance rule 50 destination address 192.168.0.0/16',
      ],
    );
    assert.ok(words.includes('set firewall modify balance rule 60 modify table 50'));
  });

  it('keep their numbers when others come and go', () => {
    const router = aRouter(...home);
    const [one, two] = ['tv: 192.168.1.20', 'radio: 192.168.1.21'];
    const { after } = settled(site(wg('wg1', 1, `{ from: { ${one} } }`)), router);
    const both = settled(site(wg('wg1', 1, `{ from: { ${one}, ${two} } }`)), after);
    assert.deepEqual(rules(both.words), ['EDGEWG-eth1 rule 1010', 'WireGuard wg1 client radio']);
    const gone = settled(site(wg('wg1', 1, `{ from: { ${two} } }`)), both.after);
    assert.deepEqual(gone.words, ['delete firewall modify EDGEWG-eth1 rule 1000']);
    const moved = settled(site(wg('wg1', 1, '{ from: { radio: 192.168.1.77 } }')), gone.after);
    assert.deepEqual(moved.words, ['set firewall modify EDGEWG-eth1 rule 1010 source address 192.168.1.77']);
  });

  it('have the numbers that the file says, and keep them when it says them no more', () => {
    const router = aRouter(...home);
    const said = '{ table: 7, from: { tv: { address: 192.168.1.20, rule: 2000 } } }';
    const { after, words } = settled(site(wg('wg1', 1, said)), router);
    assert.ok(words.includes('set firewall modify EDGEWG-eth1 rule 2000 modify table 7'));
    assert.deepEqual(settled(site(wg('wg1', 1, '{ from: { tv: 192.168.1.20 } }')), after).words, []);
  });

  it('go with the tunnel, the last as the first, and leave nothing', () => {
    for (const lines of [home, balance]) {
      const router = aRouter(...lines);
      const first = site(wg('wg1', 1, '{ from: { tv: 192.168.1.20, all: { interface: eth2 } } }'));
      const both = `${first}${wg('wg2', 2, '{ from: { radio: 192.168.1.21 } }')}`;
      const { after } = settled(both, router);
      const { after: one } = settled(first, after);
      assert.ok(equal(one, settled(first, router).after), 'the other tunnel changed');
      const { after: none } = settled(site(wg('wg1', 1, '')), one);
      assert.ok(equal(none, settled(site(wg('wg1', 1, '')), router).after), 'something is left');
      const { after: bare } = settled(`${site()}  {}\n`, none);
      assert.ok(equal(bare, router), 'something is left of the tunnel');
    }
  });

  it("are left alone where another file's tunnel has them", () => {
    const { after } = settled(site(wg('wg1', 1, '{ from: { tv: 192.168.1.20 } }')), aRouter(...home));
    const other = site(wg('wg2', 2, '{ from: { radio: 192.168.1.21 } }')).replace('wg1-wg9', 'wg2');
    const { words, after: both } = settled(other, after);
    assert.ok(words.includes('set firewall modify EDGEWG-eth1 rule 1010 modify table 51'));
    assert.ok(words.every(line => line.startsWith('set ')));
    const gone = settled(site(wg('wg2', 2, '')).replace('wg1-wg9', 'wg2'), both);
    assert.deepEqual(gone.words, [
      'delete protocols static table 51',
      'delete firewall modify EDGEWG-eth1 rule 1010',
    ]);
  });

  it('meet their new table before they lose the old one', () => {
    const { after } = settled(site(wg('wg1', 1, '{ from: { tv: 192.168.1.20 } }')), aRouter(...home));
    const { plan } = planned(site(wg('wg1', 1, '{ table: 7, from: { tv: 192.168.1.20 } }')), after);
    assert.deepEqual(
      plan.commits.map(({ run }) => run.map(({ op, path }) => `${op} ${path.slice(0, 4).join(' ')}`)),
      [
        [...Array(3).fill('set protocols static table 7')],
        ['set firewall modify EDGEWG-eth1 rule'],
        ['delete protocols static table 50'],
      ],
    );
  });

  it('may be a group that the file makes', () => {
    const text = `${site(wg('wg1', 1, '{ from: { kids: { group: KIDS } } }'))}groups: { KIDS: { type: address, members: [192.168.2.9] } }\n`;
    const { words } = settled(text, aRouter(...home));
    assert.ok(words.includes('set firewall modify EDGEWG-eth2 rule 1000 source group address-group KIDS'));
  });

  it('get the address of the tunnel by one rule, unless somebody has one or the file wants none', () => {
    const nat = (text: string, running: Tree): string[] =>
      planned(text, running).plan.commits.flatMap(({ run }) =>
        run.map(({ op, path }) => `${op} ${path.join(' ')}`).filter(line => line.includes('nat rule')),
      );
    const tv = (more: string): string => site(wg('wg1', 1, `{ from: { tv: 192.168.1.20 }${more} }`));
    const router = aRouter(...home);
    assert.deepEqual(nat(tv(''), router), [
      'set service nat rule 5100 type masquerade',
      'set service nat rule 5100 description WireGuard wg1 clients',
      'set service nat rule 5100 outbound-interface wg1',
    ]);
    const { after } = settled(tv(''), router);
    assert.deepEqual(nat(tv(', masquerade: false'), after), ['delete service nat rule 5100']);
    assert.ok(nat(tv(', masquerade: 5200'), after).includes('delete service nat rule 5100'));
    assert.deepEqual(nat(tv(', masquerade: false'), router), []);
    const others = aRouter(
      ...home,
      'service nat rule 5010 outbound-interface wg1',
      'service nat rule 5010 type masquerade',
    );
    assert.deepEqual(nat(tv(''), others), []);
  });

  it('take precedence by destination, and before the networks of their own', () => {
    const split =
      '{ from: { shop: { address: 192.168.1.20, destinations: [10.9.0.0/16, 203.0.113.0/24] } } }';
    const { words } = settled(
      site(wg('wg1', 1, '{ from: { tv: 192.168.1.20 } }'), wg('wg2', 2, split)),
      aRouter(...home),
    );
    assert.deepEqual(
      words.filter(line => /modify table \d/.test(line)),
      [
        'set firewall modify EDGEWG-eth1 rule 100 modify table 51',
        'set firewall modify EDGEWG-eth1 rule 110 modify table 51',
        'set firewall modify EDGEWG-eth1 rule 1000 modify table 50',
      ],
    );
  });

  it('are taken over from what others made, with their names and numbers', () => {
    const running = aRouter(
      ...balance,
      'interfaces wireguard wg0 address 10.64.0.2/32',
      `interfaces wireguard wg0 peer ${key(3)} allowed-ips 0.0.0.0/0`,
      'interfaces wireguard wg0 private-key /config/auth/wg0.key',
      'interfaces wireguard wg0 route-allowed-ips false',
      'protocols static table 2 description mullvad',
      'protocols static table 2 interface-route 0.0.0.0/0 next-hop-interface wg0',
      'protocols static table 2 route 0.0.0.0/0 blackhole distance 255',
      'firewall group address-group VPN address 192.168.1.40',
      'service nat rule 5010 outbound-interface wg0',
      'service nat rule 5010 type masquerade',
      'firewall modify balance rule 40 action modify',
      "firewall modify balance rule 40 description 'to the provider'",
      'firewall modify balance rule 40 source group address-group VPN',
      'firewall modify balance rule 40 modify table 2',
    );
    const { text, plan } = importSite({ running }, { host: 'r' }, { manages: true, file: 'x', checks: [] });
    assert.deepEqual(plan.commits, []);
    assert.match(text, /clients: \{ from: \{ to-the-provider: \{ group: VPN \} \} \}/);
  });

  it('are taken over one by one where another rule has a condition without a word in the file', () => {
    const running = aRouter(
      ...home,
      'interfaces wireguard wg0 address 10.64.0.2/32',
      `interfaces wireguard wg0 peer ${key(3)} allowed-ips 0.0.0.0/0`,
      'interfaces wireguard wg0 route-allowed-ips false',
      'protocols static table 2 interface-route 0.0.0.0/0 next-hop-interface wg0',
      'firewall modify pbr rule 12 action modify',
      'firewall modify pbr rule 12 protocol tcp',
      'firewall modify pbr rule 12 source address 192.168.1.8',
      'firewall modify pbr rule 12 modify table 2',
      'firewall modify pbr rule 13 action modify',
      'firewall modify pbr rule 13 source address 192.168.1.9',
      'firewall modify pbr rule 13 modify table 2',
      'interfaces ethernet eth1 firewall in modify pbr',
    );
    const { text, plan, unmanaged } = importSite(
      { running },
      { host: 'r' },
      { manages: false, file: 'x', checks: [] },
    );
    assert.deepEqual(plan.commits, []);
    assert.match(text, /from: \{ rule-13: 192\.168\.1\.9 \}/);
    assert.ok(unmanaged.some(({ command }) => command.includes('rule 12 protocol tcp')));
  });

  it('leave a table alone that leads into another tunnel whose name begins as theirs', () => {
    const router = aRouter(
      ...home,
      'protocols static table 60 interface-route 0.0.0.0/0 next-hop-interface wg10',
    );
    const { plan } = planned(site(wg('wg1', 1, '{ table: 60, from: { tv: 192.168.1.20 } }')), router);
    assert.deepEqual(
      plan.commits.flatMap(({ run }) => run).filter(({ path }) => path.includes('table')),
      [],
    );
    assert.ok(plan.diagnostics.some(({ code }) => code === 'EW251'));
  });

  it('have no table and no masquerade where none of them can be found', () => {
    const { plan } = planned(site(wg('wg1', 1, '{ from: { tv: { group: TV } } }')), aRouter(...home));
    assert.ok(plan.diagnostics.some(({ code }) => code === 'EW250'));
    assert.doesNotMatch(JSON.stringify(plan.commits), /"table"|"nat"/);
  });

  it("leave the table that bears a tunnel's name, while rules of somebody else send into it", () => {
    const router = aRouter(
      ...home,
      'interfaces ethernet eth1 firewall in modify MINE',
      'firewall modify MINE rule 10 action modify',
      'firewall modify MINE rule 10 modify table 1',
      'firewall modify MINE rule 10 source address 192.168.1.20',
      'protocols static table 1 description "WireGuard wg1"',
      'protocols static table 1 interface-route 0.0.0.0/0 next-hop-interface wg1',
      'protocols static table 1 route 0.0.0.0/0 blackhole distance 254',
    );
    const { plan } = planned(site(wg('wg1', 1, '')), router);
    assert.doesNotMatch(JSON.stringify(plan.commits), /"table"/);
  });

  it("leave what somebody else put into the table that bears a tunnel's name", () => {
    const router = aRouter(
      ...home,
      'protocols static table 50 description "WireGuard wg1"',
      'protocols static table 50 interface-route 0.0.0.0/0 next-hop-interface wg1',
      'protocols static table 50 route 10.9.0.0/16 next-hop 192.168.1.9',
    );
    const { plan } = planned(site(wg('wg1', 1, '')), router);
    assert.doesNotMatch(JSON.stringify(plan.commits), /"table"/);
  });

  it("leave a ruleset of edgewg's attached, while it has a rule of somebody else", () => {
    const { after } = settled(site(wg('wg1', 1, '{ from: { tv: 192.168.1.20 } }')), aRouter(...home));
    const more = aRouter(
      ...printCommands(after)
        .split('\n')
        .filter(line => line !== '')
        .map(line => line.replace(/^set /, '')),
      'firewall modify EDGEWG-eth1 rule 2000 action drop',
    );
    const gone = settled(site(wg('wg1', 1, '')), more);
    assert.ok(gone.words.length > 0);
    assert.ok(gone.words.every(line => !line.includes('firewall in modify') && !line.includes('rule 2000')));
  });

  it('are refused where their IPv6 could only be dropped with that of others who come in by the same ruleset', () => {
    const router = aRouter(
      ...home,
      'interfaces ethernet eth1 address 2001:db8:1::1/64',
      'interfaces ethernet eth2 address 2001:db8:2::1/64',
      'firewall ipv6-modify BOTH6 rule 9000 action drop',
      'firewall ipv6-modify BOTH6 rule 9000 source address 2001:db8:9::/64',
      'interfaces ethernet eth1 firewall in ipv6-modify BOTH6',
      'interfaces ethernet eth2 firewall in ipv6-modify BOTH6',
    );
    const { plan } = planned(site(wg('wg1', 1, '{ from: { all: { interface: eth1 } } }')), router);
    assert.ok(plan.diagnostics.some(({ code, message }) => code === 'EW250' && message.includes('BOTH6')));
    const all = planned(
      site(wg('wg1', 1, '{ from: { one: { interface: eth1 }, two: { interface: eth2 } } }')),
      router,
    );
    assert.deepEqual(
      all.plan.diagnostics.flatMap(({ severity, message }) => (severity === 'error' ? message : [])),
      [],
    );
  });
});
