// The node's rules for iptables, as commands of a shell: each is there once however often it is set, and gone when removed.
import { quote } from '../../vyatta/words.ts';
import type { NodeSetup } from '../setup.ts';
import { routedInto } from './parts.ts';

interface Rule {
  readonly command: 'iptables' | 'ip6tables';
  readonly table: 'filter' | 'mangle';
  readonly chain: 'INPUT' | 'OUTPUT' | 'FORWARD';
  readonly words: readonly string[];
}

/** Functions that set a rule once, remove it, and tell when it is missing. */
export const iptablesFunctions = [
  'rule_on() { # COMMAND TABLE CHAIN WORDS...: at the top, once',
  '  command=$1 table=$2 chain=$3',
  '  shift 3',
  '  "$command" -w -t "$table" -C "$chain" "$@" 2>/dev/null || "$command" -w -t "$table" -I "$chain" "$@"',
  '}',
  'rule_off() {',
  '  command=$1 table=$2 chain=$3',
  '  shift 3',
  '  while "$command" -w -t "$table" -D "$chain" "$@" 2>/dev/null; do :; done',
  '}',
  'rule_has() {',
  '  command=$1 table=$2 chain=$3',
  '  shift 3',
  '  "$command" -w -t "$table" -C "$chain" "$@" 2>/dev/null || { echo "missing: $command $chain $*" >&2; missing=1; }',
  '}',
];

export function iptablesLines(setup: NodeSetup, verb: 'rule_on' | 'rule_off' | 'rule_has'): string[] {
  return rulesOf(setup).map(({ command, table, chain, words }) =>
    [verb, command, table, chain, ...words.map(quote)].join(' '),
  );
}

function rulesOf(setup: NodeSetup): Rule[] {
  return [...onlyEndpoint(setup), ...forwarding(setup), ...onlyTunnel(setup), ...clamps(setup)];
}

function onlyEndpoint({ node, cluster, endpoint }: NodeSetup): Rule[] {
  if (endpoint === undefined) return [];
  const port = String(node.listenPort);
  const [own, other] =
    endpoint.family === 4 ? (['iptables', 'ip6tables'] as const) : (['ip6tables', 'iptables'] as const);
  const inbound = ['-p', 'udp', '--dport', port];
  const outbound = ['-p', 'udp', '--sport', port, '-m', 'mark', '--mark', String(cluster.fwmark)];
  const drop = ['-j', 'DROP'];
  return [
    {
      command: own,
      table: 'filter',
      chain: 'INPUT',
      words: [...inbound, '!', '-d', endpoint.address, ...drop],
    },
    { command: other, table: 'filter', chain: 'INPUT', words: [...inbound, ...drop] },
    {
      command: own,
      table: 'filter',
      chain: 'OUTPUT',
      words: [...outbound, '!', '-s', endpoint.address, ...drop],
    },
    { command: other, table: 'filter', chain: 'OUTPUT', words: [...outbound, ...drop] },
  ];
}

/** Docker and others set the policy of FORWARD to DROP. With nftables no accept of ours could outdo that. */
function forwarding({ link, node, cluster }: NodeSetup): Rule[] {
  return node.pods.flatMap(pods =>
    cluster.homeNetworks
      .filter(home => home.includes(':') === pods.includes(':'))
      .flatMap((home): Rule[] => {
        const command = pods.includes(':') ? 'ip6tables' : 'iptables';
        const base = { command, table: 'filter', chain: 'FORWARD' } as const;
        return [
          { ...base, words: ['-i', link, '-s', home, '-d', pods, '-j', 'ACCEPT'] },
          { ...base, words: ['-o', link, '-s', pods, '-d', home, '-j', 'ACCEPT'] },
        ];
      }),
  );
}

/** What is for home leaves by the tunnel or not at all, whatever becomes of the routes. A node may have an address within a network at home itself. */
function onlyTunnel(setup: NodeSetup): Rule[] {
  return routedInto(setup).flatMap(prefix =>
    (['OUTPUT', 'FORWARD'] as const).map((chain): Rule => {
      const words = ['!', '-o', setup.link, '-d', prefix, '-m', 'addrtype', '!', '--dst-type', 'LOCAL'];
      const command = prefix.includes(':') ? 'ip6tables' : 'iptables';
      return { command, table: 'filter', chain, words: [...words, '-j', 'DROP'] };
    }),
  );
}

function clamps({ link, mss }: NodeSetup): Rule[] {
  return (['iptables', 'ip6tables'] as const).flatMap(command => {
    const size = mss[command === 'iptables' ? 4 : 6];
    const clamp = [
      ...['-p', 'tcp', '--tcp-flags', 'SYN,RST', 'SYN', '-m', 'tcpmss', '--mss', `${size + 1}:65535`],
      ...['-j', 'TCPMSS', '--set-mss', String(size)],
    ];
    return [
      { command, table: 'mangle', chain: 'FORWARD', words: ['-o', link, ...clamp] },
      { command, table: 'mangle', chain: 'FORWARD', words: ['-i', link, ...clamp] },
      { command, table: 'mangle', chain: 'OUTPUT', words: ['-o', link, ...clamp] },
    ] satisfies Rule[];
  });
}
