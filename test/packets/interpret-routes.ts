// Static routes and BGP as FRR's configuration. FRR stands for EdgeOS's routing daemons; both know distances, blackholes and prefix lists.

import type { Reading } from './reading.ts';
import { uplinkGateways } from './world.ts';

const families = [
  { ip: 'ip', suffix: '', list: 'prefix-list' },
  { ip: 'ipv6', suffix: '6', list: 'prefix-list6' },
] as const;

/** `links`: the interfaces that there are; routes through others are left out, as a router without them does. */
export function readRouting(config: Reading, links: readonly string[]): string {
  const main = config.at('protocols', 'static');
  const tables = main
    .names('table')
    .map(number => ({ at: main.at('table', number), suffix: ` table ${number}` }));
  const lines = families.flatMap(family => [
    ...[{ at: main, suffix: '' }, ...tables].flatMap(({ at, suffix }) =>
      routes(at, family, links).map(line => `${line}${suffix}`),
    ),
    ...prefixLists(config, family),
  ]);
  const gateway = config.value('system', 'gateway-address');
  if (gateway !== undefined) lines.push(`ip route 0.0.0.0/0 ${gateway}`);
  // `default-route auto` and router advertisements: what a provider says
  for (const link of links.filter(name => name.startsWith('pppoe')))
    lines.push(
      `ip route 0.0.0.0/0 ${uplinkGateways[4]} ${link}`,
      `ipv6 route ::/0 ${uplinkGateways[6]} ${link}`,
    );
  return ['frr defaults traditional', ...lines, ...bgp(config), ''].join('\n');
}

function routes(
  table: Reading,
  { ip, suffix }: (typeof families)[number],
  links: readonly string[],
): string[] {
  const lines: string[] = [];
  const distance = (at: Reading): string => {
    const value = at.value('distance');
    return value === undefined ? '' : ` ${value}`;
  };
  for (const prefix of table.names(`interface-route${suffix}`)) {
    const at = table.at(`interface-route${suffix}`, prefix, 'next-hop-interface');
    for (const name of at.names())
      if (!at.has(name, 'disable') && links.includes(name))
        lines.push(`${ip} route ${prefix} ${name}${distance(at.at(name))}`);
  }
  for (const prefix of table.names(`route${suffix}`)) {
    const at = table.at(`route${suffix}`, prefix);
    if (at.has('blackhole')) lines.push(`${ip} route ${prefix} blackhole${distance(at.at('blackhole'))}`);
    for (const hop of at.names('next-hop')) {
      const via = at.at('next-hop', hop);
      const name = via.value('interface');
      if (!via.has('disable'))
        lines.push(`${ip} route ${prefix} ${hop}${name === undefined ? '' : ` ${name}`}${distance(via)}`);
    }
  }
  return lines;
}

function prefixLists(config: Reading, { ip, list }: (typeof families)[number]): string[] {
  return config.names('policy', list).flatMap(name =>
    config.names('policy', list, name, 'rule').map(number => {
      const rule = config.at('policy', list, name, 'rule', number);
      const bounds = ['ge', 'le'].flatMap(bound => {
        const value = rule.value(bound);
        return value === undefined ? [] : [bound, value];
      });
      const words = [rule.value('action'), rule.value('prefix'), ...bounds].join(' ');
      return `${ip} prefix-list ${name} seq ${number} ${words}`;
    }),
  );
}

function bgp(config: Reading): string[] {
  return config.names('protocols', 'bgp').flatMap(asn => {
    const at = config.at('protocols', 'bgp', asn);
    const routerId = at.value('parameters', 'router-id');
    // EdgeOS takes routes from a neighbour that has no policy; FRR refuses them unless told
    const lines = [`router bgp ${asn}`, ' no bgp ebgp-requires-policy'];
    if (routerId !== undefined) lines.push(` bgp router-id ${routerId}`);
    const inside: string[] = [];
    for (const kind of ['ebgp', 'ibgp']) {
      const paths = at.value('maximum-paths', kind);
      if (paths !== undefined) inside.push(`  maximum-paths ${kind === 'ibgp' ? 'ibgp ' : ''}${paths}`);
    }
    for (const address of at.names('neighbor')) neighbour(address, at.at('neighbor', address), lines, inside);
    return [...lines, ' address-family ipv4 unicast', ...inside, ' exit-address-family'];
  });
}

function neighbour(address: string, at: Reading, lines: string[], inside: string[]): void {
  const say = (words: string): void => void lines.push(` neighbor ${address} ${words}`);
  say(`remote-as ${at.value('remote-as')}`);
  if (at.has('shutdown')) say('shutdown');
  for (const leaf of ['description', 'password', 'update-source', 'ebgp-multihop']) {
    const value = at.value(leaf);
    if (value !== undefined) say(`${leaf} ${value}`);
  }
  const [keepalive, hold] = [at.value('timers', 'keepalive'), at.value('timers', 'holdtime')];
  if (keepalive !== undefined && hold !== undefined) say(`timers ${keepalive} ${hold}`);
  if (at.has('soft-reconfiguration', 'inbound'))
    inside.push(`  neighbor ${address} soft-reconfiguration inbound`);
  for (const [direction, word] of [
    ['import', 'in'],
    ['export', 'out'],
  ] as const) {
    const list = at.value('prefix-list', direction);
    if (list !== undefined) inside.push(`  neighbor ${address} prefix-list ${list} ${word}`);
  }
}
