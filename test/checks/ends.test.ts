// The two-sided proof: every one-sided mistake in the network of the blog is told, with the places of both sides.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checks } from '../../src/checks/all.ts';
import { makePlan } from '../../src/plan/make.ts';
import type { Finding } from '../../src/plan/types/plan.ts';
import { loadSite } from '../../src/site/load.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { someFacts } from '../support/builders.ts';
import { but } from '../support/checked.ts';
import { fixture } from '../support/fixtures.ts';

const blog = readFileSync(fixture('blog/site.yaml'), 'utf8');
const router = readFileSync(fixture('blog/router.commands'), 'utf8');
const key = 'zwJVZwo2KlWe0lhZVIFPw7ktFuSc83jkfZ7ULjHEF2U=';
const srv4 = 'GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc=';
const [wg4, wg5] = [
  'jZCM7K5J+r0bWgdz2bVq4alq+CYahKpEuzUHema7hHI=',
  'jpDf/+WhCU4+KOJlb+kkBOVGLzsRRsrzXoivnqlnlkg=',
];

/** Half of the file, so that a text which both sides have is changed on one alone. */
const [routerHalf = '', clusterHalf = ''] = blog.split(/(?=^cluster:)/m);
const here = (...changes: [string, string][]): string => but(routerHalf, ...changes) + clusterHalf;
const there = (...changes: [string, string][]): string => routerHalf + but(clusterHalf, ...changes);

interface Mutant {
  readonly what: string;
  readonly code: string;
  readonly site: string;
  readonly router?: string;
}
const neighbor4 =
  '192.168.5.4: { tunnel: wg4, remoteAsn: 64513, ebgpMultihop: 2, updateSource: 192.168.5.14,';

const mutants: Mutant[] = [
  { what: "the router has another key for srv4's", code: 'EW400', site: here([srv4, key]) },
  { what: "srv4's key is made anew", code: 'EW400', site: there([srv4, key]) },
  { what: 'srv4 has its own key for the router', code: 'EW400', site: there([wg4, srv4]) },
  { what: "wg4's key on the router is another", code: 'EW401', site: there([wg4, key]) },
  { what: "srv5 has wg4's key for wg5's", code: 'EW401', site: there([wg5, wg4]) },
  { what: 'the endpoint of the peer is a slip', code: 'EW402', site: here(['fac::abcd]', 'fac::abce]']) },
  { what: 'the endpoint of the node moved', code: 'EW402', site: there(['fac::abcd/64', 'fac::dcba/64']) },
  {
    what: 'the peer has no endpoint',
    code: 'EW402',
    site: here(['        endpoint: "[2607:5300:60:5fac::abcd]:51820"\n', '']),
  },
  {
    what: 'the peer has the public address for endpoint',
    code: 'EW402',
    site: here(['"[2607:5300:60:5fac::abcd]:51820"', '192.99.38.172:51820']),
  },
  { what: 'the peer has another port', code: 'EW403', site: here(['fac::abcd]:51820', 'fac::abcd]:51821']) },
  {
    what: 'the node listens elsewhere',
    code: 'EW403',
    site: there(['listenPort: 51820', 'listenPort: 51824']),
  },
  {
    what: 'the node begins where no port is',
    code: 'EW404',
    site: but(
      blog,
      ['    listenPort: 51824\n', ''],
      ['    openPort: { rule: 24 }\n', ''],
      ['  homeNetworks', '  routerEndpoint: home.example.net\n  homeNetworks'],
    ),
  },
  {
    what: 'the node begins where no rule opens the port',
    code: 'EW404',
    site: but(
      blog,
      ['    openPort: { rule: 24 }\n', ''],
      ['  homeNetworks', '  routerEndpoint: home.example.net\n  homeNetworks'],
    ),
  },
  {
    what: 'the node begins over the other family',
    code: 'EW404',
    site: there(['  homeNetworks', '  routerEndpoint: 198.51.100.2\n  homeNetworks']),
  },
  {
    what: 'the address in the tunnel is not allowed',
    code: 'EW405',
    site: here(['allowedIPs: [192.168.5.4/32, ', 'allowedIPs: [']),
  },
  {
    what: 'the pods are not allowed',
    code: 'EW405',
    site: here(['192.99.38.172/32, 10.42.4.0/24, ', '192.99.38.172/32, ']),
  },
  {
    what: "MetalLB's range is not allowed",
    code: 'EW405',
    site: here(['10.42.4.0/24, 192.168.10.0/24]', '10.42.4.0/24]']),
  },
  {
    what: 'the node got more pods',
    code: 'EW405',
    site: there(['pods: [10.42.4.0/24]', 'pods: [10.42.4.0/24, 10.42.14.0/24]']),
  },
  {
    what: 'the node got another public address',
    code: 'EW405',
    site: there(['[192.99.38.172]', '[192.99.38.173]']),
  },
  {
    what: 'the old public address is still allowed',
    code: 'EW406',
    site: there(['[192.99.38.172]', '[192.99.38.173]']),
  },
  {
    what: 'a prefix of nobody is allowed',
    code: 'EW406',
    site: here(['192.99.38.172/32, 10.42.4.0/24', '192.99.38.172/32, 10.99.0.0/24, 10.42.4.0/24']),
  },
  {
    what: 'the pods are not routed',
    code: 'EW407',
    site: here([
      '      10.42.4.0/24: { description: Wireguard-srv4-Pods, guard: true } # never leaves in clear\n',
      '',
    ]),
  },
  {
    what: 'the public address is not routed',
    code: 'EW407',
    site: here(['      192.99.38.172/32: Wireguard-srv4-Public\n', '']),
  },
  {
    what: 'the route to the node is switched off',
    code: 'EW407',
    site: here(['192.168.5.4/32: Wireguard-srv4-Internal', '192.168.5.4/32: { disable: true }']),
  },
  {
    what: "MetalLB's range is a static route",
    code: 'EW408',
    site: here([
      '      192.99.38.172/32: Wire',
      '      192.168.10.0/24: MetalLB\n      192.99.38.172/32: Wire',
    ]),
  },
  {
    what: "one address of MetalLB's is a static route",
    code: 'EW408',
    site: here([
      '      192.99.38.172/32: Wire',
      '      192.168.10.7/32: MetalLB\n      192.99.38.172/32: Wire',
    ]),
  },
  {
    what: "another server's address is routed here",
    code: 'EW408',
    site: here(['192.99.38.172/32: Wire', '192.99.38.179/32: Wire']),
  },
  {
    what: 'the node has another MTU',
    code: 'EW410',
    site: there(['listenPort: 51820', 'listenPort: 51820\n      mtu: 1440']),
  },
  {
    what: 'the router has another MTU',
    code: 'EW410',
    site: but(
      blog,
      ['mtu: auto # from', 'mtu: 1400 # from'],
      ['      listenPort: 51820\n      pods: [10.42.4', '      mtu: 1420\n      pods: [10.42.4'],
    ),
  },
  {
    what: "pods' packets are too large and TCP isn't clamped",
    code: 'EW411',
    site: but(blog, ['mtu: 1370', 'mtu: 1450'], ['ipv4: auto, ipv6: auto', 'ipv4: off, ipv6: auto']),
  },
  {
    what: 'the clamp is larger than the tunnel',
    code: 'EW411',
    site: but(blog, ['mtu: 1370', 'mtu: 1450'], ['ipv4: auto, ipv6: auto', 'ipv4: 1440, ipv6: auto']),
  },
  {
    what: 'the endpoint is routed into another tunnel',
    code: 'EW412',
    site: here([
      '      203.0.113.172/32: Wire',
      '      2607:5300:60:5fac::/64: all of srv4\n      203.0.113.172/32: Wire',
    ]),
  },
  {
    what: 'the endpoint is a public address',
    code: 'EW412',
    site: there(['[192.99.38.172]', '[192.99.38.172, "2607:5300:60:5fac::abcd"]']),
  },
  {
    what: 'the endpoint lies in a home network',
    code: 'EW412',
    site: there(['homeNetworks: [192.168.2.0/24]', 'homeNetworks: [192.168.2.0/24, "2607:5300::/32"]']),
  },
  {
    what: 'two nodes have the same pods',
    code: 'EW413',
    site: there(['pods: [10.42.5.0/24]', 'pods: [10.42.4.0/24]']),
  },
  {
    what: 'pods outside the network of pods',
    code: 'EW413',
    site: there(['pods: [10.42.0.0/16]', 'pods: [10.42.128.0/17]']),
  },
  {
    what: 'the service network is routed to a node',
    code: 'EW414',
    site: here([
      '      203.0.113.172/32: Wire',
      '      10.43.0.0/16: services\n      203.0.113.172/32: Wire',
    ]),
  },
  { what: 'the router is of another AS', code: 'EW420', site: here(['asn: 64512', 'asn: 64600']) },
  {
    what: 'the nodes expect another AS',
    code: 'EW420',
    site: there(['routerAsn: 64512', 'routerAsn: 64511']),
  },
  {
    what: 'the router expects another AS of srv4',
    code: 'EW421',
    site: here(['remoteAsn: 64513', 'remoteAsn: 64514']),
  },
  { what: 'the cluster is of another AS', code: 'EW421', site: there(['asn: 64513', 'asn: 64999']) },
  {
    what: 'srv4 is no neighbour',
    code: 'EW422',
    site: here([`${neighbor4} accept: [192.168.10.0/24] }`, '# gone']),
  },
  {
    what: 'the neighbour has another address',
    code: 'EW422',
    site: here([neighbor4, neighbor4.replace('5.4:', '5.44:')]),
  },
  {
    what: "the neighbour is behind srv5's tunnel",
    code: 'EW422',
    site: here(['192.168.5.4: { tunnel: wg4', '192.168.5.4: { tunnel: wg5']),
  },
  {
    what: 'the cluster has no BGP',
    code: 'EW422',
    site: there(['  bgp: { asn: 64513, routerAsn: 64512, speaker: metallb }\n', '']),
  },
  {
    what: 'the router has one hop only',
    code: 'EW423',
    site: here(['ebgpMultihop: 2, ', 'ebgpMultihop: 1, ']),
  },
  {
    what: 'the nodes have one hop only',
    code: 'EW423',
    site: there(['speaker: metallb', 'ebgpMultihop: false']),
  },
  {
    what: 'a neighbour of the cluster is behind a tunnel of no node',
    code: 'EW422',
    site: there(['    srv5:\n      tunnel: wg5', '    srv6:\n      tunnel: wg6']).replace(
      'tunnels:\n',
      'tunnels:\n  wg6: { address: [192.168.5.16/32], peers: {} }\n',
    ),
  },
  {
    what: 'the nodes begin, and nobody can begin towards the router',
    code: 'EW427',
    site: (routerHalf + clusterHalf)
      .replace('uplink:\n', 'uplink:\n  reachable: false\n')
      .replace('  homeNetworks:', '  routerEndpoint: home.example.net\n  homeNetworks:'),
  },
  {
    what: 'the router begins towards a node that nobody can begin towards',
    code: 'EW427',
    site: there(['    srv4:\n', '    srv4:\n      reachable: false\n']),
  },
  {
    what: 'the network of the tunnel is guarded',
    code: 'EW426',
    site: here(['192.168.5.4/32: Wireguard-srv4-Internal', '192.168.5.4/32: { guard: true }']),
  },
  {
    what: 'the session comes from another address',
    code: 'EW424',
    site: here(['updateSource: 192.168.5.14', 'updateSource: 192.168.2.1']),
  },
  {
    what: 'the hold times differ',
    code: 'EW424',
    site: but(
      blog,
      ['ebgpMultihop: 2, ', 'ebgpMultihop: 2, timers: { keepalive: 10, holdtime: 30 }, '],
      ['speaker: metallb', 'keepalive: 30, holdtime: 90'],
    ),
  },
  {
    what: 'only the nodes have a password',
    code: 'EW425',
    site: there(['speaker: metallb', 'password: env:BGP_PASSWORD']),
  },
  {
    what: 'only the router has a password',
    code: 'EW425',
    site: blog,
    router: `${router}set protocols bgp 64512 neighbor 192.168.5.4 password x\n`,
  },
  {
    what: "the router doesn't take the range",
    code: 'EW430',
    site: here(['192.168.5.14, accept: [192.168.10.0/24]', '192.168.5.14, accept: [192.168.11.0/24]']),
  },
  {
    what: 'MetalLB announces another range',
    code: 'EW430',
    site: there(['ranges: [192.168.10.0/24]', 'ranges: [192.168.10.0/24, 192.168.12.0/24]']),
  },
  {
    what: 'the router takes more than the range',
    code: 'EW430',
    site: here(['192.168.5.14, accept: [192.168.10.0/24]', '192.168.5.14, accept: [192.168.0.0/16]']),
  },
  {
    what: 'the router takes everything',
    code: 'EW430',
    site: here(['192.168.5.14, accept: [192.168.10.0/24] }', '192.168.5.14 }']),
  },
  {
    what: 'a home network that is not there',
    code: 'EW440',
    site: there(['homeNetworks: [192.168.2.0/24]', 'homeNetworks: [192.168.2.0/24, 172.30.0.0/24]']),
  },
  {
    what: 'a rule to what no node sends home',
    code: 'EW441',
    site: here(['address: 192.168.2.10, port', 'address: 192.168.20.10, port']),
  },
  {
    what: 'home and pods are the same addresses',
    code: 'EW442',
    site: there(['homeNetworks: [192.168.2.0/24]', 'homeNetworks: [192.168.2.0/24, 10.42.0.0/20]']),
  },
  {
    what: 'both ends have one address',
    code: 'EW442',
    site: there(['address: [192.168.5.4/32]', 'address: [192.168.5.14/32]']),
  },
  {
    what: 'the ends share no family',
    code: 'EW442',
    site: there(['address: [192.168.5.4/32]', 'address: ["fd00:5::4/128"]']),
  },
  {
    what: 'the tunnel is switched off',
    code: 'EW443',
    site: here(['    description: srv4\n', '    description: srv4\n    disable: true\n']),
  },
  {
    what: 'a rule lets in pods of nobody',
    code: 'EW441',
    site: here(['source: { address: 10.42.0.0/16 }', 'source: { address: 10.24.0.0/16 }']),
  },
  {
    what: 'a rule lets in the BGP of nobody',
    code: 'EW441',
    site: here(['source: { address: 192.168.5.4 }', 'source: { address: 192.168.5.44 }']),
  },
  { what: 'the overlay has the port', code: 'EW403', site: there(['overlay: vxlan', 'overlay: wireguard']) },
  {
    what: 'the BGP neighbour is switched off',
    code: 'EW443',
    site: here(['192.168.5.4: { tunnel', '192.168.5.4: { disable: true, tunnel']),
  },
  {
    what: 'the nodes look for the router in the tunnel',
    code: 'EW412',
    site: there([
      'homeNetworks: [192.168.2.0/24]',
      'routerEndpoint: 192.168.2.1\n  homeNetworks: [192.168.2.0/24]',
    ]),
  },
  {
    what: 'the nodes look for the router at its address in the tunnel',
    code: 'EW412',
    site: there(['  homeNetworks', '  routerEndpoint: 192.168.5.14\n  homeNetworks']),
  },
  {
    what: 'the nodes look for the router at one of themselves',
    code: 'EW412',
    site: there(['  homeNetworks', '  routerEndpoint: 2001:db8:60:5fad::abcd\n  homeNetworks']),
  },
  {
    what: 'the router takes the pods of all nodes from one',
    code: 'EW406',
    site: here(['192.99.38.172/32, 10.42.4.0/24, ', '192.99.38.172/32, 10.42.0.0/16, ']),
  },
  {
    what: "WireGuard makes a route of MetalLB's range",
    code: 'EW408',
    site: here(['    mtu: auto # from', '    routeAllowedIPs: true\n    mtu: auto # from']),
  },
  {
    what: 'the node has a network in the tunnel, in which the other one is',
    code: 'EW442',
    site: there(['address: [192.168.5.4/32]', 'address: [192.168.5.4/24]']),
  },
  {
    what: 'only the router can begin, and nothing makes it',
    code: 'EW404',
    site: but(
      blog,
      ['        persistentKeepalive: 25\n', ''],
      [`    ${neighbor4} accept: [192.168.10.0/24] }\n`, ''],
      ['  bgp: { asn: 64513, routerAsn: 64512, speaker: metallb }\n', ''],
    ),
  },
  {
    what: 'the public address is routed to the other node',
    code: 'EW408',
    site: here(
      ['      192.99.38.172/32: Wireguard-srv4-Public\n', ''],
      ['      203.0.113.172/32: Wire', '      192.99.38.172/32: Wire4\n      203.0.113.172/32: Wire'],
    ),
  },
  {
    what: 'the nodes have the tunnels of each other',
    code: 'EW400',
    site: there(
      ['tunnel: wg4', 'tunnel: wg'],
      ['tunnel: wg5', 'tunnel: wg4'],
      ['tunnel: wg\n', 'tunnel: wg5\n'],
    ),
  },
  {
    what: 'the router takes half of the range',
    code: 'EW430',
    site: here(['192.168.5.14, accept: [192.168.10.0/24]', '192.168.5.14, accept: [192.168.10.0/25]']),
  },
  {
    what: 'MetalLB has more than is allowed',
    code: 'EW405',
    site: there(['ranges: [192.168.10.0/24]', 'ranges: [192.168.10.0/23]']),
  },
  {
    what: 'MetalLB has addresses of home',
    code: 'EW442',
    site: there(['ranges: [192.168.10.0/24]', 'ranges: [192.168.10.0/24, 192.168.2.128/25]']),
  },
  {
    what: 'half of the LAN is sent',
    code: 'EW441',
    site: there(['homeNetworks: [192.168.2.0/24]', 'homeNetworks: [192.168.2.128/25]']),
  },
  {
    what: 'the peer is switched off',
    code: 'EW443',
    site: here(['      srv4:\n        publicKey', '      srv4:\n        disable: true\n        publicKey']),
  },
];

/** The keys as the router has them: those that the blog's site file says. */
const facts = someFacts({
  keyFiles: new Map(
    [wg4, wg5].map((publicKey, i) => {
      const path = `/config/auth/wg${i + 4}.key`;
      return [path, { path, mode: '640:root:vyattacfg', changed: 0, publicKey }];
    }),
  ),
});

function findings(site: string, commands = router): readonly Finding[] {
  const loaded = loadSite(site, 'site.yaml');
  const running = parseCommands(commands);
  return makePlan({ site: loaded.site, placeOf: path => loaded.place(path), running, facts }, checks)
    .diagnostics;
}

const isTwoSided = ({ code }: Finding): boolean => /^EW4[0-4]/.test(code);

describe('the proof that both ends match', () => {
  const table: string[] = [];
  after(() => process.stdout.write(`\n${table.join('\n')}\n`));

  it('has nothing to say of the network of the blog', () => {
    assert.deepEqual(findings(blog).filter(isTwoSided), []);
  });

  it('takes a router that does not look whether its neighbour is connected for one that begins', () => {
    const oneHop = but(blog, [
      '192.168.5.4: { tunnel: wg4, remoteAsn: 64513, ebgpMultihop: 2',
      '192.168.5.4: { tunnel: wg4, remoteAsn: 64513, ebgpMultihop: 1',
    ]);
    const hops = (commands: string) =>
      findings(oneHop, commands).filter(({ code }) => code === 'EW423').length;
    assert.equal(hops(router), 1);
    assert.equal(hops(`${router}set protocols bgp 64512 neighbor 192.168.5.4 disable-connected-check\n`), 0);
  });

  it('knows at least 40 one-sided mistakes', () => assert.ok(mutants.length >= 40, String(mutants.length)));

  for (const { what, code, site, router: commands } of mutants)
    it(`${code}: ${what}`, () => {
      const told = findings(site, commands).filter(found => found.code === code);
      assert.ok(told.length > 0, `not found: ${findings(site, commands).map(found => found.code)}`);
      for (const { source, other, hint } of told) {
        assert.ok(source && other && hint);
        assert.notDeepEqual(source, other);
      }
      const [first] = told;
      table.push(
        `${code}  ${String(first?.source?.line).padStart(3)} : ${String(first?.other?.line).padStart(3)}  ${what}`,
      );
    });
});
