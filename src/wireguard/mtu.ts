// The sums behind `mtu: auto` and `mssClamp: auto`, in bytes (docs/mtu.md 'A packet in a packet').
import type { Family } from './prefix.ts';

/** Type and reserved, receiver index, counter, Poly1305 tag: 4 + 4 + 8 + 16. */
const dataMessage = 32;
const udp = 8;
const tcp = 20;

/** The IP header without options or extensions. */
export const ipHeader: Readonly<Record<Family, number>> = { 4: 20, 6: 40 };

/** PPPoE's 6 and PPP's 2 (RFC 2516 section 7). */
export const pppoeHeader = 8;

/** The largest packet that a tunnel over `outer` carries unfragmented: 60 or 80 bytes less than its way takes. */
export function tunnelMtu(uplinkMtu: number, outer: Family): number {
  return uplinkMtu - ipHeader[outer] - udp - dataMessage;
}

/** `+ 40 IPv6 + 8 UDP + 32 WireGuard`: what goes around a packet of the tunnel. */
export function tellOverhead(sign: '+' | '−', outer: Family): string {
  return `${sign} ${ipHeader[outer]} IPv${outer} ${sign} ${udp} UDP ${sign} ${dataMessage} WireGuard`;
}

/** The largest TCP segment, without options, inside a packet of `mtu` bytes. */
export function segmentSize(mtu: number, inner: Family): number {
  return mtu - ipHeader[inner] - tcp;
}

/** `1420 − 40 IPv6 − 20 TCP` */
export function tellSegment(mtu: number, inner: Family): string {
  return `${mtu} − ${ipHeader[inner]} IPv${inner} − ${tcp} TCP`;
}

/** How a cluster's own network carries packets of pods from node to node. */
export type Overlay = 'vxlan' | 'geneve' | 'ipip' | 'wireguard';

/** What each puts around a packet behind the IP header: RFC 7348 section 5, RFC 8926 section 3 (without options), RFC 2003. */
const overlays: Readonly<Record<Overlay, readonly (readonly [bytes: number, name: string])[]>> = {
  vxlan: [
    [udp, 'UDP'],
    [8, 'VXLAN'],
    [14, 'Ethernet'],
  ],
  geneve: [
    [udp, 'UDP'],
    [8, 'Geneve'],
    [14, 'Ethernet'],
  ],
  ipip: [],
  wireguard: [
    [udp, 'UDP'],
    [dataMessage, 'WireGuard'],
  ],
};

/** What an overlay leaves of `mtu`, with the sum: `1420 − 20 IPv4 − 8 UDP − 8 VXLAN − 14 Ethernet`. */
export function insideOverlay(mtu: number, overlay: Overlay, outer: Family): { mtu: number; said: string } {
  const parts = [[ipHeader[outer], `IPv${outer}`] as const, ...overlays[overlay]];
  return {
    mtu: parts.reduce((left, [bytes]) => left - bytes, mtu),
    said: [mtu, ...parts.map(([bytes, name]) => `${bytes} ${name}`)].join(' − '),
  };
}

/** EdgeOS refuses `mss-clamp6 mss` outside this range (docs/edgeos.md 'Clamps', W!110). */
export const clamp6Range = { min: 1280, max: 1492 } as const;

/** Very probably EdgeOS's range for `mss-clamp mss` (docs/edgeos.md 'Clamps': VyOS's documentation of the same node). */
export const clampRange = { min: 500, max: 1460 } as const;

/** IPv6 needs links of at least this MTU (RFC 8200 section 5). */
export const leastIpv6Mtu = 1280;
