// By which interfaces clients come in that no address of an interface tells of: VPN servers, ports, tunnels without an address.
import assert from 'node:assert/strict';
import { checks } from '../../src/checks/all.ts';
import { aRouter } from '../support/builders.ts';
import { home, planned, settled, site, wg } from '../support/client-plans.ts';

const from = (who: string): string => site(wg('wg1', 1, `{ from: { road: ${who} } }`));

/** What is said of them, with the hint. */
const told = (who: string, ...lines: string[]): string[] =>
  planned(from(who), aRouter(...home, ...lines), checks).plan.diagnostics.flatMap(
    ({ severity, code, message, hint }) =>
      /^EW2[56]/.test(code) && severity !== 'note' ? `${severity} ${code} ${message}: ${hint}` : [],
  );

describe('clients of OpenVPN', () => {
  const server = [
    'interfaces openvpn vtun0 mode server',
    'interfaces openvpn vtun0 server subnet 10.8.0.0/24',
  ];
  const office = [
    'interfaces openvpn vtun0 mode site-to-site',
    'interfaces openvpn vtun0 local-address 10.255.1.1',
    'interfaces openvpn vtun0 remote-address 10.255.1.2',
  ];

  it('are found and answered in the network of the server, and at the other end', () => {
    for (const who of ['{ interface: vtun0 }', '{ address: 10.8.0.0/24, interface: vtun0 }', '10.8.0.6']) {
      assert.deepEqual(told(who, ...server), []);
      settled(from(who), aRouter(...home, ...server));
    }
    for (const who of ['{ interface: vtun0 }', '10.255.1.2']) assert.deepEqual(told(who, ...office), []);
  });

  it('behind a client of it need a route, and the finding says which', () => {
    const who = '{ address: 10.9.9.5, interface: vtun0 }';
    const client = [...server, 'interfaces openvpn vtun0 server client joe subnet 10.9.9.0/24'];
    const [said = '', ...more] = told(who, ...client);
    assert.deepEqual(more, []);
    assert.match(said, /^error EW263 .*: route their network there: set /);
    const route = said.replace(/^.*there: set /, '').replace('…', '10.9.9.0/24');
    assert.deepEqual(told(who, ...client, route), []);
  });

  it('are all of what shares a modify ruleset with others, by their network', () => {
    const shared = ['eth1', 'vtun0'].map(
      name => `interfaces ${name === 'eth1' ? 'ethernet' : 'openvpn'} ${name} firewall in modify M`,
    );
    const lines = [...server, ...shared, 'firewall modify M description both'];
    assert.deepEqual(told('{ interface: vtun0 }', ...lines), []);
    const { words } = settled(from('{ interface: vtun0 }'), aRouter(...home, ...lines));
    assert.ok(
      words.some(line => line.endsWith('source address 10.8.0.0/24')),
      words.join('\n'),
    );
  });
});

describe('clients behind an interface without an address', () => {
  const gre = [
    'interfaces tunnel tun0 encapsulation gre',
    'interfaces tunnel tun0 local-ip 198.51.100.2',
    'interfaces tunnel tun0 remote-ip 203.0.113.77',
  ];

  it('are those that are routed there', () => {
    const [said = ''] = told('{ interface: tun0 }', ...gre);
    assert.match(said, /^error EW263 .*: route their network there: set /);
    const route = said.replace(/^.*there: set /, '').replace('…', '10.6.0.0/24');
    assert.deepEqual(told('{ interface: tun0 }', ...gre, route), []);
  });

  it('may need one', () => {
    const [said = ''] = told('{ interface: eth3 }', 'interfaces ethernet eth3');
    assert.match(said, /^error EW263 .*; or give eth3 an address of it$/);
    assert.deepEqual(told('{ interface: eth3 }', 'interfaces ethernet eth3 address 192.168.3.1/24'), []);
  });
});

describe('clients at a port', () => {
  for (const [carrier, ...lines] of [
    [
      'br0',
      'interfaces bridge br0 address 192.168.9.1/24',
      'interfaces ethernet eth3 bridge-group bridge br0',
    ],
    ['bond0', 'interfaces bonding bond0 address 192.168.9.1/24', 'interfaces ethernet eth3 bond-group bond0'],
    [
      'switch0',
      'interfaces ethernet eth3',
      'interfaces switch switch0 address 192.168.9.1/24',
      'interfaces switch switch0 switch-port interface eth3',
    ],
  ] as const)
    it(`come in by ${carrier}`, () => {
      const said = told('{ interface: eth3 }', ...lines);
      assert.deepEqual(said, [
        `error EW250 road of wg1: eth3 is a port of ${carrier}, by which its packets come in: name ${carrier}, or the addresses of the clients`,
      ]);
      assert.deepEqual(told(`{ interface: ${carrier} }`, ...lines), []);
      assert.deepEqual(told('192.168.9.7', ...lines), []);
      assert.match(told('172.20.0.9', ...lines).join(), new RegExp(`: eth1 or eth2 or ${carrier}$`));
    });
});

describe('clients who dial in', () => {
  const pools = {
    L2TP: 'vpn l2tp remote-access client-ip-pool',
    PPTP: 'vpn pptp remote-access client-ip-pool',
    PPPoE: 'service pppoe-server client-ip-pool',
  };
  for (const [name, pool] of Object.entries(pools))
    it(`are told that no rule reaches them: ${name}`, () => {
      const far = [`${pool} start 10.7.0.10`, `${pool} stop 10.7.0.20`];
      const near = [`${pool} start 192.168.1.240`, `${pool} stop 192.168.1.250`];
      const refused = new RegExp(`^error EW250 road of wg1: [0-9.]+ dial in by ${name}`);
      assert.match(told('10.7.0.12', ...far).join(), refused);
      assert.match(told('{ address: 10.7.0.12, interface: eth1 }', ...far).join(), refused);
      assert.match(told('192.168.1.241', ...near).join(), refused);
      const [some = '', ...more] = told('192.168.1.0/24', ...near);
      assert.deepEqual(more, []);
      assert.match(
        some,
        /^warning EW250 .*: 192\.168\.1\.240-192\.168\.1\.250 dial in .*, or say addresses without/,
      );
      assert.deepEqual(told('192.168.1.0/25', ...near), []);
      assert.deepEqual(told('{ interface: eth1 }', ...near), []);
    });

  it('by IPsec are no others', () => {
    const pool = 'vpn ipsec remote-access client-ip-pool subnet 10.7.0.0/24';
    assert.match(told('10.7.0.12', pool).join(), /^error EW250 .* dial in by IPsec/);
  });
});
