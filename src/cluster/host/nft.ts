// The node's rules for nftables: one table of its own, replaced as a whole, so that it can be loaded any number of times.
import type { NodeEndpoint } from '../../site/cluster.ts';
import { lines } from '../file.ts';
import type { NodeSetup } from '../setup.ts';
import { routedInto } from './parts.ts';

export const tableName = (setup: NodeSetup): string =>
  `edgewg_${setup.link.replaceAll(/[^A-Za-z0-9_]/g, '_')}`;

export function nftRules(setup: NodeSetup): string {
  const table = `table inet ${tableName(setup)}`;
  const { endpoint } = setup;
  return lines(
    '#!/usr/sbin/nft -f',
    `# ${setup.node.name}: made by edgewg from the site file. Loading it again changes nothing.`,
    table,
    `delete ${table}`,
    `${table} {`,
    endpoint && onlyEndpoint(setup, endpoint),
    onlyTunnel(setup),
    clampChain(setup, 'forward', ['oifname', 'iifname']),
    clampChain(setup, 'output', ['oifname']),
    '}',
  );
}

/** WireGuard is reached at the endpoint and answers from it, or not at all: else the router's peer roams to another address. */
function onlyEndpoint({ node, cluster }: NodeSetup, { family, address }: NodeEndpoint): string[] {
  const ip = family === 4 ? 'ip' : 'ip6';
  const other = family === 4 ? 'ipv6' : 'ipv4';
  return [
    '  chain input {',
    '    type filter hook input priority -10; policy accept;',
    `    udp dport ${node.listenPort} meta nfproto ${other} drop`,
    `    udp dport ${node.listenPort} ${ip} daddr != ${address} drop`,
    '  }',
    '  chain output {',
    '    type filter hook output priority -10; policy accept;',
    `    meta mark ${cluster.fwmark} udp sport ${node.listenPort} meta nfproto ${other} drop`,
    `    meta mark ${cluster.fwmark} udp sport ${node.listenPort} ${ip} saddr != ${address} drop`,
    '  }',
  ];
}

/** What is for home leaves by the tunnel or not at all, whatever becomes of the routes. */
function onlyTunnel(setup: NodeSetup): string[] {
  const drop = (ip: 'ip' | 'ip6'): string[] => {
    const own = routedInto(setup).filter(prefix => prefix.includes(':') === (ip === 'ip6'));
    return own.map(prefix => `    oifname != { "lo", "${setup.link}" } ${ip} daddr ${prefix} drop`);
  };
  return [
    '  chain home {',
    '    type filter hook postrouting priority -10; policy accept;',
    ...drop('ip'),
    ...drop('ip6'),
    '  }',
  ];
}

/** Both ways, since either side may open a connection, and the other end's clamp may be missing. */
function clampChain(
  { link, mss }: NodeSetup,
  hook: 'forward' | 'output',
  sides: readonly ('iifname' | 'oifname')[],
): string[] {
  const clamp = (side: string, family: 'ipv4' | 'ipv6', size: number): string =>
    `    ${side} "${link}" meta nfproto ${family} tcp flags syn tcp option maxseg size > ${size} tcp option maxseg size set ${size}`;
  return [
    `  chain mss_${hook} {`,
    `    type filter hook ${hook} priority -150; policy accept;`,
    ...sides.flatMap(side => [clamp(side, 'ipv4', mss[4]), clamp(side, 'ipv6', mss[6])]),
    '  }',
  ];
}
