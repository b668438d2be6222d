// What the checks of routing say: each single thing that can be wrong with the way of a packet.
import assert from 'node:assert/strict';
import { key } from '../support/builders.ts';
import { but, findings, lines } from '../support/checked.ts';

const home = `
  interfaces ethernet eth0 address 198.51.100.2/24
  interfaces ethernet eth0 address 2001:db8:1::2/64
  interfaces ethernet eth1 address 192.168.2.1/24
  system gateway-address 198.51.100.1
  protocols static route6 ::/0 next-hop 2001:db8:1::1`;

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
        allowedIPs: [192.168.5.4/32, 203.0.113.4/32, 10.42.4.0/24, 192.168.10.0/24]
        persistentKeepalive: 25
    routes:
      192.168.5.4/32: { guard: true }
      203.0.113.4/32: public
      10.42.4.0/24: { guard: true }
  wg5:
    address: [192.168.5.15/32]
    unfiltered: a test
    peers:
      srv5:
        publicKey: ${key(5)}
        endpoint: "[2001:db8:ffff::5]:51820"
        allowedIPs: [192.168.5.5/32, 203.0.113.5/32, 10.42.5.0/24, 192.168.10.0/24]
        persistentKeepalive: 25
    routes:
      192.168.5.5/32: { guard: true }
      203.0.113.5/32: public
      10.42.5.0/24: { guard: true }
bgp:
  asn: 64512
  neighbors:
    192.168.5.4: { tunnel: wg4, remoteAsn: 64513, accept: [192.168.10.0/24] }
    192.168.5.5: { tunnel: wg5, remoteAsn: 64513, accept: [192.168.10.0/24] }
`;

const told = (file: string, router = ''): string[] => lines(file, `${home}\n${router}`, /EW2/);

describe('checks: routes of a correct network', () => {
  it('have nothing to be told', () => {
    assert.deepEqual(told(site), []);
  });
});

describe('checks: a tunnel that needs itself', () => {
  it('by its own route', () => {
    const file = but(site, ['"[2001:db8:ffff::4]:51820"', '203.0.113.4:51820']);
    assert.deepEqual(told(file), [
      "error EW210 11:19 wg4: the endpoint of srv4, 203.0.113.4, is routed into wg4 itself by 203.0.113.4/32 → wg4 (line 16): the tunnel's own packets would go into the tunnel",
    ]);
    const found = findings(file, home).find(({ code }) => code === 'EW210');
    assert.match(found?.hint ?? '', /give srv4 an endpoint that no route leads into a tunnel/);
    assert.equal(found?.running, undefined, 'the plan itself makes the route');
  });

  it('by a route that is on the router already', () => {
    const file = but(site, ['"[2001:db8:ffff::4]:51820"', '203.0.113.9:51820']);
    const route = 'interfaces wireguard wg0 route-allowed-ips true';
    assert.deepEqual(
      told(file, `${route}\nprotocols static interface-route 203.0.113.9/32 next-hop-interface wg4`),
      [],
    );
    const wide = but(file, ['203.0.113.4/32: public', '203.0.113.0/24: public']);
    assert.equal(told(wide).filter(line => line.includes('EW210')).length, 1);
  });

  it('through another tunnel, around the ring', () => {
    const file = but(
      site,
      ['"[2001:db8:ffff::4]:51820"', '203.0.113.5:51820'],
      ['"[2001:db8:ffff::5]:51820"', '203.0.113.4:51820'],
    );
    assert.deepEqual(told(file), [
      'error EW210 11:19 wg4: the endpoint of srv4, 203.0.113.5, is reached only through wg4 itself: 203.0.113.5/32 → wg5 (line 29), 203.0.113.4/32 → wg4 (line 16); none of these tunnels can come up',
      'error EW210 24:19 wg5: the endpoint of srv5, 203.0.113.4, is reached only through wg5 itself: 203.0.113.4/32 → wg4 (line 16), 203.0.113.5/32 → wg5 (line 29); none of these tunnels can come up',
    ]);
    const nested = but(site, ['"[2001:db8:ffff::4]:51820"', '203.0.113.5:51820']);
    assert.deepEqual(told(nested), [], 'a tunnel in another is no ring');
  });

  it('when BGP announces its endpoint', () => {
    const file = but(site, ['"[2001:db8:ffff::4]:51820"', '192.168.10.4:51820']);
    assert.deepEqual(told(file), [
      "warning EW210 11:19 wg4: the endpoint of srv4, 192.168.10.4, is in what BGP neighbour 192.168.5.4 may announce through wg4: the tunnel's packets would then go into the tunnel itself",
    ]);
  });

  it("is somebody else's and was so before: not ours to tell; but told where the plan closes the ring", () => {
    const foreign = `
      interfaces wireguard wg0 peer ${key(9)} endpoint 203.0.113.4:51820
      interfaces wireguard wg0 peer ${key(9)} allowed-ips 0.0.0.0/0`;
    const before = `${foreign}\nprotocols static interface-route 203.0.113.4/32 next-hop-interface wg0`;
    const file = but(site, ['      203.0.113.4/32: public\n', '']);
    assert.deepEqual(told(file, before), []);
    const closing = but(site, ['"[2001:db8:ffff::4]:51820"', '203.0.113.9:51820']);
    const ring = `${foreign}\nprotocols static interface-route 203.0.113.9/32 next-hop-interface wg0`;
    assert.deepEqual(
      told(closing, ring).map(line => line.slice(0, 60)),
      [
        'error EW210 16:23 wg0: the endpoint of CQkJCQkJ…, 203.0.113.',
        'error EW210 11:19 wg4: the endpoint of srv4, 203.0.113.9, is',
      ],
    );
  });
});

describe('checks: a prefix that goes elsewhere', () => {
  it('by a connected network, which is nearer', () => {
    assert.deepEqual(told(site, 'interfaces ethernet eth2 address 10.42.4.1/24'), [
      'error EW211 17:7 wg4: 10.42.4.0/24 never goes into the tunnel: 10.42.4.0/24 → eth2 (connected) is nearer than distance 1',
    ]);
  });

  it('in part, at the same distance', () => {
    const route = 'protocols static interface-route 10.42.4.0/24 next-hop-interface eth1';
    assert.deepEqual(told(site, route), [
      'warning EW211 17:7 wg4: 10.42.4.0/24 is shared with 10.42.4.0/24 → eth1: at the same distance the router sends some packets one way and some the other',
    ]);
    assert.deepEqual(
      told(site, `${route} distance 2`),
      [
        'note EW217 17:7 wg4: the guard of 10.42.4.0/24, at distance 254, loses to 10.42.4.0/24 → eth1 at distance 2: while the interface is gone the packets leave by that, in clear',
      ],
      'the other one waits behind it',
    );
    const behind = but(site, ['10.42.4.0/24: { guard: true }', '10.42.4.0/24: { guard: true, distance: 5 }']);
    assert.deepEqual(told(behind, route), [
      'warning EW211 17:7 wg4: 10.42.4.0/24 never goes into the tunnel: 10.42.4.0/24 → eth1 is nearer than distance 5',
    ]);
  });

  it('in part, by a longer prefix', () => {
    assert.deepEqual(told(site, 'protocols static route 10.42.4.128/25 next-hop 192.168.2.77'), [
      'note EW211 17:7 wg4: 10.42.4.0/24 goes elsewhere in part: 10.42.4.128/25 → eth1 via 192.168.2.77; the longer prefix wins',
    ]);
  });

  it('but not when another tunnel of the file stands by', () => {
    const file = but(site, [
      '      10.42.5.0/24: { guard: true }',
      '      10.42.5.0/24: { guard: true }\n      10.42.4.0/24: { distance: 5, guard: true }',
    ]);
    assert.deepEqual(told(file), []);
  });

  it('a BGP neighbour', () => {
    const file = but(site, ['      192.168.5.4/32: { guard: true }\n', '']);
    assert.deepEqual(told(file), [
      'error EW215 33:5 BGP neighbour 192.168.5.4 is not reached through wg4: 0.0.0.0/0 → eth0 via 198.51.100.1',
    ]);
    assert.equal(
      findings(file, home).find(({ code }) => code === 'EW215')?.hint,
      'add it to the routes of wg4: 192.168.5.4/32: BGP neighbour',
    );
    const wide = but(file, ['192.168.5.14/32', '192.168.5.14/28']);
    assert.deepEqual(told(wide), [], 'the network of the tunnel itself');
  });
});

describe('checks: a static route against BGP', () => {
  it('to the range, or into it', () => {
    const equal = but(site, ['203.0.113.4/32: public', '192.168.10.0/24: { guard: true }']);
    assert.deepEqual(told(equal), [
      'error EW212 16:7 the static route 192.168.10.0/24 → wg4 (line 16) wins over what BGP neighbour 192.168.5.4 announces of 192.168.10.0/24: packets would stay there when the address moves',
    ]);
    const foreign = 'protocols static interface-route 192.168.10.7/32 next-hop-interface eth1';
    assert.deepEqual(told(site, foreign), [
      'error EW212 34:60 the static route 192.168.10.7/32 → eth1 wins over what BGP neighbour 192.168.5.4 announces of 192.168.10.0/24: packets would stay there when the address moves',
    ]);
  });

  it('by route-allowed-ips', () => {
    const file = but(site, ['    routes:', '    routeAllowedIPs: true\n    routes:']);
    assert.deepEqual(told(file), [
      'error EW212 12:68 the static route 192.168.10.0/24 → wg4 (route-allowed-ips) (line 12) wins over what BGP neighbour 192.168.5.4 announces of 192.168.10.0/24: packets would stay there when the address moves',
    ]);
  });

  it('around the range is told, and a blackhole is not', () => {
    assert.deepEqual(told(site, 'protocols static route 192.168.0.0/16 blackhole distance 254'), []);
    assert.deepEqual(
      told(site, 'protocols static route 192.168.0.0/16 next-hop 192.168.2.77').map(line =>
        line.slice(0, 17),
      ),
      ['note EW212 34:60 '],
    );
  });
});

describe("checks: the router's address in a tunnel", () => {
  const with4 = (address: string, router = ''): string[] =>
    told(but(site, ['[192.168.5.14/32]', `["${address}"]`]), router);

  it('that another interface has', () => {
    assert.deepEqual(with4('192.168.2.1/32'), [
      'error EW213 6:15 wg4: 192.168.2.1/32 is also the address of eth1 (192.168.2.1/24)',
    ]);
  });

  it('with a network that overlaps', () => {
    assert.deepEqual(with4('192.168.3.1/23'), [
      'error EW213 6:15 wg4: 192.168.3.1/23 overlaps the network of eth1 (192.168.2.1/24): the router has a connected route to both and uses one',
    ]);
    assert.deepEqual(with4('192.168.3.1/24'), []);
  });

  it('in the middle of a network at home, but not of another tunnel', () => {
    assert.deepEqual(with4('192.168.2.14/32'), [
      'warning EW213 6:15 wg4: 192.168.2.14/32 lies in the network of eth1 (192.168.2.1/24): devices there take it for one of their own',
    ]);
    assert.deepEqual(told(site, 'interfaces wireguard wg0 address 192.168.5.1/24'), []);
    assert.deepEqual(with4('fe80::1/64', 'interfaces wireguard wg0 address fe80::1/64'), []);
  });
});

describe('checks: what would leave in clear', () => {
  const bare = but(site, ['10.42.4.0/24: { guard: true }', '10.42.4.0/24: pods']);

  it('when the tunnel is gone', () => {
    assert.deepEqual(told(bare), [
      'warning EW214 17:21 wg4: while the interface is gone, packets to 10.42.4.0/24 leave in clear by the default route (eth0)',
    ]);
    const two = but(bare, ['192.168.5.4/32: { guard: true }', '192.168.5.4/32: far end']);
    assert.deepEqual(
      told(two).map(line => line.slice(0, 19)),
      ['warning EW214 17:21', 'note EW214 15:23 wg'],
      'one for each route, so that each can be silenced by itself',
    );
  });

  it('but not where something else takes it, or no way leads out', () => {
    assert.deepEqual(told(bare, 'protocols static route 10.0.0.0/8 blackhole'), []);
    assert.deepEqual(told(bare, 'protocols static route 10.0.0.0/8 next-hop 192.168.2.77'), []);
    assert.deepEqual(lines(bare, 'interfaces ethernet eth1 address 192.168.2.1/24', /EW214/), []);
  });
});
