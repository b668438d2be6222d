// Whether the node's own way is whole, and a watch that puts back what others take away. systemd-networkd, as one that does so, removes rules, routes and
// addresses that aren't its own from the host and from its links whenever it starts (networkd.conf, ManageForeignRoutes and ManageForeignRoutingPolicyRules).
import { quote } from '../../vyatta/words.ts';
import type { NodeSetup } from '../setup.ts';
import { iptablesLines } from './iptables.ts';
import { ipFor, routedInto } from './link.ts';
import { tableName } from './nft.ts';

/** Behind all other routes: packets to home networks meet it only while the tunnel is down. */
export const guardMetric = 4096;

/** Of the rule for WireGuard's own packets. */
export const rulePriority = 5181;

/** A function of the shell: tells of what is missing and remembers it. */
export const checkFunction = [
  'has() { # WHAT COMMAND...: the command prints what is there',
  '  what=$1',
  '  shift',
  '  [ -n "$("$@" 2>/dev/null)" ] || { echo "missing: $what" >&2; missing=1; }',
  '}',
];

export function checkLines(setup: NodeSetup): string[] {
  const { link, cluster, endpoint, node } = setup;
  const has = (what: string, command: string): string => `has ${quote(what)} ${command}`;
  const { fwmark, routingTable: table } = cluster;
  const way = (): string[] => {
    if (endpoint === undefined) return [];
    const { address, interface: device } = endpoint;
    const ip = ipFor(address);
    return [
      has(`address ${address}`, `${ip} address show dev ${device} to ${address}`),
      has(`rule ${rulePriority}`, `${ip} rule show priority ${rulePriority} fwmark ${fwmark} table ${table}`),
      has(`default of table ${table}`, `${ip} route show table ${table} default src ${address}`),
    ];
  };
  return [
    'missing=0',
    has(`link ${link}`, `ip link show dev ${link} up`),
    ...node.address.map(text =>
      has(`address ${text}`, `${ipFor(text)} address show dev ${link} to ${text.split('/')[0]}`),
    ),
    ...routedInto(setup).map(prefix =>
      has(`route to ${prefix}`, `${ipFor(prefix)} route show exact ${prefix} dev ${link}`),
    ),
    ...way(),
    ...cluster.homeNetworks.map(prefix =>
      has(`guard for ${prefix}`, `${ipFor(prefix)} route show type blackhole exact ${prefix}`),
    ),
    ...(cluster.firewall === 'nftables'
      ? [has(`table ${tableName(setup)}`, `nft list table inet ${tableName(setup)}`)]
      : iptablesLines(setup, 'rule_has')),
    'exit $missing',
  ];
}

/**
 * Looks at once when something is taken away or one of the two links changes, and every ten seconds in any case: the kernel tells nobody of IPv4 routes that
 * go with their link. `makesLink`: else nothing is put back while the link isn't up, since then the tunnel is down by intent.
 */
export function watchLines({ link, endpoint }: NodeSetup, makesLink: boolean): string[] {
  const links = [link, ...(endpoint === undefined ? [] : [endpoint.interface])];
  const isUp = `[ -n "$(ip link show dev ${link} up 2>/dev/null)" ]`;
  return [
    '{',
    '  while sleep 10; do echo Deleted; done &',
    '  while :; do echo Deleted; ip monitor link address route rule 2>/dev/null || :; sleep 1; done',
    '} | while read -r line; do',
    `  case $line in *Deleted*|${links.map(name => `*' ${name}: '*|*' ${name}@'*`).join('|')}) ;; *) continue ;; esac`,
    ...(makesLink ? [] : [`  ${isUp} || continue`]),
    '  sh "$0" check && continue',
    '  sh "$0" up && sh "$0" check && echo "put back" >&2 || echo "not put back; tried again in 10 s" >&2',
    ...(makesLink ? [] : [`  ip link show dev ${link} >/dev/null 2>&1 || sh "$0" down`]),
    '  sleep 0.2',
    'done',
  ];
}
