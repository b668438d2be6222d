// Routes of the kernel's tables against the configuration, and what an apply is asked to look at. Rules of netfilter are judged by real
// iptables: test/long/kernel-judge.test.ts.
import assert from 'node:assert/strict';
import { compareKernel } from '../../src/model/kernel/compare.ts';
import { parseNetfilter } from '../../src/model/kernel/netfilter.ts';
import { parseRoutes } from '../../src/model/kernel/route-table.ts';
import type { Seen } from '../../src/model/kernel/seen.ts';
import { kernelPaths, partsOf, stillJudged, touchesOf } from '../../src/model/kernel/touches.ts';
import { emptyTree, leaves, type Path, type Tree } from '../../src/vyatta/tree.ts';
import { aRouter } from '../support/builders.ts';

const wg4 = 'interfaces wireguard wg4 route-allowed-ips false';
const route = 'protocols static interface-route 10.42.4.0/24 next-hop-interface wg4';
const guard = 'protocols static route 10.42.4.0/24 blackhole distance 254';

function seen(running: Tree, routes: string, more: { before?: Tree; sources?: string } = {}): Seen[] {
  const { before = emptyTree(), sources } = more;
  const paths = [...leaves(running), ...leaves(before)].map(({ path }) => path);
  const touches = touchesOf(paths, before, running);
  return compareKernel({ before, running, touches, text: { routes, sources } });
}

/** The one thing that is looked at, as `there`, or with what was seen. */
function one(running: Tree, routes: string, before?: Tree): string {
  const [found, ...rest] = seen(running, routes, before && { before });
  assert.ok(found !== undefined && rest.length === 0, JSON.stringify([found, ...rest]));
  return found.is === 'there' ? 'there' : `${found.is}: ${found.saw}`;
}

describe('routes of the kernel', () => {
  const guarded = aRouter(wg4, route, guard);

  it('are there by the best way', () => {
    assert.equal(one(guarded, '10.42.4.0/24 dev wg4 proto zebra metric 20 \n'), 'there');
    assert.equal(one(guarded, '10.42.4.0/24 nhid 8 dev wg4 proto static metric 20 \n'), 'there');
  });

  it('are missing, or go the worse way', () => {
    assert.equal(one(guarded, 'default via 192.0.2.1 dev eth0 proto zebra \n'), 'wrong: no such route');
    assert.equal(one(guarded, 'blackhole 10.42.4.0/24 proto zebra \n'), 'wrong: blackhole proto zebra');
    assert.equal(one(guarded, '10.42.4.0/24 dev wg5 proto zebra \n'), 'wrong: dev wg5 proto zebra');
  });

  it('go into the guard where the tunnel is configured to be down', () => {
    const down = aRouter(
      'interfaces wireguard wg4 disable',
      'interfaces wireguard wg4 route-allowed-ips false',
      route,
      guard,
    );
    assert.equal(one(down, 'blackhole 10.42.4.0/24 proto zebra \n'), 'there');
    assert.equal(one(down, ''), 'wrong: no such route');
  });

  it('are not known where another protocol, or nobody of the daemons, may know a better way', () => {
    const late = aRouter(wg4, `${route} distance 30`, 'protocols bgp 64512 neighbor 192.0.2.9 remote-as 1');
    assert.equal(one(late, '10.42.4.0/24 via 192.0.2.9 dev eth0 proto zebra \n').split(':')[0], 'unknown');
    assert.equal(one(guarded, '10.42.4.0/24 dev eth1 proto kernel scope link \n').split(':')[0], 'unknown');
    const byGateway = aRouter('protocols static route 10.42.4.0/24 next-hop 192.0.2.7');
    assert.equal(one(byGateway, '').split(':')[0], 'unknown');
    assert.equal(one(byGateway, '10.42.4.0/24 via 192.0.2.7 dev eth0 proto zebra \n'), 'there');
  });

  it('are gone, or are left', () => {
    const before = aRouter(route);
    const nothing = aRouter('system host-name r');
    assert.equal(one(nothing, '', before), 'there');
    assert.equal(one(nothing, '10.42.4.0/24 dev wg4 proto zebra \n', before).split(':')[0], 'wrong');
    assert.equal(one(nothing, '10.42.4.0/24 via 192.0.2.9 dev eth0 proto zebra \n', before), 'there');
  });

  it('are looked up in policy tables by their number, and IPv6 in its own words', () => {
    const table = aRouter(wg4, 'protocols static table 10 interface-route 0.0.0.0/0 next-hop-interface wg4');
    assert.equal(one(table, 'default dev wg4 table 10 proto zebra metric 20 \n'), 'there');
    assert.equal(one(table, 'default dev wg4 proto zebra metric 20 \n'), 'wrong: no such route');
    const six = aRouter(wg4, 'protocols static route6 fd00:42::/48 blackhole distance 254');
    assert.equal(
      one(six, 'blackhole fd00:42::/48 dev lo proto zebra metric 1024 error -22 pref medium\n'),
      'there',
    );
  });

  it('are those of allowed IPs too where the router makes them', () => {
    const peer = 'interfaces wireguard wg4 peer K allowed-ips 10.7.0.0/16';
    const [found] = seen(aRouter(peer), '10.0.0.0/8 dev wg4 scope link \n');
    assert.equal(found?.is, 'there');
    assert.equal(seen(aRouter(peer), '10.0.0.0/8 dev eth0 scope link \n')[0]?.is, 'wrong');
  });

  it('share packets over several ways', () => {
    const text =
      '10.42.4.0/24 proto zebra metric 20 \n\tnexthop via 192.0.2.7 dev eth0 weight 1 \n\tnexthop dev wg4 weight 1 \n';
    assert.deepEqual(parseRoutes(text)?.[0]?.hops, [{ out: 'eth0', via: '192.0.2.7' }, { out: 'wg4' }]);
    assert.equal(one(guarded, text), 'there');
  });

  it('are unknown, and no error, where the text is none of ip', () => {
    assert.equal(parseRoutes('Object "route" is unknown\n'), undefined);
    assert.equal(one(guarded, 'what is this\n').split(':')[0], 'unknown');
  });
});

describe('sources that the kernel checks', () => {
  const table = aRouter(wg4, 'protocols static table 10 interface-route 0.0.0.0/0 next-hop-interface wg4');
  const routes = 'default via 192.0.2.1 dev eth0 proto zebra \ndefault dev wg4 table 10 proto zebra \n';
  const wrong = (running: Tree, sources: string): (string | undefined)[] =>
    seen(running, routes, { sources })
      .filter(({ is }) => is === 'wrong')
      .map(({ saw }) => saw);

  it('drop what a policy table is answered with, where the configuration does not ask for it', () => {
    assert.deepEqual(wrong(table, 'all 0\nwg4 1\n'), ['rp_filter 1 drops packets from 0.0.0.0/0']);
    assert.deepEqual(wrong(table, 'all 0\nwg4 2\n'), []);
    assert.deepEqual(wrong(table, 'all 1\n'), []);
  });
});

describe('what an apply asks of the kernel', () => {
  const parts = (...lines: string[]): string[] => {
    const after = aRouter(...lines);
    return partsOf(
      touchesOf(
        [...leaves(after)].map(({ path }) => path),
        emptyTree(),
        after,
      ),
    ).sort();
  };

  it('is nothing where it touches nothing of it', () => {
    assert.deepEqual(parts('system host-name r', 'protocols bgp 64512 neighbor 192.0.2.9 remote-as 1'), []);
  });

  it('is only what it touches', () => {
    assert.deepEqual(parts('firewall ipv6-name X rule 10 action accept'), ['filter6']);
    assert.deepEqual(parts(guard), ['routes']);
    assert.deepEqual(parts('service nat rule 5010 type masquerade'), ['nat']);
    assert.deepEqual(parts('firewall modify M rule 10 modify table 10'), ['mangle', 'rules']);
    assert.deepEqual(parts('interfaces wireguard wg4 mtu 1400'), ['routes', 'sources']);
  });
});

describe('the text of iptables-save', () => {
  it('is none when it was cut short', () => {
    assert.equal(parseNetfilter('*filter\n:INPUT ACCEPT [0:0]\n'), undefined);
    assert.equal(parseNetfilter('iptables-save: Permission denied\n'), undefined);
    const whole = '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n';
    assert.equal(parseNetfilter(whole)?.size, 1);
    assert.equal(parseNetfilter(`# Table \`mangle' is incompatible, use 'nft' tool.\n${whole}`), undefined);
    assert.equal(
      parseNetfilter(
        '*filter\n:X - [0:0]\n[3:4] -A X -m comment --comment "X-10 \\"a\\"" -j RETURN\nCOMMIT\n',
      )
        ?.get('filter')
        ?.get('X')?.[0]?.comment,
      'X-10 "a"',
    );
  });
});

describe('what an apply touches of the kernel', () => {
  const said = (paths: readonly Path[], running: Tree): unknown =>
    JSON.parse(
      JSON.stringify(touchesOf(paths, running, running), (_, value) =>
        value instanceof Set ? [...value] : value,
      ),
    );
  const all = aRouter(
    wg4,
    'interfaces wireguard wg4 firewall in name OF_WG4',
    'interfaces ethernet eth0 firewall local name WAN_LOCAL',
    'interfaces ethernet eth0 address 192.0.2.7/24',
    route,
    guard,
    'protocols static table 5 interface-route 0.0.0.0/0 next-hop-interface wg4',
    'protocols bgp 64512 neighbor 192.168.5.4 remote-as 64513',
    'firewall name OF_WG4 default-action drop',
    'firewall name WAN_LOCAL default-action drop',
    'firewall name WAN_LOCAL rule 24 action accept',
    'firewall name WAN_LOCAL rule 24 destination port 51824',
    'firewall modify SOURCE rule 3 modify table 5',
    'firewall options mss-clamp mss 1380',
    'firewall group address-group HOME address 192.0.2.9',
    'service nat rule 5001 outbound-interface wg4',
    'service dns forwarding listen-on wg4',
  );
  const paths = [...leaves(all)].map(({ path }) => path);

  it('is told by shorter paths, without a value', () => {
    const short = kernelPaths(paths);
    assert.deepEqual(said(short, all), said(paths, all));
    assert.deepEqual(
      short.map(path => path.join(' ')),
      [
        'interfaces wireguard wg4',
        'protocols static interface-route 10.42.4.0/24',
        'protocols static route 10.42.4.0/24',
        'protocols static table 5 interface-route 0.0.0.0/0',
        'firewall name OF_WG4 default-action',
        'firewall name WAN_LOCAL default-action',
        'firewall name WAN_LOCAL rule 24',
        'firewall modify SOURCE rule 3',
        'firewall options mss-clamp',
        'service nat rule 5001',
      ],
    );
  });

  it('has no route any more that went: nobody knows its way', () => {
    const short = kernelPaths(paths);
    const gone = aRouter(wg4, guard);
    assert.deepEqual(
      stillJudged(short, gone)
        .filter(path => path[0] === 'protocols')
        .map(path => path.join(' ')),
      ['protocols static route 10.42.4.0/24'],
    );
    assert.ok(stillJudged(short, gone).some(path => path.includes('WAN_LOCAL')));
  });
});
