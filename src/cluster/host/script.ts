// What wg-quick and ifupdown don't do by themselves, as one POSIX script: key, endpoint address, the way of WireGuard's own
// packets, rules. Every step may run again.

import type { NodeEndpoint } from '../../site/cluster.ts';
import { quote } from '../../vyatta/words.ts';
import { lines } from '../file.ts';
import type { NodeSetup } from '../setup.ts';
import { iptablesFunctions, iptablesLines } from './iptables.ts';
import { addLink, intoTunnel, ipFor, raiseLink } from './link.ts';
import { netplanFile } from './netplan.ts';
import { tableName } from './nft.ts';
import { guardMetric, rulePriority } from './parts.ts';
import type { HostPaths } from './paths.ts';
import { checkFunction, checkLines, watchLines } from './watch.ts';

/**
 * `networkd` and `netplan`: the rules beside networkd, which does the rest; `all`: keys, endpoint, guards and rules; `pod`: the link and its
 * addresses, too.
 */
export function hostScript(
  setup: NodeSetup,
  paths: HostPaths,
  does: 'all' | 'pod' | 'networkd' | 'netplan' = 'all',
): string {
  const withNft = setup.cluster.firewall === 'nftables';
  const { endpoint } = setup;
  const way = does === 'all' || does === 'pod';
  const hasGuards = does !== 'netplan' || endpoint !== undefined;
  return lines(
    '#!/bin/sh',
    `# ${setup.node.name}: what belongs to ${setup.link} beside WireGuard itself. Made by edgewg from the site file.`,
    '# before: make the key where it is missing; up and down: addresses, routes and rules. Each may run again.',
    `# check: tell what is missing of that${way ? '; watch: put it back whenever somebody takes it away' : ''}.`,
    'set -eu',
    !withNft && ['', ...iptablesFunctions],
    ['', ...checkFunction],
    '',
    '[ $# -eq 1 ] || set -- help',
    'case $1 in',
    '  before)',
    indent(keyLines(setup, paths)),
    '    ;;',
    '  up)',
    does === 'pod' && indent(addLink(setup)),
    way && indent(guards(setup)),
    indent(withNft ? [`nft -f ${quote(paths.nft)}`] : iptablesLines(setup, 'rule_on')),
    way && endpoint && indent(ownWay(setup, endpoint)),
    does === 'all' && indent(intoTunnel(setup)),
    does === 'all' && indent(setKeys(setup, paths)),
    does === 'pod' && indent(raiseLink(setup, paths)),
    '    ;;',
    [
      '  check)',
      ...indent(checkLines(setup, hasGuards, does === 'netplan' ? onlyFile(setup) : [])),
      '    ;;',
    ],
    way && ['  watch)', ...indent(watchLines(setup, does === 'pod')), '    ;;'],
    '  down)',
    way && endpoint && indent(ownWayBack(setup, endpoint)),
    indent(
      withNft
        ? [`nft delete table inet ${tableName(setup)} 2>/dev/null || :`]
        : iptablesLines(setup, 'rule_off'),
    ),
    '    ;;',
    '  *)',
    `    echo "usage: $0 before|up|check|${way ? 'watch|' : ''}down" >&2`,
    '    exit 64',
    '    ;;',
    'esac',
  );
}

const indent = (list: readonly string[]): string[] => list.map(line => `    ${line}`);

/** A key from elsewhere must be there: one made in its place would be another identity, which the router doesn't know. */
function keyLines({ node, link }: NodeSetup, { key, group }: HostPaths): string[] {
  const path = quote(key);
  const share = group === undefined ? '' : `; chgrp ${group} ${path}.new; chmod 640 ${path}.new`;
  if (node.key.kind !== 'made-on-node')
    return [`[ -s ${path} ] || { echo "${key} is missing: it is not made here" >&2; exit 1; }`];
  return [
    `if [ ! -s ${path} ]; then`,
    `  (umask 077; mkdir -p "$(dirname ${path})"; wg genkey >${path}.new${share}; mv ${path}.new ${path})`,
    `  echo "made the key of ${link}: its public half is $(wg pubkey <${path})" >&2`,
    'fi',
  ];
}

function setKeys({ link, routerKey, hasPresharedKey }: NodeSetup, paths: HostPaths): string[] {
  const set = `wg set ${link}`;
  return [
    '# last: with its key WireGuard begins to send, and must find its own way and its rules there',
    ...(hasPresharedKey
      ? [`${set} peer ${quote(routerKey)} preshared-key ${quote(paths.presharedKey)}`]
      : []),
    `${set} private-key ${quote(paths.key)}`,
  ];
}

/** The mark's own table, in which the source is the endpoint, whatever the node prefers elsewhere. */
function ownWay({ cluster }: NodeSetup, endpoint: NodeEndpoint): string[] {
  const ip = ipFor(endpoint.address);
  const { address, length, interface: device, gateway, family } = endpoint;
  const noDad = family === 6 ? ' nodad' : '';
  const rule = ruleWords(cluster.fwmark, cluster.routingTable);
  const look = `$(${ip} route show default dev ${device} | sed -n 's/.* via \\([^ ]*\\).*/\\1/p' | head -n 1)`;
  return [
    family === 6
      ? '# deprecated at once: nothing but WireGuard takes it for a source'
      : "# behind the link's own addresses, of which Linux takes the first for a source, deprecated or not",
    `${ip} address replace ${address}/${length} dev ${device} preferred_lft 0${noDad}`,
    gateway === undefined ? `gateway=${look}` : `gateway=${quote(gateway)}`,
    gateway === undefined &&
      `[ -n "$gateway" ] || { echo "${device} has no default route: say endpoint.gateway" >&2; exit 1; }`,
    `${ip} route replace default via "$gateway" dev ${device} onlink src ${address} table ${cluster.routingTable}`,
    `[ -n "$(${ip} rule show ${rule})" ] || ${ip} rule add ${rule}`,
  ].filter(line => line !== false);
}

const ruleWords = (mark: number, table: number): string =>
  `priority ${rulePriority} fwmark ${mark} lookup ${table}`;

/** The address stays: somebody else may have set it, and without a listener nothing answers there. */
function ownWayBack({ cluster }: NodeSetup, endpoint: NodeEndpoint): string[] {
  const ip = ipFor(endpoint.address);
  return [
    `${ip} rule del ${ruleWords(cluster.fwmark, cluster.routingTable)} 2>/dev/null || :`,
    `${ip} route flush table ${cluster.routingTable} 2>/dev/null || :`,
  ];
}

function guards({ cluster }: NodeSetup): string[] {
  const set = cluster.homeNetworks.map(
    prefix => `${ipFor(prefix)} route replace blackhole ${prefix} metric ${guardMetric}`,
  );
  return [
    '# first, and they stay when the tunnel goes down: nothing for home ever leaves unencrypted',
    ...set,
  ];
}

/** netplan adds addresses and routes of a second file that names the tunnel, and ignores its peers without a word. */
function onlyFile({ link }: NodeSetup): string[] {
  return [
    'for file in /etc/netplan/*.yaml /run/netplan/*.yaml /lib/netplan/*.yaml; do',
    `  [ -e "$file" ] && [ "$file" != /${netplanFile} ] || continue`,
    `  ! grep -Eq '^[^[:alnum:]#]*${link}[^[:alnum:]]*:' "$file" || { echo "$file names ${link}, too" >&2; missing=1; }`,
    'done',
  ];
}
