// Clients that a plan must refuse, and what it must not: each found by trying it.
import assert from 'node:assert/strict';
import { checks } from '../../src/checks/all.ts';
import { loadSite } from '../../src/site/load.ts';
import { aRouter, key } from '../support/builders.ts';
import { errorsOf, home, planned, settled, site, wg } from '../support/client-plans.ts';

const clients = (text: string, more = ''): string => `{ from: { ${text} }${more} }`;

describe('the rule number of clients', () => {
  const router = aRouter(...home);

  it('is one for each of them', () => {
    for (const [one, other] of [
      ['tv: { address: 192.168.1.20, rule: 2000 }', 'radio: { address: 192.168.1.21, rule: 2000 }'],
      ['tv: { address: 192.168.1.20, rule: 2000 }', 'all: { address: 192.168.1.0/24, rule: 2000 }'],
    ] as const) {
      const [error, ...more] = errorsOf(
        site(wg('wg1', 1, clients(one)), wg('wg2', 2, clients(other))),
        router,
      );
      assert.match(error ?? '', /EW251 .*rule 2000 is for tv of wg1 already \(line \d+\)/);
      assert.deepEqual(more, []);
    }
    const apart = 'tv: { address: 192.168.1.20, rule: 2000 }, far: { address: 192.168.2.20, rule: 2000 }';
    settled(site(wg('wg1', 1, clients(apart))), router);
  });

  it('is one for each destination', () => {
    const split = 'a: { address: 192.168.1.20, rule: 100, destinations: [9.9.9.0/24, 8.8.8.0/24] }';
    const text = site(
      wg('wg1', 1, clients(`${split}, b: { address: 192.168.1.21, rule: 101, destinations: [9.9.9.0/24] }`)),
    );
    assert.match(errorsOf(text, router).join(), /^EW251 b of wg1: rule 101 is for a of wg1 already/);
  });

  it('comes behind those that let own networks past, whose ever they are', () => {
    const own = (words: readonly string[]): string[] =>
      words
        .filter(line => /description WireGuard own network/.test(line))
        .map(line => line.split(' ')[5] ?? '');
    const early = (number: number, more = ''): string =>
      site(wg('wg1', 1, clients(`tv: { address: 192.168.1.20, rule: ${number} }`, more)));
    assert.deepEqual(own(settled(early(10), router).words), ['1', '2', '3']);
    assert.deepEqual(own(settled(early(400), router).words), ['10', '20', '30']);
    assert.deepEqual(own(settled(early(600), router).words), ['500', '510', '520']);
    // and after they have been elsewhere
    settled(early(10), settled(early(2000), router).after);
    assert.match(errorsOf(early(2), router).join(), /^EW251 wg1: before rule 2 of EDGEWG-eth1, .* no room/);
    settled(early(2, ', ownNetworks: []'), router);
    const past = aRouter(
      ...home,
      'interfaces ethernet eth1 firewall in modify M',
      'firewall group network-group NETS network 10.0.0.0/8',
      'firewall group network-group NETS network 172.16.0.0/12',
      'firewall group network-group NETS network 192.168.0.0/16',
      'firewall modify M rule 20 action modify',
      'firewall modify M rule 20 destination group network-group NETS',
      'firewall modify M rule 20 modify table main',
    );
    assert.deepEqual(own(settled(early(10), past).words), ['1', '2', '3']);
    assert.deepEqual(own(settled(early(21), past).words), []);
  });

  it('that nobody has left is told of each tunnel once', () => {
    const taken = aRouter(
      ...home,
      'interfaces ethernet eth1 firewall in modify M',
      'firewall modify M rule 1 action modify',
      'firewall modify M rule 1 modify lb-group G',
      'load-balance group G interface eth0',
    );
    const said = errorsOf(site(wg('wg1', 1, clients('tv: 192.168.1.20'))), taken);
    assert.deepEqual(
      said.map(one => one.slice(0, 20)),
      ['EW251 wg1: no number', 'EW251 tv of wg1: no '],
    );
  });

  it('is none beyond the last', () => {
    const split = 'a: { address: 192.168.1.20, rule: 9999, destinations: [9.9.9.0/24, 8.8.8.0/24] }';
    assert.match(errorsOf(site(wg('wg1', 1, clients(split))), router).join(), /^EW251/);
  });
});

describe('clients that come in by another tunnel', () => {
  const phones = (more: string): string =>
    `  wg3: { address: [10.9.0.1/24], mtu: 1420, listenPort: 51823, ${more}peers: { phone: { publicKey: ${key(9)}, allowedIPs: [10.9.0.2/32] } } }\n`;
  const theirs = wg('wg1', 1, clients('phones: { interface: wg3 }'));
  const six = [
    'interfaces ethernet eth0 address 2001:db8:1::2/64',
    'protocols static route6 ::/0 next-hop 2001:db8:1::1',
  ];
  const there = [
    ...home,
    ...six,
    'interfaces wireguard wg3 address 10.9.0.1/24',
    'interfaces wireguard wg3 listen-port 51823',
    `interfaces wireguard wg3 peer ${key(9)} allowed-ips 10.9.0.2/32`,
  ];
  const with6 = phones('').replace('[10.9.0.1/24]', "[10.9.0.1/24, 'fd00:9::1/64']");

  it('are those that its peers may be: no other address gets an answer', () => {
    for (const lines of [home, there]) {
      assert.deepEqual(errorsOf(site(theirs, phones('')), aRouter(...lines)), []);
      settled(site(theirs, phones('')), aRouter(...lines));
    }
  });

  it('lose their IPv6 where the plan gives it to them', () => {
    const text = site(theirs, with6);
    assert.deepEqual(errorsOf(text, aRouter(...there)), []);
    const { words } = settled(text, aRouter(...there));
    assert.ok(words.some(line => /ipv6-modify EDGEWG6-wg3 rule \d+ action drop/.test(line)));
    const one = site(wg('wg1', 1, clients('phone: 10.9.0.2')), with6);
    assert.match(errorsOf(one, aRouter(...there)).join(), /^EW253/);
  });

  it('lose no IPv6 where the plan takes it from them', () => {
    const running = aRouter(...there, 'interfaces wireguard wg3 address fd00:9::1/64');
    const { words } = settled(site(theirs, phones('')), running);
    assert.ok(words.every(line => !line.includes('ipv6-modify')));
  });

  it('are found at the address that it gets, and not at the one that it had', () => {
    const moved = phones('').replaceAll('10.9.0', '10.19.0');
    const running = aRouter(...there);
    settled(site(wg('wg1', 1, clients('phone: 10.19.0.2')), moved), running);
    assert.match(errorsOf(site(wg('wg1', 1, clients('phone: 10.9.0.2')), moved), running).join(), /^EW250/);
    const own = site(wg('wg1', 1, clients('phone: 10.19.0.1')), moved);
    assert.match(errorsOf(own, running).join(), /^EW250 .*10\.19\.0\.1\/24 is the router's own address/);
  });

  it('come in by it when the plan enables it, and no more when it disables or removes it', () => {
    settled(site(theirs, phones('')), aRouter(...there, 'interfaces wireguard wg3 disable'));
    const off = errorsOf(site(theirs, phones('disable: true, ')), aRouter(...there));
    assert.match(off.join(), /^EW250 .*wg3 is disabled/);
    assert.match(errorsOf(site(theirs), aRouter(...there)).join(), /EW250 .*no interface wg3/);
  });
});

describe('clients of a tunnel whose peers take only a part', () => {
  const none = (more = ''): string =>
    site(
      `  wg1: { address: [10.64.0.1/32], mtu: 1420, clients: ${clients(`tv: { address: 192.168.1.20${more} }`)} }\n`,
    ).replace('manages: { interfaces: [wg1-wg9] }\n', '');
  const router = (...allowed: string[]) =>
    aRouter(
      ...home,
      'interfaces wireguard wg1 address 10.64.0.1/32',
      ...allowed.map(prefix => `interfaces wireguard wg1 peer ${key(1)} allowed-ips ${prefix}`),
    );

  it('are refused, also where the router alone has the peers', () => {
    assert.match(errorsOf(none(), router('0.0.0.0/1')).join(), /^EW262 .*no peer of wg1 has 128\.0\.0\.0/);
    assert.match(errorsOf(none(), router('10.0.0.0/8')).join(), /^EW262 .*no peer of wg1 has /);
    assert.match(errorsOf(none(), aRouter(...home)).join(), /^EW262 .*no peer of wg1 has /);
    const split = none(', destinations: [9.9.9.0/24, 200.0.0.0/24]');
    assert.match(
      errorsOf(split, router('0.0.0.0/1')).join(),
      /^EW262 .*no peer of wg1 has 200\.0\.0\.0\/24 /,
    );
    for (const allowed of [['0.0.0.0/0'], ['0.0.0.0/1', '128.0.0.0/1']])
      assert.deepEqual(errorsOf(none(), router(...allowed)), []);
  });

  it('need no allowedIPs for their own networks, which are let past', () => {
    const ten = [
      '0.0.0.0/5',
      '8.0.0.0/7',
      '11.0.0.0/8',
      '12.0.0.0/6',
      '16.0.0.0/4',
      '32.0.0.0/3',
      '64.0.0.0/2',
      '128.0.0.0/1',
    ];
    const text = (own: string): string =>
      site(wg('wg1', 1, clients('tv: 192.168.1.20', own)).replace('[0.0.0.0/0]', `[${ten.join(', ')}]`));
    assert.deepEqual(errorsOf(text(''), aRouter(...home)), []);
    assert.throws(() => loadSite(text(', ownNetworks: [192.168.0.0/16]'), 'x'), /problem/);
  });
});

describe('the masquerade of clients', () => {
  const nat = (rules: string): string => `nat: { ${rules} }\n`;
  const text = (more: string, rules: string): string =>
    `${site(wg('wg1', 1, clients('tv: 192.168.1.20', more)))}${nat(rules)}`;

  it('has a number of its own', () => {
    const others = '5010: { type: masquerade, outboundInterface: eth0, source: { address: 10.1.0.0/16 } }';
    const told = (one: string) => {
      try {
        loadSite(one, 'x');
      } catch (error) {
        return String(
          (error as { problems?: { message: string }[] }).problems?.map(({ message }) => message),
        );
      }
      return '';
    };
    assert.match(told(text(', masquerade: 5010', others)), /5010 is the masquerade of wg1 already/);
    const two = site(
      wg('wg1', 1, clients('tv: 192.168.1.20', ', masquerade: 5010')),
      wg('wg2', 2, clients('radio: 192.168.1.21', ', masquerade: 5010')),
    );
    assert.match(told(two), /5010 is the masquerade of wg1 already \(line \d+\)/);
  });

  it('is not that of the router, where the file says another rule under its number', () => {
    const { after } = settled(site(wg('wg1', 1, clients('tv: 192.168.1.20'))), aRouter(...home));
    const taken =
      '5100: { type: masquerade, outboundInterface: wg1, source: { address: 10.1.0.0/16 }, exclude: true }';
    settled(text('', taken), after);
    assert.deepEqual(errorsOf(text('', taken), after), []);
  });

  it('is made where the rule of the file translates nothing', () => {
    for (const off of ['disable', 'exclude'])
      assert.deepEqual(
        errorsOf(
          text(
            '',
            `5010: { type: masquerade, outboundInterface: wg1, ${off}: true, destination: { address: 10.0.0.0/8 } }`,
          ),
          aRouter(...home),
        ),
        [],
      );
  });

  it('must not hide home from a cluster behind the same tunnel', () => {
    const bgp =
      'bgp: { asn: 64512, routerId: 10.64.0.1, neighbors: { 10.64.0.9: { remoteAsn: 64513, tunnel: wg1, accept: [10.244.0.0/16] } } }\n';
    const node = (more: string): string =>
      `${site(wg('wg1', 1, clients('tv: 192.168.1.20', more)).replace('[0.0.0.0/0]', '[10.64.0.9/32, 10.244.0.0/16, 0.0.0.0/0]'))}${bgp}`;
    assert.match(
      errorsOf(node(''), aRouter(...home)).join(),
      /EW152 NAT rule 5100 .* hides home from the cluster/,
    );
    assert.doesNotMatch(errorsOf(node(', masquerade: false'), aRouter(...home)).join(), /EW152/);
  });
});

describe('clients of a tunnel that is switched off', () => {
  const waysOf = (more: string, who = '192.168.1.0/24, interface: eth1'): string[] => {
    const from = clients(`tv: { address: ${who} }`, more);
    const text = site(wg('wg1', 1, from).replace('mtu', 'disable: true, mtu'));
    const { diagnostics } = planned(text, aRouter(...home), checks).plan;
    return diagnostics.flatMap(({ code, severity, message }) =>
      /^EW26/.test(code) ? `${severity} ${code} ${message}` : [],
    );
  };
  it('are told where their packets go as long as it is', () => {
    const note = 'note EW260 tv of wg1 (192.168.1.0/24): wg1 is disabled: IPv4';
    assert.deepEqual(waysOf(''), [`${note} dropped; IPv6: none comes in`]);
    assert.deepEqual(waysOf(', whenDown: wan'), [
      `${note} eth0 in clear, as the file says; IPv6: none comes in`,
    ]);
  });

  it('must not leave in clear where they come in by another interface', () => {
    assert.match(
      waysOf('', '192.168.2.7, interface: eth1').join(),
      /error EW261 .*leave in clear by eth0: no modify rule of eth2 takes them/,
    );
  });
});
