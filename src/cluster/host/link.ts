// The link itself, where nobody else makes it: by the pod, with the keys from their files.
import { quote } from '../../vyatta/words.ts';
import type { NodeSetup } from '../setup.ts';
import { routedInto } from './parts.ts';
import type { HostPaths } from './paths.ts';

/** iproute2 for the family of an address or prefix. */
export const ipFor = (address: string): string => (address.includes(':') ? 'ip -6' : 'ip');

export const addLink = ({ link }: NodeSetup): string[] => [
  `ip link add dev ${link} type wireguard 2>/dev/null || ip link show dev ${link} >/dev/null`,
];

/** `conf` is what `wg setconf` takes, without keys. */
export function raiseLink(setup: NodeSetup, { conf = '', key, presharedKey }: HostPaths): string[] {
  const { link } = setup;
  return [
    '# last: with its key WireGuard begins to send, and must find its own way and its rules there; with the keys in it, so that',
    '# sessions go on; never as an argument, which `ps` would show',
    `{ echo '[Interface]'; echo "PrivateKey = $(cat ${quote(key)})"; sed '1,/^.Interface.$/d' ${quote(conf)}${
      setup.hasPresharedKey ? `; echo "PresharedKey = $(cat ${quote(presharedKey)})"` : ''
    }; } |`,
    `  wg syncconf ${link} /dev/stdin`,
    `ip link set dev ${link} mtu ${setup.mtu} up`,
    ...intoTunnel(setup),
  ];
}

/** Addresses and routes of the link. */
export const intoTunnel = (setup: NodeSetup): string[] => [
  ...setup.node.address.map(text => `${ipFor(text)} address replace ${text} dev ${setup.link}`),
  ...routedInto(setup).map(prefix => `${ipFor(prefix)} route replace ${prefix} dev ${setup.link}`),
];
