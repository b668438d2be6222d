// Addresses of interfaces, as the router's own helpers judge them (valid_address.c, vyatta-interfaces.pl).
import { last, parseAddress, parseInterfaceAddress } from '../../../wireguard/prefix.ts';
import type { Act } from '../action.ts';
import { at, type View, valuesAt } from '../config.ts';

/** Undefined for an address that an interface may have; else the sentence. */
export function validAddress(text: string): string | undefined {
  return text.includes(':') ? validIPv6(text) : validIPv4(text);
}

function validIPv4(text: string): string | undefined {
  const [, ip = '', length = ''] = /^([0-9.]+)\/(\d+)/.exec(text) ?? [];
  const address = parseInterfaceAddress(`${ip}/${length}`);
  if (parseAddress(ip) === undefined) return 'Invalid IPv4 address/prefix';
  if (address === undefined || address.length === 0) return `Invalid prefix len ${Number(length)} for IP`;
  if (address.length >= 31) return undefined;
  if (address.address === address.first) return 'Can not assign network address as IP address';
  if (address.address === last(address)) return 'Can not assign broadcast address as IP address';
  return undefined;
}

function validIPv6(text: string): string | undefined {
  const [ip = '', length] = text.split('/', 2);
  if (length === undefined) return 'Missing network prefix';
  if (!/^\d+$/.test(length)) return 'Non-digit in prefix length';
  if (Number(length) <= 1 || Number(length) > 128) return `Invalid prefix len ${Number(length)} for IPv6`;
  const address = parseAddress(ip);
  if (address === undefined || address.family !== 6) return 'Invalid IPv6 address';
  const top = address.address >> 118n;
  if (top === 0b1111111010n) return 'Can not assign an address reserved for IPv6 link local';
  if (top >> 2n === 0xffn) return 'Can not assign an address reserved for IPv6 multicast';
  return undefined;
}

/** The same address on another interface: refused in a commit. */
export function duplicateAddress(act: Act): string | undefined {
  const wanted = act.value.split('/')[0];
  const users = [...addressesOf(act.working)]
    .filter(([, address]) => address.split('/')[0] === wanted)
    .map(([name]) => name);
  if (users.length < 2 || parseAddress(wanted ?? '') === undefined) return undefined;
  return `Duplicate address ${act.value} used on interfaces: ${users.sort().join(',')}`;
}

/** Every configured address with the name of its interface. */
function* addressesOf(view: View): Generator<[string, string]> {
  const interfaces = at(view, ['interfaces']);
  for (const kind of interfaces?.names() ?? [])
    for (const name of interfaces?.child(kind)?.names() ?? []) {
      const node = at(view, ['interfaces', kind, name]);
      if (node === undefined) continue;
      for (const address of valuesAt(node, ['address'])) yield [name, address];
      for (const vif of at(node, ['vif'])?.names() ?? [])
        for (const address of valuesAt(node, ['vif', vif, 'address'])) yield [`${name}.${vif}`, address];
    }
}
