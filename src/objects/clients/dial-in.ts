// Who dials in to the router by L2TP, PPTP, PPPoE or IPsec: each comes in by an interface that is made for the call (or by none), which
// no configuration names, so that no modify rule sees what they send.
import { intersection, type Ranges, ranges, span } from '../../model/firewall/ranges.ts';
import { tellAddresses } from '../../model/firewall/words.ts';
import { find, has, type Path, type Tree, value } from '../../vyatta/tree.ts';
import { last, parseAddress, parsePrefix } from '../../wireguard/prefix.ts';
import type { End, Seen } from './end.ts';

const servers: readonly { readonly name: string; readonly at: Path }[] = [
  ...(['l2tp', 'pptp', 'ipsec'] as const).map(kind => ({
    name: { l2tp: 'L2TP', pptp: 'PPTP', ipsec: 'IPsec' }[kind],
    at: ['vpn', kind, 'remote-access'],
  })),
  { name: 'PPPoE', at: ['service', 'pppoe-server'] },
];

/** The servers that give out `all`, or `some` and not all, of these addresses. */
export function dialIns(running: Tree, { addresses, isInDoubt }: End, how: 'all' | 'some'): Seen[] {
  if (addresses === undefined || addresses.length === 0 || isInDoubt) return [];
  return servers.flatMap(({ name, at }): Seen[] => {
    const path = [...at, 'client-ip-pool'];
    const theirs = intersection(poolOf(running, path), addresses);
    if (theirs.length === 0 || (sizeOf(theirs) === sizeOf(addresses)) !== (how === 'all')) return [];
    return [{ what: 'dial in', server: name, how, path, addresses: tellAddresses(theirs, 4) }];
  });
}

function poolOf(running: Tree, path: Path): Ranges {
  const box = find(running, path);
  if (box === undefined || has(running, [...path.slice(0, -1), 'disable'])) return [];
  const [from, to] = ['start', 'stop'].map(word => parseAddress(value(box, [word]) ?? ''));
  const net = parsePrefix(value(box, ['subnet']) ?? '');
  return ranges([
    ...(from === undefined || to === undefined ? [] : span(from.address, to.address)),
    ...(net === undefined ? [] : span(net.first, last(net))),
  ]);
}

const sizeOf = (set: Ranges): bigint => set.reduce((sum, [from, to]) => sum + to - from + 1n, 0n);
