// How large a packet an interface takes, as its configuration says it: its own `mtu`, EdgeOS's default, or less where the interface
// that it lies upon has no room for it.
import { ipHeader, pppoeHeader } from '../wireguard/mtu.ts';
import type { Interface } from './interfaces.ts';
import { type Path, value } from './tree.ts';

export interface LinkMtu {
  readonly mtu: number;
  /** What gives the number: `pppoe0`, `eth0, 1500 − 8 PPPoE`. */
  readonly said: string;
  /** The node that says it, where one does. */
  readonly path?: Path;
}

export const ethernetMtu = 1500;

/** Where nothing is said; a tunnel (6in4, IPIP) has what Ethernet has without the outer header. */
const defaults: Readonly<Record<string, number>> = {
  pppoe: ethernetMtu - pppoeHeader,
  wireguard: 1420,
  tunnel: ethernetMtu - ipHeader[4],
};

export function linkMtu(iface: Interface): LinkMtu {
  const said = value(iface.node, ['mtu']);
  const own: LinkMtu =
    said === undefined
      ? { mtu: defaults[iface.kind] ?? ethernetMtu, said: iface.name }
      : { mtu: Number(said), said: iface.name, path: [...iface.path, 'mtu', said] };
  if (iface.parent === undefined) return own;
  const below = linkMtu(iface.parent);
  // a VLAN's tag is no part of what Ethernet counts
  const header = iface.kind === 'pppoe' ? pppoeHeader : 0;
  if (below.mtu - header >= own.mtu) return own;
  const sum = header === 0 ? '' : `, ${below.mtu} − ${header} PPPoE`;
  return { ...below, mtu: below.mtu - header, said: `${below.said}${sum}` };
}
