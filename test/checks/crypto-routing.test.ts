// What the checks of crypto-routing say: which peer gets a packet, in every notation that a router may hold.
import assert from 'node:assert/strict';
import { key } from '../support/builders.ts';
import { but, findings, lines } from '../support/checked.ts';

const home = `
  interfaces ethernet eth0 address 198.51.100.2/24
  interfaces ethernet eth1 address 192.168.2.1/24
  system gateway-address 198.51.100.1`;

const phones = `
  interfaces wireguard wg0 address 192.168.5.1/24
  interfaces wireguard wg0 route-allowed-ips true`;

const peerOf = (n: number, ...allowed: string[]): string =>
  allowed.map(text => `interfaces wireguard wg0 peer ${key(n)} allowed-ips ${text}`).join('\n');

const site = `version: 1
router: { host: 192.168.2.1 }
manages: { interfaces: [wg1-wg9] }
tunnels:
  wg4:
    address: [192.168.5.14/32]
    unfiltered: a test
    peers:
      srv4:
        publicKey: ${key(4)}
        endpoint: "[2001:db8:ffff::4]:51820"
        allowedIPs: [192.168.5.4/32, 10.42.4.0/24, 192.168.10.0/24]
    routes:
      192.168.5.4/32: { guard: true }
      10.42.4.0/24: { guard: true }
  wg5:
    address: [192.168.5.15/32]
    unfiltered: a test
    peers:
      srv5:
        publicKey: ${key(5)}
        endpoint: "[2001:db8:ffff::5]:51820"
        allowedIPs: [192.168.5.5/32, 192.168.10.0/24]
    routes:
      192.168.5.5/32: { guard: true }
  wg0:
    unfiltered: a test
    peers:
      phone: { publicKey: ${key(7)}, allowedIPs: [192.168.5.100/32, "2001:db8:5::/64"] }
bgp:
  asn: 64512
  neighbors:
    192.168.5.4: { tunnel: wg4, remoteAsn: 64513, accept: [192.168.10.0/24] }
    192.168.5.5: { tunnel: wg5, remoteAsn: 64513, accept: [192.168.10.0/24] }
`;

const told = (file: string, router = ''): string[] => lines(file, `${home}\n${phones}\n${router}`, /EW13/);

describe('checks: crypto-routing of a correct network', () => {
  it('has nothing to be told', () => {
    assert.deepEqual(told(site), []);
    assert.deepEqual(told(site, peerOf(9, '192.168.5.101/32', '2001:db8:6::/64')), []);
  });
});

describe('checks: allowed IPs of two peers', () => {
  it('that are the same, in whichever notation', () => {
    for (const [text, shown] of [
      ['192.168.5.100/32', '192.168.5.100/32'],
      ['192.168.5.100', '192.168.5.100 (192.168.5.100/32)'],
      ['192.168.9.1/32,192.168.5.100/32', '192.168.5.100/32'],
      ['2001:0db8:5:0:0:0:0:1/64', '2001:0db8:5:0:0:0:0:1/64 (2001:db8:5::/64)'],
    ] as const) {
      const mine = text.includes(':') ? '2001:db8:5::/64' : '192.168.5.100/32';
      assert.deepEqual(told(site, peerOf(9, text)), [
        `error EW130 29:${mine.includes(':') ? 104 : 86} wg0: ${mine} of phone is also ${shown} of CQkJCQkJ…: WireGuard gives it to whichever is set last, and the other peer gets nothing more of it`,
      ]);
    }
  });

  it('names the line on the router', () => {
    const found = findings(site, `${home}\n${peerOf(9, '192.168.5.100/32')}`).find(
      ({ code }) => code === 'EW130',
    );
    assert.deepEqual(found?.running?.path.slice(-2), ['allowed-ips', '192.168.5.100/32']);
    assert.ok(found?.running?.line !== undefined);
  });

  it('but not of one that is disabled, of one that goes, or on another interface', () => {
    const disabled = `interfaces wireguard wg0 peer ${key(9)} disable`;
    assert.deepEqual(told(site, `${peerOf(9, '192.168.5.100/32')}\n${disabled}`), []);
    const absent = `${site}absent: { peers: { wg0: ["${key(9)}"] } }\n`;
    assert.deepEqual(told(absent, peerOf(9, '192.168.5.100/32')), []);
    const elsewhere = peerOf(9, '192.168.5.100/32').replaceAll('wg0', 'wg1');
    assert.deepEqual(told(but(site, ['wg1-wg9', 'wg4-wg9']), elsewhere), []);
  });

  it('of which one lies within the other', () => {
    assert.deepEqual(told(site, peerOf(9, '192.168.5.0/24')), [
      'note EW131 29:86 wg0: 192.168.5.0/24 of CQkJCQkJ… holds 192.168.5.100/32 of phone (line 29), and the longer prefix wins for its part',
    ]);
    assert.deepEqual(told(site, peerOf(9, '0.0.0.0/0')), [], 'a default route through one of the peers');
    const halves = `${peerOf(9, '2001:db8:5::/65')}\n${peerOf(8, '2001:db8:5:0:8000::/65')}`;
    assert.deepEqual(told(site, halves), [
      'warning EW131 29:104 wg0: 2001:db8:5::/64 of phone holds 2001:db8:5::/65 of CQkJCQkJ… and 2001:db8:5:0:8000::/65 of CAgICAgI…, and the longer prefix wins: nothing of it is left',
    ]);
  });
});

describe('checks: a route that leads to no peer', () => {
  it('at all', () => {
    const file = but(site, ['10.42.4.0/24, 192.168.10', '10.42.5.0/24, 192.168.10']);
    assert.deepEqual(told(file), [
      'error EW132 15:7 wg4: the route 10.42.4.0/24 → wg4 (line 15) leads to nobody: no peer has 10.42.4.0/24 in its allowed IPs, so WireGuard refuses every packet',
      'warning EW133 12:38 wg4: srv4 may send from 10.42.5.0/24, and nothing routes it into wg4 (line 5): answers go by 0.0.0.0/0 → eth0 via 198.51.100.1',
    ]);
    assert.equal(
      findings(file, home).find(({ code }) => code === 'EW132')?.hint,
      'add 10.42.4.0/24 to the allowedIPs of srv4 (line 9), or narrow the route',
    );
  });

  it('for a part of it', () => {
    const file = but(site, ['10.42.4.0/24, 192.168.10', '10.42.4.0/25, 192.168.10']);
    assert.deepEqual(told(file), [
      'warning EW132 15:7 wg4: of the route 10.42.4.0/24 → wg4 (line 15) only 10.42.4.0/25 belongs to a peer: WireGuard refuses packets to the rest',
    ]);
    const halves = but(site, ['10.42.4.0/24, 192.168.10', '10.42.4.0/25, 10.42.4.128/25, 192.168.10']);
    assert.deepEqual(told(halves), []);
  });

  it('by a route that only the router has', () => {
    const foreign = 'protocols static interface-route 203.0.113.0/24 next-hop-interface wg0';
    assert.deepEqual(told(site, foreign), [
      'warning EW132 26:3 wg0: the route 203.0.113.0/24 → wg0 leads to nobody: no peer has 203.0.113.0/24 in its allowed IPs, so WireGuard refuses every packet',
    ]);
  });

  it('but not to a pool, of which peers have single addresses', () => {
    const pool = 'protocols static interface-route 192.168.5.0/24 next-hop-interface wg0';
    assert.deepEqual(told(site, pool), []);
  });

  it('nor when it is disabled', () => {
    const file = but(
      site,
      ['10.42.4.0/24, 192.168.10', '192.168.10'],
      ['10.42.4.0/24: { guard: true }', '10.42.4.0/24: { disable: true }'],
    );
    assert.deepEqual(told(file), []);
  });
});

describe('checks: allowed IPs that nothing routes', () => {
  const bare = but(site, ['      10.42.4.0/24: { guard: true }\n', '']);

  it('into the tunnel', () => {
    assert.deepEqual(told(bare), [
      'warning EW133 12:38 wg4: srv4 may send from 10.42.4.0/24, and nothing routes it into wg4 (line 5): answers go by 0.0.0.0/0 → eth0 via 198.51.100.1',
    ]);
    assert.equal(
      findings(bare, `${home}\n${phones}`).find(({ code }) => code === 'EW133')?.hint,
      'add under routes of wg4: 10.42.4.0/24: srv4; or take it out of the allowedIPs',
    );
  });

  it('but for route-allowed-ips, a network of the interface, another table, a wider or a narrower route', () => {
    assert.deepEqual(told(but(bare, ['    address: [192.168.5.14/32]', '    address: [10.42.4.1/24]'])), []);
    const table = 'protocols static table 5 interface-route 0.0.0.0/0 next-hop-interface wg4';
    assert.deepEqual(told(bare, table), []);
    const wide = but(bare, ['      192.168.5.4/32: {', '      10.42.4.7/32: part\n      192.168.5.4/32: {']);
    assert.deepEqual(told(wide), []);
    const all = but(
      bare,
      ['    unfiltered: a test', '    routeAllowedIPs: true\n    unfiltered: a test'],
      ['10.42.4.0/24, 192.168.10.0/24', '10.42.4.0/24'],
    );
    assert.ok(told(all).every(line => !line.includes('EW133')));
  });

  it('nor where a routing protocol may bring the route', () => {
    assert.deepEqual(told(bare, 'protocols ospf area 0 network 192.168.5.0/24'), []);
  });
});

describe('checks: a range that BGP announces', () => {
  it('and that one of the paths would drop', () => {
    const file = but(site, ['192.168.5.5/32, 192.168.10.0/24', '192.168.5.5/32']);
    assert.deepEqual(told(file), [
      'error EW134 34:60 192.168.10.0/24, which BGP neighbour 192.168.5.5 announces through wg5, is in the allowed IPs of no peer of wg5 (line 16): WireGuard drops it, and the router spreads connections over it and 192.168.5.4 through wg4, and its share of them fails',
    ]);
    const part = but(site, ['192.168.5.5/32, 192.168.10.0/24', '192.168.5.5/32, 192.168.10.0/25']);
    assert.match(told(part)[0] ?? '', /^error EW134 34:60 part of 192\.168\.10\.0\/24, which/);
  });

  it('and that another peer of the interface has', () => {
    const file = but(
      site,
      ['192.168.5.4/32, 10.42.4.0/24, 192.168.10.0/24]', '192.168.5.4/32, 10.42.4.0/24]'],
      [
        '    routes:\n      192.168.5.4',
        `      srv6: { publicKey: ${key(6)}, allowedIPs: [192.168.10.0/24] }\n    routes:\n      192.168.5.4`,
      ],
    );
    assert.deepEqual(told(file), [
      'error EW134 34:60 192.168.10.0/24, which BGP neighbour 192.168.5.4 announces as srv4 of wg4, belongs to srv6 there (192.168.10.0/24): WireGuard encrypts it for that peer, whatever BGP says',
    ]);
    const longer = but(file, ['10.42.4.0/24]', '10.42.4.0/24, 192.168.10.0/25, 192.168.10.128/25]']);
    assert.deepEqual(
      told(longer).filter(line => line.includes('EW134')),
      [],
    );
  });

  it('by a neighbour that only the router has', () => {
    const file = site.slice(0, site.indexOf('bgp:'));
    const router = `
      protocols bgp 64512 neighbor 192.168.5.4 remote-as 64513
      protocols bgp 64512 neighbor 192.168.5.4 prefix-list import RANGE
      policy prefix-list RANGE rule 10 action permit
      policy prefix-list RANGE rule 10 prefix 192.168.11.0/24
      policy prefix-list RANGE rule 10 le 32`;
    const found = lines(file, `${home}\n${router}`, /EW134/);
    assert.equal(found.length, 1);
    assert.match(found[0] ?? '', /^error EW134 5:3 192\.168\.11\.0\/24, which BGP neighbour 192\.168\.5\.4/);
  });
});
