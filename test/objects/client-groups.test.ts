// Clients, and destinations of theirs, by groups of which nobody knows a member, and what the plan says to do about it.
import assert from 'node:assert/strict';
import { checks } from '../../src/checks/all.ts';
import { aRouter } from '../support/builders.ts';
import { home, planned, settled, site, wg } from '../support/client-plans.ts';

const from = (text: string): string => site(wg('wg1', 1, `{ from: { ${text} } }`));

/** What is said of the clients, with the hint. */
const told = (text: string, ...lines: string[]): string[] =>
  planned(text, aRouter(...home, ...lines), checks).plan.diagnostics.flatMap(
    ({ severity, code, message, hint }) =>
      /^EW2[56]/.test(code) && code !== 'EW260' ? `${severity} ${code} ${message}: ${hint}` : [],
  );

const who = {
  source: 'kids: { group: GROUP }',
  'source at an interface': 'kids: { group: GROUP, interface: eth1 }',
  destination: 'tv: { address: 192.168.1.20, destinationGroup: GROUP }',
} as const;

const members = { address: '192.168.1.20', network: '192.168.1.32/27' } as const;

describe('a group without members', () => {
  for (const [end, text] of Object.entries(who))
    for (const type of ['address', 'network'] as const)
      it(`as ${end} is told of alone, and a member settles it: ${type} group`, () => {
        const said = told(from(text), `firewall group ${type}-group GROUP`);
        const severity = end === 'source' ? 'error' : 'warning';
        assert.equal(said.length, 1, said.join('\n'));
        assert.match(
          said[0] ?? '',
          new RegExp(`^${severity} EW250 .* of wg1: ${type} group GROUP has no members`),
        );
        const [, command = ''] = /on the router: set (.*) …$/.exec(said[0] ?? '') ?? [];
        assert.deepEqual(told(from(text), `${command} ${members[type]}`), []);
        if (severity === 'warning')
          settled(from(text), aRouter(...home, `firewall group ${type}-group GROUP`));
      });

  it('of the file gets them there', () => {
    const said = (more: string): string[] =>
      told(`${from(who.source)}groups: { GROUP: { type: address${more} } }\n`);
    assert.match(said('').join(), /^error EW250 .* no members.*: write members under groups\.GROUP$/);
    assert.deepEqual(said(', members: [192.168.1.20]'), []);
  });

  it('takes nothing from the destinations beside it', () => {
    const text = (allowed: string): string =>
      from('tv: { address: 192.168.1.20, destinations: [9.9.9.0/24], destinationGroup: GROUP }').replace(
        '[0.0.0.0/0]',
        `[${allowed}]`,
      );
    const codes = (allowed: string): string[] =>
      told(text(allowed), 'firewall group address-group GROUP').map(one => one.split(' ', 2).join(' '));
    assert.deepEqual(codes('0.0.0.0/0'), ['warning EW250']);
    assert.deepEqual(codes('8.8.8.0/24').sort(), ['error EW262', 'warning EW250']);
  });

  it('may be one that the DNS forwarder fills with destinations', () => {
    const lines = [
      'firewall group address-group GROUP',
      'service dns forwarding options ipset=/example.com/GROUP',
    ];
    assert.match(
      told(from(who.destination), ...lines).join(),
      /^note EW250 .*unless an option of the DNS forwarder/,
    );
    assert.match(
      told(from(who.source), ...lines).join(),
      /^error EW250 .* nothing goes into the tunnel for it:/,
    );
  });

  it('is that of an interface without an address, or one that leaves nobody', () => {
    const iface = told(from(who.source.replace('GROUP', 'NETv4_eth3')), 'interfaces ethernet eth3');
    assert.match(iface.join(), /^error EW250 .*eth3 has no IPv4 address: give eth3 an address/);
    assert.deepEqual(
      told(
        from(who.source.replace('GROUP', 'NETv4_eth3')),
        'interfaces ethernet eth3 address 192.168.3.1/24',
      ),
      [],
    );
    const all = ['0.0.0.0/1', '128.0.0.0/1'].map(net => `firewall group network-group GROUP network ${net}`);
    const none = told(from(who.source.replace('GROUP', "'!GROUP'")), ...all);
    assert.match(none.join(), /^error EW250 .*every address is in network group GROUP, and none is left/);
  });
});

describe('a group that only the router knows', () => {
  it('is no leak of what is not in it', () => {
    const dhcp = 'interfaces ethernet eth3 address dhcp';
    for (const text of Object.values(who))
      assert.deepEqual(told(from(text.replace('GROUP', 'NETv4_eth3')), dhcp), []);
  });

  it('is one of what another rule takes before', () => {
    const said = told(
      from(
        who.destination
          .replace('GROUP', 'NETv4_eth3')
          .replace('destinationGroup', 'rule: 200, destinationGroup'),
      ),
      'interfaces ethernet eth3 address dhcp',
      'interfaces ethernet eth1 firewall in modify M',
      'firewall modify M rule 300 action modify',
      'firewall modify M rule 300 modify table main',
      'firewall modify M rule 100 protocol tcp',
      'firewall modify M rule 100 action modify',
      'firewall modify M rule 100 modify table 7',
      'protocols static table 7 route 0.0.0.0/0 next-hop 198.51.100.1',
    );
    assert.match(said.join(), /EW2(51|61) /);
  });
});
