// The node's BGP for FRR on a plain host: what it announces lies within the ranges, and it takes nothing from the router.
import type { Secret } from '../../secret.ts';
import { lines } from '../file.ts';
import type { NodeSetup } from '../setup.ts';

/**
 * Undefined where FRR isn't the speaker. FRR knows no file for a password: with one, this text is a secret, and goes only
 * where secrets go.
 */
export function frrConf(setup: NodeSetup, password?: Secret): string | undefined {
  const { node, cluster } = setup;
  const { bgp } = cluster;
  if (bgp?.speaker !== 'frr') return undefined;
  const router4 = setup.routerAddresses.filter(address => !address.includes(':'));
  const router6 = setup.routerAddresses.filter(address => address.includes(':'));
  const neighbors = [...router4, ...router6];
  const routerId = node.address.find(address => !address.includes(':'))?.split('/')[0];
  return lines(
    `! ${node.name}: made by edgewg from the site file.`,
    'frr defaults traditional',
    `hostname ${node.name}`,
    '!',
    prefixLists(setup),
    '!',
    `router bgp ${bgp.asn}`,
    routerId !== undefined && ` bgp router-id ${routerId}`,
    ' no bgp default ipv4-unicast',
    neighbors.flatMap(address => neighborLines(setup, address, password)),
    router4.length > 0 && family('ipv4', router4),
    router6.length > 0 && family('ipv6', router6),
    'exit',
    '!',
    ['ip', 'ipv6'].flatMap(ip => [
      `route-map EDGEWG-${ip} permit 10`,
      ` match ${ip} address prefix-list EDGEWG-${ip}`,
      'exit',
      '!',
    ]),
  );
}

function prefixLists({ cluster }: NodeSetup): string[] {
  const ranges = cluster.metallb?.ranges ?? [];
  const list = (ip: 'ip' | 'ipv6', size: number): string[] => {
    const own = ranges.filter(range => range.includes(':') === (ip === 'ipv6'));
    const permits = own.map((range, i) => {
      const longer = range.endsWith(`/${size}`) ? '' : ` le ${size}`;
      return `${ip} prefix-list EDGEWG-${ip} seq ${(i + 1) * 10} permit ${range}${longer}`;
    });
    return permits.length > 0 ? permits : [`${ip} prefix-list EDGEWG-${ip} seq 10 deny any`];
  };
  return [
    ...list('ip', 32),
    ...list('ipv6', 128),
    'ip prefix-list EDGEWG-NONE seq 10 deny any',
    'ipv6 prefix-list EDGEWG-NONE seq 10 deny any',
  ];
}

function neighborLines({ cluster, node }: NodeSetup, address: string, password?: Secret): string[] {
  const { bgp } = cluster;
  if (bgp === undefined) return [];
  const source = node.address
    .map(text => text.split('/')[0] ?? text)
    .find(own => own.includes(':') === address.includes(':'));
  const line = (text: string): string => ` neighbor ${address} ${text}`;
  return [
    line(`remote-as ${bgp.routerAsn}`),
    ...(source === undefined ? [] : [line(`update-source ${source}`)]),
    ...(bgp.ebgpMultihop && bgp.asn !== bgp.routerAsn ? [line('ebgp-multihop 2')] : []),
    ...(bgp.keepalive !== undefined && bgp.holdtime !== undefined
      ? [line(`timers ${bgp.keepalive} ${bgp.holdtime}`)]
      : []),
    ...(bgp.password === undefined ? [] : [passwordLine(address, password)]),
  ];
}

function passwordLine(address: string, password: Secret | undefined): string {
  return password === undefined
    ? `! neighbor ${address} password: not in this file; --with-secrets writes one that has it`
    : ` neighbor ${address} password ${password.reveal()}`;
}

function family(name: 'ipv4' | 'ipv6', addresses: readonly string[]): string[] {
  const ip = name === 'ipv4' ? 'ip' : 'ipv6';
  return [
    ` address-family ${name} unicast`,
    `  redistribute connected route-map EDGEWG-${ip}`,
    `  redistribute kernel route-map EDGEWG-${ip}`,
    ...addresses.flatMap(address => [
      `  neighbor ${address} activate`,
      `  neighbor ${address} prefix-list EDGEWG-${ip} out`,
      `  neighbor ${address} prefix-list EDGEWG-NONE in`,
    ]),
    ' exit-address-family',
  ];
}
