// The sums behind `mtu: auto` and `mssClamp: auto`, in bytes (edgeos-facts 10, whitepaper 5.4.6).
import type { Family } from './prefix.ts';

/** Type and reserved, receiver index, counter, Poly1305 tag: 4 + 4 + 8 + 16. */
const dataMessage = 32;
const udp = 8;
const ip = { 4: 20, 6: 40 } as const;
const tcp = 20;

/** What WireGuard adds to a packet when the tunnel itself runs over `outer`: 60 or 80. */
function overhead(outer: Family): number {
  return dataMessage + udp + ip[outer];
}

/** The largest packet that a tunnel over `outer` carries unfragmented. */
export function tunnelMtu(uplinkMtu: number, outer: Family): number {
  return uplinkMtu - overhead(outer);
}

/** The largest TCP segment, without options, inside a packet of `mtu` bytes. */
export function segmentSize(mtu: number, inner: Family): number {
  return mtu - ip[inner] - tcp;
}

/** EdgeOS refuses `mss-clamp6 mss` outside this range (edgeos-facts 2, W!110). */
export const clamp6Range = { min: 1280, max: 1492 } as const;

/** Very probably EdgeOS's range for `mss-clamp mss` (edgeos-facts 2, by VyOS's documentation of the same node). */
export const clampRange = { min: 500, max: 1460 } as const;

/** IPv6 needs links of at least this MTU (RFC 8200 section 5). */
export const leastIpv6Mtu = 1280;
