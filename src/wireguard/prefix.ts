// IP addresses and prefixes, in one canonical form on both sides of a comparison: whatever EdgeOS or a person may write for the same prefix
// prints the same here. What is an IPv6 address, and how it is written short, Node.js knows by the URL standard (RFC 4291 and RFC 5952).

export type Family = 4 | 6;

/** An address range that is a power of two: `first` is its lowest address. */
export interface Prefix {
  readonly family: Family;
  readonly length: number;
  readonly first: bigint;
}

/** An address with the length of its network: what an interface has. */
export interface InterfaceAddress extends Prefix {
  readonly address: bigint;
}

const bits = (family: Family): number => (family === 4 ? 32 : 128);

interface Address {
  readonly family: Family;
  readonly address: bigint;
}

/** Taking texts apart costs, and a plan comes back to the same ones again and again. */
function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return text => {
    let found = known.get(text);
    if (found !== undefined) return found;
    found = read(text);
    if (known.size === most) known.clear();
    if (found !== undefined) known.set(text, found);
    return found;
  };
}

/** More than the addresses of a thousand tunnels; the routes of a large router are taken apart once. */
const most = 10_000;

/** The number behind `192.0.2.1` or `2001:db8::1`; undefined for anything else (zones and leading zeros included). */
export const parseAddress = remembered(readAddress);

const dotted = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

function fromBytes(bytes: readonly number[]): Address | undefined {
  if (bytes.some(byte => byte > 255)) return undefined;
  return { family: 4, address: BigInt(bytes.reduce((number, byte) => number * 256 + byte, 0)) };
}

function readAddress(text: string): Address | undefined {
  const four = dotted.exec(text);
  if (four !== null) return fromBytes(four.slice(1).map(Number));
  if (!isIPv6(text)) return undefined;
  const [left = [], right = []] = short(text)
    .split('::')
    .map(half => half.split(':').filter(group => group !== ''));
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  const groups = [...left, ...zeros, ...right];
  return {
    family: 6,
    address: groups.reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n),
  };
}

/** As node:net has it, but for zones; that compiles a pattern so large that it would be a twentieth of a whole plan. */
export function isIPv6(text: string): boolean {
  return text.includes(':') && /^[0-9A-Fa-f:.]+$/.test(text) && URL.canParse(`http://[${text}]`);
}

/** An IPv6 address with the longest run of zeros left out and no dots. */
const short = remembered((address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1));

/** `192.0.2.1/24` with its host bits; a bare address has the full length. Undefined when it is neither. */
export const parseInterfaceAddress = remembered(readInterfaceAddress);

function readInterfaceAddress(text: string): InterfaceAddress | undefined {
  const slash = text.indexOf('/');
  const found = readAddress(slash === -1 ? text : text.slice(0, slash));
  if (found === undefined) return undefined;
  const size = bits(found.family);
  const digits = slash === -1 ? String(size) : text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(digits) || Number(digits) > size) return undefined;
  const length = Number(digits);
  const host = BigInt(size - length);
  return { ...found, length, first: (found.address >> host) << host };
}

/** The prefix of `192.0.2.1/24`, host bits cleared; a bare address is a prefix of one. Undefined when it is neither. */
export const parsePrefix = remembered((text: string): Prefix | undefined => {
  const found = readInterfaceAddress(text);
  return found && { family: found.family, length: found.length, first: found.first };
});

/** `2001:db8::1`, as RFC 5952 writes it; `192.0.2.1`. */
export function printAddress(family: Family, address: bigint): string {
  if (family === 4) {
    const number = Number(address);
    return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
  }
  const digits = address.toString(16).padStart(32, '0');
  return short((digits.match(/..../g) ?? []).join(':'));
}

/** `192.0.2.0/24` */
export function printPrefix(prefix: Prefix): string {
  return `${printAddress(prefix.family, prefix.first)}/${prefix.length}`;
}

/** `2001:db8::1`, or the text itself when it is no address. */
export function canonicalAddress(text: string): string {
  const found = parseAddress(text);
  return found === undefined ? text : printAddress(found.family, found.address);
}

/** The canonical text of a prefix, or the text itself when it isn't one. */
export function canonicalPrefix(text: string): string {
  const prefix = parsePrefix(text);
  return prefix === undefined ? text : printPrefix(prefix);
}

/** `192.0.2.1/24`, host bits kept, or the text itself when it isn't one. */
export function canonicalInterfaceAddress(text: string): string {
  const found = parseInterfaceAddress(text);
  return found === undefined ? text : `${printAddress(found.family, found.address)}/${found.length}`;
}

/** The highest address. */
export function last(prefix: Prefix): bigint {
  return prefix.first + (1n << BigInt(bits(prefix.family) - prefix.length)) - 1n;
}

/** Every address of `inner` is in `outer`. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  return outer.family === inner.family && outer.first <= inner.first && last(inner) <= last(outer);
}

export function overlaps(a: Prefix, b: Prefix): boolean {
  return covers(a, b) || covers(b, a);
}

/** A single address as a prefix of full length. */
export function host(family: Family, address: bigint): Prefix {
  return { family, length: bits(family), first: address };
}
