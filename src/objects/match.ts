// The leaves by which rules of the firewall and of NAT know packets: one table for both, since EdgeOS has one too.
import type { Tree } from '../vyatta/tree.ts';
import { type Leaf, leafOf, numberOr } from './leaf.ts';

/** `enable` or nothing: `disable` says what holds anyway. */
export const enabled = {
  words: (isOn: boolean) => (isOn ? [['enable']] : []),
  said: (node: Tree) => (node.children.has('enable') ? true : undefined),
};

export type End = 'source' | 'destination';
type EndKey<E extends End> = `${E}.${'address' | 'port' | `group.${'address' | 'network' | 'port'}`}`;

const first = { said: (node: Tree) => [...node.children.keys()][0] };
const leaf = leafOf<object>();

/** Address, port and groups of one end; groups of addresses are other ones for IPv6. */
export function endLeaves<E extends End>(end: E): Leaf<EndKey<E>>[] {
  const group = (kind: string) => ({
    4: `${end} group ${kind}-group`,
    6: `${end} group ${kind === 'port' ? '' : 'ipv6-'}${kind}-group`,
  });
  return [
    leaf<EndKey<E>>(`${end} address`, `${end}.address`),
    leaf<EndKey<E>>(`${end} port`, `${end}.port`, numberOr),
    leaf<EndKey<E>>(group('address'), `${end}.group.address`, first),
    leaf<EndKey<E>>(group('network'), `${end}.group.network`, first),
    leaf<EndKey<E>>(group('port'), `${end}.group.port`, first),
  ];
}
