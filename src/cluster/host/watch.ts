// Whether the node's own way is whole, and a watch that puts back what others take away. systemd-networkd, as one that does so, removes rules, routes and
// addresses that aren't its own from the host and from its links whenever it starts (networkd.conf, ManageForeignRoutes and ManageForeignRoutingPolicyRules).
import { quote } from '../../vyatta/words.ts';
import type { NodeSetup } from '../setup.ts';
import { iptablesLines } from './iptables.ts';
import { ipFor } from './link.ts';
import { tableName } from './nft.ts';
import { nameOf, type Part, partsOf, rulePriority } from './parts.ts';

/** A function of the shell: tells of what is missing and remembers it. */
export const checkFunction = [
  'has() { # WHAT COMMAND...: the command prints what is there',
  '  what=$1',
  '  shift',
  '  [ -n "$("$@" 2>/dev/null)" ] || { echo "missing: $what" >&2; missing=1; }',
  '}',
];

/** `more`: what else there is to look at, as lines of the shell that set `missing` where something is wrong. */
export function checkLines(setup: NodeSetup, hasGuards: boolean, more: readonly string[]): string[] {
  const { cluster } = setup;
  return [
    'missing=0',
    ...partsOf(setup, hasGuards).map(part => `has ${quote(nameOf(part))} ${commandFor(part)}`),
    ...(cluster.firewall === 'nftables'
      ? [`has ${quote(`table ${tableName(setup)}`)} nft list table inet ${tableName(setup)}`]
      : iptablesLines(setup, 'rule_has')),
    ...more,
    'exit $missing',
  ];
}

/** Prints something when the part is there. */
function commandFor(part: Part): string {
  switch (part.kind) {
    case 'link':
      return `ip link show dev ${part.device} up`;
    case 'address':
      return `${ipFor(part.address)} address show dev ${part.device} to ${part.address}`;
    case 'rule':
      return `${part.isV6 ? 'ip -6' : 'ip'} rule show priority ${rulePriority} fwmark ${part.mark} table ${part.table}`;
    case 'default':
      return `${ipFor(part.source)} route show table ${part.table} default src ${part.source}`;
    case 'route':
      return `${ipFor(part.prefix)} route show exact ${part.prefix} dev ${part.device}`;
    case 'guard':
      return `${ipFor(part.prefix)} route show type blackhole exact ${part.prefix}`;
  }
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
    '  sleep 0.2 2>/dev/null || sleep 1',
    'done',
  ];
}
