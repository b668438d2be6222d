// How a router routes, from its configuration: which route wins, where next hops lie, and the way of a packet.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Chalk } from 'chalk';
import fc from 'fast-check';
import type { Entry } from '../../src/model/routing/entry.ts';
import { routingOf } from '../../src/model/routing/routing.ts';
import { tableOf } from '../../src/model/routing/table.ts';
import { tellRoute, trace } from '../../src/model/routing/trace.ts';
import { renderTrace } from '../../src/report/trace.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import {
  covers,
  host,
  last,
  type Prefix,
  parseAddress,
  parsePrefix,
  printPrefix,
} from '../../src/wireguard/prefix.ts';
import { key } from '../support/builders.ts';
import { treeOf } from '../support/firewall.ts';
import { fixture } from '../support/fixtures.ts';

const prefix = (text: string): Prefix => parsePrefix(text) ?? assert.fail(text);
const single = (text: string): Prefix => {
  const found = parseAddress(text) ?? assert.fail(text);
  return host(found.family, found.address);
};

/** The routes in use for an address, in words. */
const way = (router: string, address: string, live?: string[]): string[] =>
  routingOf(treeOf(router), live).main.best(single(address)).map(tellRoute);

const home = `
  interfaces ethernet eth0 address 198.51.100.2/24
  interfaces ethernet eth1 address 192.168.2.1/24
  interfaces ethernet eth1 vif 20 address 192.168.20.1/24
  interfaces wireguard wg4 address 192.168.5.14/32
  interfaces wireguard wg4 route-allowed-ips false
  interfaces wireguard wg5 route-allowed-ips false
  system gateway-address 198.51.100.1`;

describe('routing: the table', () => {
  const entries = fc.array(
    fc.record({
      bits: fc.integer({ min: 0, max: 255 }),
      length: fc.integer({ min: 24, max: 32 }),
      distance: fc.constantFrom(0, 1, 20, 254),
      out: fc.constantFrom('eth0', 'wg4', 'wg5'),
    }),
    { maxLength: 12 },
  );
  const entry = ({
    bits,
    length,
    distance,
    out,
  }: {
    bits: number;
    length: number;
    distance: number;
    out: string;
  }): Entry => ({
    prefix: prefix(`192.0.2.${bits}/${length}`),
    origin: 'route',
    distance,
    out,
    path: [],
  });

  it('gives for every address the routes of the longest prefix with the least distance', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 0, max: 255 }), (list, last8) => {
        const all = list.map(entry);
        const target = single(`192.0.2.${last8}`);
        const fitting = all.filter(one => covers(one.prefix, target));
        const longest = Math.max(...fitting.map(one => one.prefix.length));
        const least = Math.min(
          ...fitting.filter(one => one.prefix.length === longest).map(one => one.distance),
        );
        const expected = fitting.filter(one => one.prefix.length === longest && one.distance === least);
        assert.deepEqual(new Set(tableOf(all).best(target)), new Set(expected));
      }),
    );
  });

  it('gives the routes inside a prefix that carry a part of it', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 24, max: 32 }), (list, length) => {
        const all = list.map(entry);
        const asked = prefix(`192.0.2.0/${length}`);
        const table = tableOf(all);
        const expected = all.filter(
          one =>
            one.prefix.length > length &&
            one.prefix.first >= asked.first &&
            last(one.prefix) <= last(asked) &&
            table.at(one.prefix)[0]?.distance === one.distance,
        );
        assert.deepEqual(new Set(table.inside(asked)), new Set(expected));
      }),
    );
  });
});

describe('routing: what a configuration says', () => {
  it('connected networks, vifs included, before the default route', () => {
    assert.deepEqual(way(home, '192.168.2.9'), ['192.168.2.0/24 → eth1']);
    assert.deepEqual(way(home, '192.168.20.9'), ['192.168.20.0/24 → eth1.20']);
    assert.deepEqual(way(home, '203.0.113.1'), ['0.0.0.0/0 → eth0 via 198.51.100.1']);
    assert.deepEqual(way(home, '2001:db8::1'), []);
  });

  it('interface routes by distance, equal ones together, disabled ones not at all', () => {
    const route = 'protocols static interface-route 10.42.4.0/24 next-hop-interface';
    assert.deepEqual(way(`${home}\n${route} wg4\n${route} wg5 distance 5`, '10.42.4.1'), [
      '10.42.4.0/24 → wg4',
    ]);
    assert.deepEqual(way(`${home}\n${route} wg4\n${route} wg5`, '10.42.4.1'), [
      '10.42.4.0/24 → wg4',
      '10.42.4.0/24 → wg5',
    ]);
    assert.deepEqual(way(`${home}\n${route} wg4 disable\n${route} wg5 distance 255`, '10.42.4.1'), [
      '0.0.0.0/0 → eth0 via 198.51.100.1',
    ]);
    const off = `${home}\n${route} wg4\n${route} wg5 distance 5\ninterfaces wireguard wg4 disable`;
    assert.deepEqual(way(off, '10.42.4.1'), ['10.42.4.0/24 → wg5 at distance 5']);
  });

  it('a blackhole behind a route waits for it to go', () => {
    const router = `${home}
      protocols static interface-route6 2001:db8:4::/64 next-hop-interface wg4
      protocols static route6 2001:db8:4::/64 blackhole distance 254`;
    assert.deepEqual(way(router, '2001:db8:4::1'), ['2001:db8:4::/64 → wg4']);
    assert.deepEqual(way(`${router}\ninterfaces wireguard wg4 disable`, '2001:db8:4::1'), [
      '2001:db8:4::/64 → nowhere at distance 254',
    ]);
  });

  it('next hops by their network, a link-local one by its interface, none by the default route', () => {
    const router = `${home}
      protocols static route 10.1.0.0/16 next-hop 192.168.20.9
      protocols static route 10.2.0.0/16 next-hop 203.0.113.9
      protocols static route6 ::/0 next-hop fe80::1 interface eth0`;
    assert.deepEqual(way(router, '10.1.2.3'), ['10.1.0.0/16 → eth1.20 via 192.168.20.9']);
    assert.deepEqual(way(router, '10.2.2.3'), [
      '10.2.0.0/16 → an interface that is not known via 203.0.113.9',
    ]);
    assert.deepEqual(way(router, '2001:db8::1'), ['::/0 → eth0 via fe80::1']);
  });

  it('allowed IPs are routes unless route-allowed-ips is false', () => {
    const router = `${home}
      interfaces wireguard wg0 peer ${key(1)} allowed-ips 10.9.0.7/24,2001:db8:9::/64
      interfaces wireguard wg0 peer ${key(2)} allowed-ips 10.8.0.0/24
      interfaces wireguard wg0 peer ${key(2)} disable`;
    assert.deepEqual(way(router, '10.9.0.1'), ['10.9.0.0/24 → wg0']);
    assert.deepEqual(way(router, '2001:db8:9::1'), ['2001:db8:9::/64 → wg0']);
    assert.deepEqual(way(router, '10.8.0.1'), ['0.0.0.0/0 → eth0 via 198.51.100.1']);
    assert.deepEqual(way(`${router}\ninterfaces wireguard wg0 route-allowed-ips false`, '10.9.0.1'), [
      '0.0.0.0/0 → eth0 via 198.51.100.1',
    ]);
  });

  it('default routes of providers, each at its distance', () => {
    const router = `
      interfaces ethernet eth0 address dhcp
      interfaces ethernet eth1 vif 7 pppoe 0 user-id x
      interfaces ethernet eth1 vif 7 pppoe 0 ipv6 enable`;
    assert.deepEqual(way(router, '203.0.113.1'), ['0.0.0.0/0 → pppoe0']);
    assert.deepEqual(way(`${router}\ninterfaces ethernet eth1 vif 7 disable`, '203.0.113.1'), [
      '0.0.0.0/0 → eth0 at distance 210',
    ]);
    assert.deepEqual(way(router, '2001:db8::1'), ['::/0 → pppoe0 at distance 210']);
  });

  it('networks that only the running router can tell, from its kernel', () => {
    const router = 'interfaces ethernet eth0 address dhcp\ninterfaces switch switch0 address 192.168.2.1/24';
    const live = [
      'default via 203.0.113.1 dev eth0 proto zebra',
      '203.0.113.0/24 dev eth0 proto kernel scope link src 203.0.113.7',
      '2001:db8:2::/64 dev switch0 proto kernel metric 256 pref medium',
      'fe80::/64 dev eth0 proto kernel metric 256',
      '10.0.0.0/8 dev gone0 proto kernel',
    ];
    assert.deepEqual(way(router, '203.0.113.9', live), ['203.0.113.0/24 → eth0']);
    assert.deepEqual(way(router, '2001:db8:2::9', live), ['2001:db8:2::/64 → switch0']);
    assert.deepEqual(way(router, '10.0.0.1', live), ['0.0.0.0/0 → eth0 at distance 210']);
  });

  it('what BGP neighbours may announce over it, by their prefix lists', () => {
    const router = `${home}
      protocols static interface-route 192.168.5.4/32 next-hop-interface wg4
      protocols static interface-route 192.168.10.0/24 next-hop-interface wg5
      protocols bgp 64512 neighbor 192.168.5.4 remote-as 64513
      protocols bgp 64512 neighbor 192.168.5.4 prefix-list import TAKEN
      policy prefix-list TAKEN rule 10 action permit
      policy prefix-list TAKEN rule 10 prefix 192.168.10.0/24`;
    const announced = (text: string, address: string): string[] =>
      routingOf(treeOf(text))
        .mayWin(single(address))
        .map(({ prefix: range, longest, out }) => `${printPrefix(range)} to ${longest} ${out}`);
    assert.deepEqual(announced(router, '192.168.10.9'), [], 'the static route is nearer');
    assert.deepEqual(announced(`${router}\npolicy prefix-list TAKEN rule 10 le 32`, '192.168.10.9'), [
      '192.168.10.0/24 to 32 wg4',
    ]);
    assert.deepEqual(announced(`${router}\npolicy prefix-list TAKEN rule 10 le 32`, '192.168.11.9'), []);
    const open = router.replace(/.*prefix-list import.*/, '');
    assert.deepEqual(routingOf(treeOf(open)).doubts, [
      'BGP neighbour 192.168.5.4 of AS 64512 may announce anything',
    ]);
  });

  it('says what only the router knows', () => {
    const router = `
      protocols ospf area 0 network 10.0.0.0/8
      interfaces ethernet eth0 dhcpv6-pd pd 0 interface switch0 host-address ::1
      load-balance group G interface eth0
      load-balance group H interface eth0
      load-balance group H lb-local disable`;
    assert.deepEqual(routingOf(treeOf(router)).doubts, [
      'OSPF may bring routes',
      'only the router knows the prefix that eth0 hands to switch0',
      'load-balance group G may choose another of its interfaces',
    ]);
  });
});

describe('routing: the way of a packet', () => {
  const paint = new Chalk({ level: 0 });
  const text = (router: string, address: string): string => {
    const found = trace(treeOf(router), address) ?? assert.fail(address);
    return renderTrace(found, 'now', paint);
  };

  it('goes through a tunnel, and on to its endpoint', () => {
    const router = `${home}
      protocols static interface-route 10.42.4.0/24 next-hop-interface wg4
      protocols static route 10.42.4.0/24 blackhole distance 254
      interfaces wireguard wg4 peer ${key(4)} allowed-ips 10.42.4.0/24
      interfaces wireguard wg4 peer ${key(4)} description srv4
      interfaces wireguard wg4 peer ${key(4)} endpoint 203.0.113.4:51820`;
    assert.equal(
      text(router, '10.42.4.7'),
      `The way to 10.42.4.7 now:
    10.42.4.7: 10.42.4.0/24 → wg4, by protocols static interface-route 10.42.4.0/24 next-hop-interface wg4 (line 8 on the router)
        there peer srv4 takes it, at 203.0.113.4:51820
        when that route is gone: 10.42.4.0/24 → nowhere at distance 254
    203.0.113.4: 0.0.0.0/0 → eth0 via 198.51.100.1, by system gateway-address 198.51.100.1 (line 7 on the router)
    it leaves by eth0
`,
    );
    const end = (more: string, address = '10.42.4.7'): string | undefined =>
      text(router.replace(/.*endpoint.*/, more), address)
        .trimEnd()
        .split('\n')
        .at(-1)
        ?.trim();
    assert.equal(end(''), 'from there to wherever that peer last sent from');
    assert.equal(
      end(`interfaces wireguard wg4 peer ${key(4)} endpoint vpn.example.net:51820`),
      'from there to whatever address vpn.example.net has',
    );
    assert.equal(
      end(`interfaces wireguard wg4 peer ${key(4)} endpoint 10.42.4.4:51820`),
      'it never leaves: wg4 sends its own packets into itself',
    );
    assert.equal(
      end('protocols static interface-route 10.43.0.0/16 next-hop-interface wg4', '10.43.0.1'),
      'it is dropped: no peer of wg4 has the address among its allowed IPs',
    );
    assert.equal(end('interfaces wireguard wg4 disable'), 'it is dropped there');
    assert.equal(end('', '192.168.2.1'), "it is the router's own address");
    assert.equal(end('', '2001:db8::1'), 'it is dropped: no route leads there');
    assert.equal(end('', 'fe80::1'), 'where that leads only the router knows');
  });

  it('says which rules of policy routing may take it elsewhere', () => {
    const router = `${home}
      interfaces ethernet eth1 firewall in modify PBR
      firewall modify PBR rule 10 action modify
      firewall modify PBR rule 10 modify table main
      firewall modify PBR rule 10 destination address 10.0.0.0/8
      firewall modify PBR rule 20 action modify
      firewall modify PBR rule 20 modify table 2
      firewall modify PBR rule 20 source address 192.168.2.9
      firewall modify PBR rule 30 action modify
      firewall modify PBR rule 30 modify lb-group G`;
    const detours = (address: string): string[] =>
      (trace(treeOf(router), address)?.detours ?? []).map(
        ({ number, isSure, by }) => `${number} ${isSure} ${Object.values(by).join()}`,
      );
    assert.deepEqual(detours('10.1.1.1'), ['10 true main']);
    assert.deepEqual(detours('203.0.113.1'), ['20 false 2', '30 true G']);
    assert.match(
      text(router, '203.0.113.1'),
      /unless: it comes in by eth1: rule 20 of PBR may send it by table 2/,
    );
  });

  it('of the blog leaves by the line to the internet', () => {
    const router = parseCommands(readFileSync(fixture('blog/router-pppoe.commands'), 'utf8'));
    const found = trace(router, '203.0.113.1');
    assert.equal(found?.hops[0]?.out?.name, 'pppoe0');
    assert.equal(found?.end, 'line');
    assert.equal(trace(router, 'srv4.example.net'), undefined);
  });
});
