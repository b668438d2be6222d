// Random site files and routers for properties: few names and numbers, so that they meet each other.
import fc from 'fast-check';
import type { NatRule, Peer, Route, Site, Tunnel } from '../../src/site/site.ts';
import { setPath } from '../../src/vyatta/edit.ts';
import { emptyTree, type Path, type Tree } from '../../src/vyatta/tree.ts';

/** Keys that differ in their first bytes. */
const keys = Array.from({ length: 6 }, (_, i) => Buffer.alloc(32, i * 7 + 1).toString('base64'));

const name = fc.constantFrom('wg0', 'wg1', 'wg4', 'wg5');
const prefix4 = fc.constantFrom(
  '10.42.4.0/24',
  '10.42.5.0/24',
  '192.168.10.0/24',
  '192.168.5.4/32',
  '203.0.113.7/32',
);
const prefix6 = fc.constantFrom('2001:db8:4::/64', '2001:db8:5::/64');
const prefix = fc.oneof(prefix4, prefix6);
/** Two tunnels of one file never share a port or a rule: the site's rules refuse that. */
const offset = (tunnelName: string): number => ['wg0', 'wg1', 'wg4', 'wg5'].indexOf(tunnelName);
const text = fc.constantFrom('srv4', 'home lab', 'Wireguard 4');
const optional = <K extends string, V>(key: K, value: fc.Arbitrary<V>): fc.Arbitrary<Partial<Record<K, V>>> =>
  fc.oneof(
    fc.constant({}),
    value.map(v => ({ [key]: v }) as Record<K, V>),
  );
const all = (...parts: fc.Arbitrary<object>[]): fc.Arbitrary<object> =>
  fc.tuple(...parts).map(objects => Object.assign({}, ...objects));

const peer = (publicKey: string): fc.Arbitrary<Peer> =>
  all(
    fc.record({ allowedIPs: fc.uniqueArray(prefix, { maxLength: 3 }), disable: fc.boolean() }),
    optional(
      'endpoint',
      fc.constantFrom(
        { host: '192.0.2.1', port: 51820, family: 4 },
        { host: '2001:db8::1', port: 1, family: 6 },
      ),
    ),
    optional('persistentKeepalive', fc.integer({ min: 1, max: 65535 })),
    optional('description', text),
    optional('presharedKey', fc.constant({ kind: 'router', path: '/config/auth/psk.key' })),
  ).map(more => ({ at: [], name: publicKey.slice(0, 4), publicKey, ...more }) as unknown as Peer);

const route: fc.Arbitrary<Route> = all(
  fc.record({ prefix, disable: fc.boolean(), guard: fc.boolean() }),
  optional('description', text),
  optional('distance', fc.integer({ min: 1, max: 255 })),
).map(
  more => ({ at: [], ...more, family: (more as Route).prefix.includes(':') ? 6 : 4 }) as unknown as Route,
);

const tunnel = (tunnelName: string): fc.Arbitrary<Tunnel> =>
  all(
    fc.record({
      disable: fc.boolean(),
      address: fc.uniqueArray(fc.constantFrom('192.168.5.14/32', '192.168.5.15/32', 'fd00::1/64'), {
        maxLength: 2,
      }),
      firewall: fc.constantFrom(
        { in: {}, out: {}, local: {} },
        { in: { ipv4: 'K8S_IN' }, out: {}, local: { ipv6: 'K8S6' } },
      ),
      peers: fc
        .uniqueArray(fc.constantFrom(...keys), { maxLength: 3 })
        .chain(list => fc.tuple(...list.map(peer))),
      routes: fc.uniqueArray(route, { maxLength: 3, selector: r => r.prefix }),
    }),
    optional('description', text),
    optional(
      'listenPort',
      fc.constantFrom(51820, 51824).map(port => port + offset(tunnelName)),
    ),
    optional('privateKey', fc.constant({ kind: 'router', path: `/config/auth/${tunnelName}.key` })),
    optional('mtu', fc.integer({ min: 1280, max: 1420 })),
    optional(
      'openPort',
      fc.constantFrom(
        { at: [], asNeeded: true, ipv4: 24 + offset(tunnelName), ipv6: 24 + offset(tunnelName) },
        { at: [], asNeeded: false, ipv4: 24 + offset(tunnelName) },
      ),
    ),
  ).map(more => ({ at: [], name: tunnelName, ...more }) as unknown as Tunnel);

const natRules: NatRule[] = [
  {
    at: [],
    number: 100,
    type: 'destination',
    disable: false,
    exclude: false,
    log: false,
    inboundInterface: 'wg4',
    protocol: 'tcp_udp',
    destination: { port: '53' },
    insideAddress: { address: '192.168.1.1', port: '53' },
  },
  {
    at: [],
    number: 5001,
    type: 'masquerade',
    disable: false,
    exclude: false,
    log: true,
    outboundInterface: 'wg4',
    source: { address: '192.168.1.0/24' },
  },
];

/** A site in its normalised form; every `at` is the root. */
export const sites: fc.Arbitrary<Site> = fc
  .record({
    tunnels: fc.uniqueArray(name, { maxLength: 3 }).chain(list => fc.tuple(...list.map(tunnel))),
    managed: fc.constantFrom([], [{ from: 1, to: 9 }], [{ from: 4, to: 4 }]),
    rules: fc.constantFrom([], [{ from: 21, to: 29 }]),
    absent: fc.uniqueArray(name, { maxLength: 1 }),
    ruleset: fc.boolean(),
    nat: fc.subarray(natRules),
    natNumbers: fc.constantFrom([], [{ from: 5000, to: 5009 }]),
  })
  .map(({ tunnels, managed, rules, absent, ruleset, nat, natNumbers }) => ({
    router: { at: [], host: '192.0.2.254', legacyAlgorithms: [] },
    uplink: { at: [], rulesets: { ipv4: 'WAN_LOCAL', ipv6: 'WANv6_LOCAL' } },
    manages: {
      at: [],
      interfaces: managed,
      firewallRules: new Map([['WAN_LOCAL', rules]]),
      natRules: natNumbers,
    },
    limits: {},
    tunnels: tunnels.filter(t => !absent.some(name => name === t.name)),
    rulesets: ruleset
      ? [
          {
            at: [],
            name: 'K8S_IN',
            family: 4,
            default: 'drop',
            log: true,
            rules: [
              { at: [], number: 10, action: 'accept', disable: false, log: false, state: ['established'] },
            ],
          },
        ]
      : [],
    groups: [],
    nat,
    absent: {
      at: [],
      tunnels: absent,
      peers: new Map(),
      routes: new Map(),
      rulesets: [],
      firewallRules: new Map(),
      natRules: [],
      groups: [],
      neighbors: [],
    },
    mssClamp: {},
    silences: [],
  }));

/** What may stand on a router: ours, left over, foreign, written in several ways. */
const routerLeaves: Path[] = [
  ...['wg0', 'wg1', 'wg4', 'wg5'].flatMap(wg => {
    const base = ['interfaces', 'wireguard', wg];
    return [
      [...base, 'private-key', `/config/auth/${wg}.key`],
      [...base, 'private-key', 'literal:GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc='],
      [...base, 'address', '192.168.5.14/32'],
      [...base, 'address', 'FD00:0::1/64'],
      [...base, 'mtu', '1412'],
      [...base, 'route-allowed-ips', 'false'],
      [...base, 'listen-port', '51824'],
      [...base, 'fwmark', '190'],
      [...base, 'ip', 'ospf', 'cost', '10'],
      [...base, 'disable'],
      [...base, 'firewall', 'in', 'name', 'K8S_IN'],
      [...base, 'firewall', 'local', 'name', 'OLD'],
      ...keys.slice(0, 3).flatMap(key => [
        [...base, 'peer', key, 'allowed-ips', '10.42.4.7/24,192.168.10.0/24'],
        [...base, 'peer', key, 'allowed-ips', '203.0.113.7'],
        [...base, 'peer', key, 'endpoint', '192.0.2.9:51820'],
        [...base, 'peer', key, 'preshared-key', 'literal:sha256:0123456789abcdef'],
      ]),
      [
        'protocols',
        'static',
        'interface-route',
        '10.42.4.0/24',
        'next-hop-interface',
        wg,
        'description',
        'x',
      ],
      ['protocols', 'static', 'interface-route', '192.168.10.0/24', 'next-hop-interface', wg],
      ['protocols', 'static', 'interface-route6', '2001:DB8:4:0::/64', 'next-hop-interface', wg],
      ['service', 'ubnt-discover', 'interface', wg, 'disable'],
    ];
  }),
  ['protocols', 'static', 'route', '10.42.4.0/24', 'blackhole', 'distance', '254'],
  ['protocols', 'static', 'interface-route', '10.42.4.0/24', 'next-hop-interface', 'eth1'],
  ['firewall', 'name', 'WAN_LOCAL', 'rule', '24', 'action', 'accept'],
  ['firewall', 'name', 'WAN_LOCAL', 'rule', '24', 'protocol', 'udp'],
  ['firewall', 'name', 'WAN_LOCAL', 'rule', '24', 'destination', 'port', '51824'],
  ['firewall', 'name', 'WAN_LOCAL', 'rule', '24', 'log', 'enable'],
  ['firewall', 'name', 'WAN_LOCAL', 'rule', '25', 'action', 'drop'],
  ['firewall', 'name', 'WAN_LOCAL', 'rule', '25', 'state', 'invalid', 'enable'],
  ['firewall', 'name', 'K8S_IN', 'rule', '10', 'action', 'drop'],
  ['firewall', 'name', 'K8S_IN', 'default-action', 'accept'],
  ['firewall', 'name', 'OLD', 'default-action', 'accept'],
  ['service', 'nat', 'rule', '5001', 'type', 'masquerade'],
  ['service', 'nat', 'rule', '5001', 'outbound-interface', 'wg4'],
  ['service', 'nat', 'rule', '5001', 'log', 'disable'],
  ['service', 'nat', 'rule', '5001', 'destination', 'group', 'address-group', 'HOSTS'],
  ['service', 'nat', 'rule', '100', 'type', 'destination'],
  ['service', 'nat', 'rule', '100', 'inbound-interface', 'eth0'],
  ['service', 'nat', 'rule', '5010', 'outbound-interface', 'eth0'],
  ['firewall', 'options', 'mss-clamp', 'interface-type', 'pppoe'],
  ['firewall', 'options', 'mss-clamp', 'mss', '1412'],
  ['firewall', 'options', 'mss-clamp6', 'interface-type', 'all'],
  ['firewall', 'options', 'mss-clamp6', 'mss', '1280'],
  ['interfaces', 'ethernet', 'eth0', 'pppoe', '0', 'user-id', 'me'],
  ['interfaces', 'ethernet', 'eth1', 'address', '192.168.1.1/24'],
  ['service', 'unms'],
  ['service', 'ubnt-discover'],
  ['system', 'host-name', 'ubnt'],
];

export const routers: fc.Arbitrary<Tree> = fc.subarray(routerLeaves).map(paths => {
  const tree = emptyTree();
  for (const path of paths) setPath(tree, path);
  return tree;
});
