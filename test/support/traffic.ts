// Random rulesets that EdgeOS would accept, and random packets that meet them: few addresses and ports, at the edges of
// what the rules say.
import fc from 'fast-check';
import { canonicalPrefix, type Family } from '../../src/wireguard/prefix.ts';
import type { RulesetWords, RuleWords } from './iptables.ts';

const places = {
  4: {
    networks: ['10.0.0.0/8', '10.1.2.0/24', '198.51.100.64/26', '192.0.2.9/32', '10.1.2.77/25'],
    addresses: ['10.1.2.3', '198.51.100.64', '203.0.113.7'],
    ranges: ['10.1.2.250-10.1.2.255', '198.51.100.60-198.51.100.70'],
    wide: ['0.0.0.0/0', '10.1.2.250-10.1.3.5'],
    packets:
      '10.1.2.3 10.1.2.127 10.1.2.128 10.1.2.255 10.1.3.0 10.1.3.5 10.1.3.6 10.255.255.255 11.0.0.0 198.51.100.59 198.51.100.63 198.51.100.64 198.51.100.70 198.51.100.127 198.51.100.128 203.0.113.7 203.0.113.8 192.0.2.9'.split(
        ' ',
      ),
  },
  6: {
    networks: ['2001:db8::/32', '2001:db8:1::/48', '2001:db8:1:2::/64', '2001:db8:1:2::ff/121'],
    addresses: ['2001:db8:1:2::1', '2001:db8:ffff::', '2606:4700::1'],
    ranges: [],
    wide: ['::/0', '2001:db8:1:2::7e-2001:db8:1:3::'],
    packets:
      '2001:db8:1:2::1 2001:db8:1:2::7e 2001:db8:1:2::7f 2001:db8:1:2::80 2001:db8:1:2:ffff:ffff:ffff:ffff 2001:db8:1:3:: 2001:db8:1:3::1 2001:db8:2:: 2001:db8:ffff:: 2001:db9:: 2606:4700::1 2606:4700::2'.split(
        ' ',
      ),
  },
} as const;

/** Names are those that are both TCP's and UDP's. */
const portWords = ['22', '23', 'domain', '80', '443', '1000-2000', '51820', '51820-51829', 'openvpn'];
const portNumbers = [1, 22, 23, 53, 80, 443, 999, 1000, 1194, 2000, 2001, 51819, 51820, 51829, 51830, 65535];

const maybeNot = (word: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(fc.integer({ min: 0, max: 3 }), word).map(([die, text]) => (die === 0 ? `!${text}` : text));

const one = <T>(list: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...list);

const ports = (many: boolean): fc.Arbitrary<string> =>
  maybeNot(
    many
      ? fc.uniqueArray(one(portWords), { minLength: 2, maxLength: 5 }).map(list => list.join(','))
      : one(portWords.filter(word => !word.includes('-'))),
  );

type Words = fc.Arbitrary<RuleWords>;

/** Set and asked for: small ones, with a mask, and those of tables 10 and 20. */
const marks = [
  '7',
  '7',
  '9',
  '300',
  '0x7',
  '0x700/0xff00',
  '83886080',
  '0x0a000000/0x7f800000',
  '167772160/0x7f800000',
];

const leaf = (name: string, word: fc.Arbitrary<string>): Words => word.map(text => ({ [name]: text }));
const flag = (name: string): Words => fc.constant({ [name]: '' });

/** Where from or where to; groups and addresses as EdgeOS lets them stand together. */
function place(side: 'source' | 'destination', family: Family): Words {
  const known = places[family];
  const address = leaf(
    `${side} address`,
    maybeNot(one([...known.networks, ...known.addresses, ...known.ranges, ...known.wide])),
  );
  const group = (kind: string): Words =>
    leaf(`${side} group ${kind}`, maybeNot(one(kind === 'address-group' ? ['A1', 'A2'] : ['N1', 'N2'])));
  const single = leaf(`${side} address`, maybeNot(one([...known.networks, ...known.addresses])));
  return fc.oneof(
    { weight: 4, arbitrary: address },
    { weight: 2, arbitrary: group('address-group') },
    { weight: 2, arbitrary: group('network-group') },
    {
      weight: 1,
      arbitrary: fc.tuple(single, group('address-group')).map(([a, b]) => ({ ...a, ...b })),
    },
  );
}

const portGroup = (side: string): Words => leaf(`${side} group port-group`, maybeNot(one(['P1', 'P2'])));

const some = (chance: number, words: Words): Words =>
  fc.integer({ min: 1, max: 100 }).chain(die => (die <= chance ? words : fc.constant({})));

const together = (...parts: Words[]): Words =>
  fc.tuple(...parts).map(found => Object.assign({}, ...found) as RuleWords);

const tcpOrUdp = (protocol: fc.Arbitrary<string>): Words =>
  fc
    .boolean()
    .chain(many =>
      together(
        leaf('protocol', protocol),
        some(25, leaf('source port', ports(many))),
        some(70, leaf('destination port', ports(many))),
      ),
    );

const flags = fc
  .uniqueArray(one(['SYN', 'ACK', 'FIN', 'RST', 'PSH', 'URG']), { minLength: 1, maxLength: 4 })
  .chain(list => fc.tuple(...list.map(name => maybeNot(fc.constant(name)))))
  .map(list => list.join(','));

const icmp: Words = together(
  leaf('protocol', one(['icmp', '1'])),
  fc.oneof(
    fc.constant({}),
    leaf('icmp type-name', one(['echo-request', 'port-unreachable', 'destination-unreachable', 'any'])),
    leaf('icmp type', one(['0', '3', '8', '255'])),
    together(leaf('icmp type', one(['3', '5'])), leaf('icmp code', one(['1', '3']))),
  ),
);

const icmpv6: Words = together(
  leaf('protocol', one(['icmpv6', 'ipv6-icmp', '58'])),
  some(
    70,
    leaf('icmpv6 type', one(['echo-request', '1/4', '1', '128', 'packet-too-big', 'port-unreachable'])),
  ),
);

const protocol = (family: Family): Words =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    { weight: 4, arbitrary: tcpOrUdp(one(['tcp', 'udp', 'tcp_udp', '6', '17'])) },
    {
      weight: 1,
      arbitrary: together(leaf('protocol', one(['tcp', '6'])), leaf('tcp flags', flags)),
    },
    { weight: 2, arbitrary: family === 4 ? icmp : icmpv6 },
    {
      weight: 2,
      arbitrary: leaf(
        'protocol',
        one(['all', '!tcp', '!udp', '!tcp_udp', 'gre', '!47', 'esp', '50', 'tcp', 'udp', 'tcp_udp']),
      ),
    },
  );

const states: Words = fc
  .uniqueArray(one(['established', 'related', 'new', 'invalid']), { maxLength: 3 })
  .chain(list =>
    together(...list.map(state => leaf(`state ${state}`, one(['enable', 'enable', 'disable'])))),
  );

/** What the engine can't decide, and netfilter can. */
const doubtful: Words = fc.oneof(
  together(leaf('limit rate', fc.constant('1/hour')), leaf('limit burst', one(['1', '3']))),
  leaf('time weekdays', one(['Mon,Tue,Wed', '!Mon,Tue,Wed'])),
  leaf('statistic probability', one(['50', '50%'])),
  leaf('mark', one(['0', '7'])),
);

const rule = (family: Family): Words =>
  together(
    leaf('action', one(['accept', 'drop', 'reject'])),
    protocol(family),
    some(35, place('source', family)),
    some(25, place('destination', family)),
    some(30, states),
    some(
      8,
      family === 4 ? fc.oneof(flag('fragment match-frag'), flag('fragment match-non-frag')) : fc.constant({}),
    ),
    some(6, fc.oneof(flag('ipsec match-ipsec'), flag('ipsec match-none'))),
    some(6, flag('disable')),
    some(6, doubtful),
    some(10, leaf('log', one(['enable', 'disable']))),
  ).chain(words =>
    'source port' in words || 'destination port' in words
      ? fc.constant(words)
      : together(fc.constant(words), some(20, portGroup('destination')), some(10, portGroup('source'))),
  );

const groups = (family: Family): fc.Arbitrary<ReadonlyMap<string, readonly string[]>> => {
  const known = places[family];
  const members = (list: readonly string[]): fc.Arbitrary<string[]> =>
    fc.uniqueArray(one(list), { maxLength: 3 });
  const addresses = members([...known.addresses, ...known.ranges, ...known.networks]);
  const networks = members(known.networks);
  const numbers = members([...portWords, 'ssh']);
  return fc
    .tuple(addresses, addresses, networks, networks, numbers, numbers)
    .map(
      found =>
        new Map(
          [
            'address-group A1',
            'address-group A2',
            'network-group N1',
            'network-group N2',
            'port-group P1',
            'port-group P2',
          ].map((name, i) => [name, found[i] ?? []]),
        ),
    );
};

export const rulesets: fc.Arbitrary<RulesetWords> = fc.constantFrom<Family>(4, 6).chain(family =>
  fc.record({
    family: fc.constant(family),
    defaultAction: one(['accept', 'drop', 'reject', undefined]),
    groups: groups(family),
    rules: fc
      .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 9999 }), rule(family)), {
        minLength: 2,
        maxLength: 16,
        selector: ([number]) => number,
      })
      .map(list => new Map(list)),
  }),
);

const effect: Words = fc.oneof(
  {
    weight: 4,
    arbitrary: together(
      leaf('action', fc.constant('modify')),
      leaf('modify table', one(['main', '10', '20', '10'])),
    ),
  },
  { weight: 3, arbitrary: together(leaf('action', fc.constant('modify')), leaf('modify mark', one(marks))) },
  { weight: 1, arbitrary: leaf('action', one(['accept', 'drop'])) },
);

/** Modify rulesets: the same conditions, marks that later rules ask for, and tables. */
export const modifyRulesets: fc.Arbitrary<RulesetWords> = rulesets.chain(words =>
  fc
    .tuple(
      ...[...words.rules].map(([number, said]) =>
        fc
          .tuple(effect, some(25, leaf('mark', maybeNot(one(marks)))))
          .map(([does, asks]) => [number, { ...said, ...asks, ...does }] as const),
      ),
    )
    .map(rules => ({ ...words, isModify: true as const, defaultAction: undefined, rules: new Map(rules) })),
);

/** A route of a table: where it leads, and how far behind others. */
export interface RouteWords {
  readonly table: string;
  readonly prefix: string;
  readonly out: string;
  readonly distance: number;
}

export function routes(family: Family): fc.Arbitrary<RouteWords[]> {
  const { networks, addresses } = places[family];
  const everything = family === 4 ? '0.0.0.0/0' : '::/0';
  const size = family === 4 ? '/32' : '/128';
  return fc.uniqueArray(
    fc.record({
      table: one(['main', '10', '20']),
      prefix: one([
        everything,
        everything,
        ...networks.map(canonicalPrefix),
        ...addresses.map(one => one + size),
      ]),
      out: one(['out0', 'out1', 'out2', 'out3', 'blackhole']),
      distance: one([1, 5, 254]),
    }),
    {
      minLength: 3,
      maxLength: 10,
      // a way has one distance, and of two ways with the same one the kernel takes either
      comparator: (a, b) =>
        a.table === b.table && a.prefix === b.prefix && (a.distance === b.distance || a.out === b.out),
    },
  );
}

/** A packet on the wire; `flags` as in TCP's header, `quoted` what an ICMP error is about. */
export interface Datagram {
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: number;
  readonly type: number;
  readonly code: number;
  readonly quoted?: Datagram;
  /** The connection was opened from the other end before. */
  readonly answers: boolean;
}

export function datagrams(family: Family): fc.Arbitrary<Datagram> {
  const where = one(places[family].packets);
  const plain = fc.record({
    protocol: one(family === 4 ? [6, 6, 17, 17, 1, 47, 50, 58] : [6, 6, 17, 17, 58, 47, 50]),
    source: where,
    destination: where,
    sourcePort: one(portNumbers),
    destinationPort: one(portNumbers),
    flags: one([2, 16, 18, 4, 17, 24, 1, 20, 50]),
    type: family === 4 ? one([0, 3, 5, 8, 11, 13]) : one([1, 2, 3, 128, 129, 135]),
    code: one([0, 1, 3, 4]),
    answers: fc.integer({ min: 0, max: 2 }).map(die => die === 0),
  });
  return fc.tuple(plain, fc.integer({ min: 0, max: 3 })).map(([datagram, die]) => {
    const error = datagram.protocol === (family === 4 ? 1 : 58) && [1, 3, 11].includes(datagram.type);
    if (!error || die === 0) return datagram;
    const { source, destination } = datagram;
    const about = { protocol: 17, source: destination, destination: source, type: 8, code: 0 };
    return { ...datagram, answers: true, quoted: { ...datagram, ...about } };
  });
}

/** What must have passed before, so that `datagram` answers it. */
export function openerOf(datagram: Datagram, family: Family): Datagram {
  if (datagram.quoted !== undefined) return datagram.quoted;
  const { source, destination, sourcePort, destinationPort } = datagram;
  const type = family === 4 ? 8 : 128;
  const back = { source: destination, destination: source };
  return {
    ...datagram,
    ...back,
    sourcePort: destinationPort,
    destinationPort: sourcePort,
    type,
    code: 0,
    flags: 2,
  };
}
