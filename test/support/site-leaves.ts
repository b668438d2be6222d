// Every leaf of the site file's schema, and for each that is a node of the router a value to try it with.
import { plain } from '../../src/site/schema/at.ts';
import { siteSchema } from '../../src/site/schema/schema.ts';
import { key } from './builders.ts';

/** A leaf by its path, `*` for keys of the writer's own: `tunnels.*.peers.*.endpoint`. */
export interface SchemaLeaf {
  readonly path: string;
  /** Its map can't be without it. */
  readonly isRequired: boolean;
}

interface Def {
  readonly type: string;
  readonly shape?: Record<string, Schema>;
  readonly valueType?: Schema;
}
type Schema = Parameters<typeof plain>[0];

/** Depth first, in the schema's order. */
export function* schemaLeaves(
  schema: Schema = siteSchema,
  path: readonly string[] = [],
  isRequired = true,
): Generator<SchemaLeaf> {
  const { type, shape, valueType } = plain(schema)._zod.def as unknown as Def;
  if (type === 'object')
    for (const [step, below] of Object.entries(shape ?? {}))
      yield* schemaLeaves(below, [...path, step], below._zod.def.type !== 'optional');
  else if (type === 'record' && valueType !== undefined)
    yield* schemaLeaves(valueType, [...path, '*'], false);
  else yield { path: path.join('.'), isRequired };
}

/** What says nothing about a node of the router by itself, and where it is used. */
export const elsewhere: Readonly<Record<string, string>> = {
  version: 'the format',
  router: 'how edgewg gets in',
  uplink: 'where ports are opened, and how large packets are',
  manages: 'whose objects are',
  limits: 'how much may be deleted',
  absent: 'what is to go',
  ignore: 'findings that somebody lives with',
  rotateAfter: 'the age of keys',
  cluster: 'the other end',
  proof: 'what must hold after a commit',
  'tunnels.*.unfiltered': 'silences a finding',
  'tunnels.*.clients.table': 'a number that the router keeps: test/objects/clients.test.ts',
  'tunnels.*.clients.masquerade': 'a rule of NAT, where there is none: test/objects/clients.test.ts',
  'tunnels.*.clients.from.*.rule': 'a number that the router keeps: test/objects/clients.test.ts',
  'bgp.neighbors.*.tunnel': 'import finds it by the routes; the plan needs it for the hops',
};

export interface Sample {
  readonly value: unknown;
  /** Where it stands, if not at the leaf: the short form of a map. */
  readonly at?: string;
  /** Further leaves that must be there for this one to be sound. */
  readonly with?: Readonly<Record<string, unknown>>;
  /** Where the default of a managed object stands when the leaf is gone: nothing is deleted. */
  readonly hasDefault?: true;
  /** Belongs to a thing that is the file's with all that it says, as soon as the file names it. */
  readonly isOwnedByName?: true;
  /** Others have a part in it: it is kept whatever the file manages. */
  readonly isShared?: true;
  /** How import says it, where it isn't the value. */
  readonly imported?: { readonly path: string; readonly value: unknown };
}

const named = (value: unknown, more: Partial<Sample> = {}): Sample => ({
  value,
  isOwnedByName: true,
  ...more,
});
/** One is nothing without the other. */
const timers = named({ keepalive: 5, holdtime: 15 }, { at: 'bgp.neighbors.*.timers' });
const icmp = { with: { 'rulesets.*.rules.*.protocol': 'icmp' } } as const;
/** Import takes in the groups of what it takes in. */
const used = {
  with: {
    'tunnels.*.firewall.local.ipv4': 'GUARD',
    'rulesets.*.rules.*.source.group.address': 'SERVERS',
  },
} as const;
const natTcp = { with: { 'nat.*.protocol': 'tcp_udp' } } as const;
/** A rule of its own: a destination rule has other numbers and other keys than that of the base. */
const wholeNat = (number: number, key: string, value: unknown, whole: object): Sample => ({
  value: whole,
  at: `nat.${number}`,
  imported: { path: `nat.${number}.${key}`, value },
});
const toInside = (key: string, value: unknown, more: object = {}): Sample =>
  wholeNat(100, key, value, {
    type: 'destination',
    inboundInterface: 'wg4',
    protocol: 'tcp',
    insideAddress: { address: '192.168.2.9', ...more },
  });
const toOutside = (key: string, value: unknown): Sample =>
  wholeNat(5011, key, value, {
    type: 'source',
    outboundInterface: 'wg4',
    outsideAddress: { address: '192.168.2.9' },
  });
const tcp = { with: { 'rulesets.*.rules.*.protocol': 'tcp' } } as const;

/** Clients need a peer that takes what they send. */
const everything = { 'tunnels.*.peers.*.allowedIPs': ['0.0.0.0/0'] } as const;
const client = (value: unknown, more: Partial<Sample> = {}): Sample =>
  named(value, { with: everything, ...more });
const byName = { with: { 'tunnels.*.peers.*.endpoint': 'vpn.example.net:51820' } } as const;

/** By path; several where a leaf has several forms. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'tunnels.*.description': [{ value: 'to the cluster' }],
  'tunnels.*.address': [{ value: ['10.9.0.1/24', 'fd00:9::1/64'] }],
  'tunnels.*.listenPort': [{ value: 51824 }],
  'tunnels.*.privateKey': [{ value: '/config/auth/other.key', hasDefault: true }],
  'tunnels.*.mtu': [
    { value: 1380, hasDefault: true, with: { 'mssClamp.ipv4': 'off', 'mssClamp.ipv6': 'off' } },
  ],
  'tunnels.*.routeAllowedIPs': [{ value: true, hasDefault: true }],
  'tunnels.*.fwmark': [{ value: 81 }, { value: '0x51' }],
  'tunnels.*.zone': [{ value: 'VPN', isShared: true }],
  ...Object.fromEntries(
    ['ospf', 'ospfv3'].flatMap(version => [
      [`tunnels.*.${version}.cost`, [{ value: 12 }]],
      [`tunnels.*.${version}.helloInterval`, [{ value: 5 }]],
      [`tunnels.*.${version}.deadInterval`, [{ value: 20 }]],
      [`tunnels.*.${version}.retransmitInterval`, [{ value: 6 }]],
      [`tunnels.*.${version}.transmitDelay`, [{ value: 2 }]],
      [`tunnels.*.${version}.priority`, [{ value: 0 }]],
      [`tunnels.*.${version}.mtuIgnore`, [{ value: true }]],
    ]),
  ),
  'tunnels.*.ospf.network': [{ value: 'point-to-point' }],
  'tunnels.*.ospfv3.ifMtu': [{ value: 1400 }],
  'tunnels.*.ospfv3.instanceId': [{ value: 3 }],
  'tunnels.*.ospfv3.passive': [{ value: true }],
  'tunnels.*.disable': [{ value: true }],
  'tunnels.*.openPort.rule': [
    {
      value: 24,
      with: { 'tunnels.*.listenPort': 51824 },
      imported: { path: 'tunnels.*.openPort.ipv4', value: 24 },
    },
  ],
  'tunnels.*.openPort.ipv4': [{ value: 24, with: { 'tunnels.*.listenPort': 51824 } }],
  'tunnels.*.openPort.ipv6': [{ value: 24, with: { 'tunnels.*.listenPort': 51824 } }],
  ...Object.fromEntries(
    ['in', 'out', 'local'].flatMap(direction => [
      [`tunnels.*.firewall.${direction}.ipv4`, [{ value: 'GUARD' }]],
      [`tunnels.*.firewall.${direction}.ipv6`, [{ value: 'GUARD6' }]],
    ]),
  ),
  'tunnels.*.peers.*.publicKey': [{ value: key(7) }],
  'tunnels.*.peers.*.endpoint': [{ value: '[2001:db8::1]:51820' }, { value: 'vpn.example.net:51820' }],
  'tunnels.*.peers.*.resolve': [named('5m', byName), named('1h', byName)],
  'tunnels.*.peers.*.allowedIPs': [{ value: ['10.9.0.2/32', 'fd00:9::2/128'] }],
  'tunnels.*.peers.*.persistentKeepalive': [{ value: 25 }],
  'tunnels.*.peers.*.presharedKey': [{ value: '/config/auth/psk.key' }],
  'tunnels.*.peers.*.description': [{ value: 'a phone' }],
  'tunnels.*.peers.*.disable': [{ value: true }],
  'tunnels.*.routes.*.description': [
    named('pods', { with: { 'tunnels.*.routes.*.distance': 7 } }),
    named('pods', { at: 'tunnels.*.routes.*' }),
  ],
  'tunnels.*.routes.*.distance': [named(9)],
  'tunnels.*.routes.*.disable': [named(true)],
  'tunnels.*.routes.*.guard': [{ value: true }],
  'tunnels.*.clients.from.*.address': [
    client('192.168.1.20', { at: 'tunnels.*.clients.from.*' }),
    client('192.168.1.32/27', { at: 'tunnels.*.clients.from.*' }),
    client('192.168.1.30-192.168.1.39', { at: 'tunnels.*.clients.from.*' }),
  ],
  'tunnels.*.clients.from.*.group': [client('HOSTS')],
  'tunnels.*.clients.from.*.interface': [client('eth2')],
  'tunnels.*.clients.from.*.destinations': [
    client(['198.51.100.0/24', '192.0.2.0/24'], {
      with: { ...everything, 'tunnels.*.clients.from.*.address': '192.168.1.20' },
    }),
  ],
  'tunnels.*.clients.from.*.destinationGroup': [
    client('SHOPS', { with: { ...everything, 'tunnels.*.clients.from.*.address': '192.168.1.20' } }),
  ],
  'tunnels.*.clients.ownNetworks': [
    client(['10.0.0.0/8'], { with: { ...everything, 'tunnels.*.clients.from.*': '192.168.1.20' } }),
  ],
  'tunnels.*.clients.whenDown': [
    client('wan', { with: { ...everything, 'tunnels.*.clients.from.*': '192.168.1.20' } }),
  ],
  'tunnels.*.clients.ipv6': [
    client('wan', { with: { ...everything, 'tunnels.*.clients.from.*.interface': 'eth2' } }),
  ],
  'rulesets.*.family': [named('ipv4')],
  'rulesets.*.default': [named('reject')],
  'rulesets.*.description': [named('what the cluster may')],
  'rulesets.*.log': [named(true)],
  'rulesets.*.rules.*.action': [named('reject')],
  'rulesets.*.rules.*.description': [named('ping')],
  'rulesets.*.rules.*.disable': [named(true)],
  'rulesets.*.rules.*.log': [named(true)],
  'rulesets.*.rules.*.protocol': [named('!udp'), named(47)],
  'rulesets.*.rules.*.state': [named(['established', 'related'])],
  ...Object.fromEntries(
    ['source', 'destination'].flatMap(end => [
      [`rulesets.*.rules.*.${end}.address`, [named('10.42.0.0/16'), named('!10.0.0.1-10.0.0.9')]],
      [`rulesets.*.rules.*.${end}.port`, [named(443, tcp), named('80,8000-8010', tcp)]],
      [`rulesets.*.rules.*.${end}.group.address`, [named('HOSTS')]],
      [`rulesets.*.rules.*.${end}.group.network`, [named('NETS')]],
      [`rulesets.*.rules.*.${end}.group.port`, [named('PORTS', tcp)]],
    ]),
  ),
  'rulesets.*.rules.*.source.macAddress': [named('00:11:22:33:44:55')],
  'rulesets.*.rules.*.icmp.type': [
    named(3, icmp),
    named('echo-request', { ...icmp, at: 'rulesets.*.rules.*.icmp' }),
  ],
  'rulesets.*.rules.*.icmp.code': [
    named(4, {
      with: { 'rulesets.*.rules.*.protocol': 'icmp', 'rulesets.*.rules.*.icmp.type': 3 },
    }),
  ],
  'groups.*.type': [named('address', used)],
  'groups.*.description': [named('servers at home', used)],
  'groups.*.members': [named(['192.168.2.9', '192.168.2.20-192.168.2.29'], used)],
  'dns.listenOn': [{ value: ['wg4'], isShared: true }],
  'dns.exceptInterface': [{ value: ['wg4'], isShared: true }],
  'nat.*.type': [toOutside('type', 'source')],
  'nat.*.description': [named('out of the tunnel')],
  'nat.*.disable': [named(true)],
  'nat.*.exclude': [named(true)],
  'nat.*.log': [named(true)],
  'nat.*.outboundInterface': [toOutside('outboundInterface', 'wg4')],
  'nat.*.inboundInterface': [toInside('inboundInterface', 'wg4')],
  'nat.*.protocol': [named('tcp_udp'), named('!icmp')],
  ...Object.fromEntries(
    ['source', 'destination'].flatMap(end => [
      [`nat.*.${end}.address`, [named('10.42.0.0/16'), named('!192.168.23.1')]],
      [`nat.*.${end}.port`, [named(53, natTcp), named('80,8000-8010', natTcp)]],
      [`nat.*.${end}.group.address`, [named('HOSTS')]],
      [`nat.*.${end}.group.network`, [named('NETS')]],
      [`nat.*.${end}.group.port`, [named('PORTS', natTcp)]],
    ]),
  ),
  'nat.*.outsideAddress.address': [
    named('192.168.2.9-192.168.2.12', {
      with: { 'nat.*.type': 'source', 'nat.*.exclude': true },
    }),
  ],
  'nat.*.outsideAddress.port': [named('1024-2048', natTcp)],
  'nat.*.insideAddress.address': [toInside('insideAddress.address', '192.168.2.9')],
  'nat.*.insideAddress.port': [toInside('insideAddress.port', 53, { port: 53 })],
  'mssClamp.ipv4': [named(1360)],
  'mssClamp.ipv6': [named(1340)],
  'bgp.asn': [{ value: 64512 }],
  'bgp.routerId': [{ value: '192.0.2.1', isShared: true }],
  'bgp.maximumPaths': [{ value: 4, isShared: true }],
  'bgp.neighbors.*.remoteAsn': [named(64999)],
  'bgp.neighbors.*.description': [named('speaker')],
  'bgp.neighbors.*.disable': [named(true)],
  'bgp.neighbors.*.accept': [named(['10.42.0.0/16', '192.168.10.0/24'])],
  'bgp.neighbors.*.updateSource': [named('lo')],
  'bgp.neighbors.*.ebgpMultihop': [named(3)],
  'bgp.neighbors.*.softReconfiguration': [named(true)],
  'bgp.neighbors.*.timers.keepalive': [timers],
  'bgp.neighbors.*.timers.holdtime': [timers],
};
