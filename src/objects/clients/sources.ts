// Which packets a group of clients sends, and by which interfaces they come in: what the file says, looked up in what the router has.
import { groupOf, isInterfaceGroup } from '../../model/firewall/groups.ts';
import { ownAddresses } from '../../model/firewall/port.ts';
import { difference, meets, type Ranges, ranges } from '../../model/firewall/ranges.ts';
import { facingWan } from '../../model/firewall/wan.ts';
import type { ClientGroup } from '../../site/site.ts';
import { addressesOf, carrierOf, type Interface, interfacesOf, linkedTo } from '../../vyatta/interfaces.ts';
import { find, has, type Tree, values } from '../../vyatta/tree.ts';
import { last, parseAddress, parseInterfaceAddress, parsePrefix } from '../../wireguard/prefix.ts';
import { dialIns } from './dial-in.ts';
import { type End, emptyGroup, isSeen, type Seen } from './end.ts';

export interface Sources {
  readonly end: End;
  readonly ifaces: readonly Interface[];
}

/** The interfaces of a router by which clients can come in. */
export interface Inside {
  readonly running: Tree;
  readonly all: readonly Interface[];
  /** Neither facing the internet, nor the router's own. */
  readonly inside: readonly Interface[];
}

/** By what a router has, or will have. */
export function insideOf(running: Tree): Inside {
  const all = interfacesOf(running);
  const wan = new Set(facingWan(running, 4, all).map(({ iface }) => iface.name));
  const inside = all.filter(
    iface =>
      !iface.disabled &&
      !wan.has(iface.name) &&
      !['loopback', 'pppoe'].includes(iface.kind) &&
      carrierOf(running, iface) === undefined,
  );
  return { running, all, inside };
}

/** The IPv4 networks of an interface. */
export function networksOf(iface: Interface): Ranges {
  return ranges(
    linkedTo(iface).flatMap(({ text }) => {
      const prefix = parsePrefix(text);
      return prefix?.family === 4 ? [[prefix.first, last(prefix)] as const] : [];
    }),
  );
}

/** `192.168.1.20`, a prefix, or `a-b`. */
export function rangeOf(text: string): Ranges | undefined {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return ranges([[prefix.first, last(prefix)]]);
  const [a, b] = text.split('-').map(parseAddress);
  return a === undefined || b === undefined ? undefined : ranges([[a.address, b.address]]);
}

/** The kind of a group by its name; those of an interface, NETv4_eth0 too, are address groups (docs/edgeos.md 'Rulesets'). */
export function namedGroup(running: Tree, name: string): End | Seen {
  const bare = name.replace(/^!/, '');
  const kinds = (['address', 'network'] as const).filter(
    kind =>
      has(running, ['firewall', 'group', `${kind}-group`, bare]) ||
      (kind === 'address' && isInterfaceGroup(bare)),
  );
  const [kind] = kinds;
  if (kind === undefined) {
    const have = (['address', 'network'] as const).flatMap(one =>
      values(running, ['firewall', 'group', `${one}-group`]),
    );
    return { what: 'no group', name: bare, have };
  }
  const known = groupOf(running, `${kind}-group`, 4, bare);
  const everything = ranges([[0n, 0xffffffffn]]);
  const addresses = name.startsWith('!') ? difference(everything, known.sure) : known.possible;
  return {
    said: { group: { [kind]: name } },
    addresses,
    ...(known.because !== undefined && { isInDoubt: true as const }),
  };
}

/** The clients of a group, or why there are none. `tunnel` is the one that they are to go through. */
export function sourcesOf(inside: Inside, tunnel: string, client: ClientGroup): Sources | Seen {
  const end = endOf(inside, client);
  if (isSeen(end)) return end;
  const own = ownAddress(inside, end);
  if (own !== undefined) return own;
  const [dialIn] = dialIns(inside.running, end, 'all');
  if (dialIn !== undefined) return dialIn;
  if (client.interface !== undefined) {
    const iface = interfaceNamed(inside, tunnel, client.interface);
    return isSeen(iface) ? iface : { end, ifaces: [iface] };
  }
  const ifaces = inside.inside.filter(
    iface => iface.name !== tunnel && end.addresses !== undefined && meets(networksOf(iface), end.addresses),
  );
  if (ifaces.length > 0) return { end, ifaces };
  return (
    emptyGroup(end, { end: 'source', isPlaced: false }) ?? {
      what: 'come in nowhere',
      inside: insideBut(inside, tunnel),
    }
  );
}

const insideBut = ({ inside }: Pick<Inside, 'inside'>, tunnel: string): string[] =>
  inside.flatMap(({ name }) => (name === tunnel ? [] : name));

function endOf({ running }: Inside, { address, group }: ClientGroup): End | Seen {
  if (group !== undefined) return namedGroup(running, group);
  return address === undefined
    ? { said: undefined, addresses: undefined }
    : { said: { address }, addresses: rangeOf(address) };
}

/** One address alone that is the router's: what the router sends itself comes in by no interface. */
function ownAddress({ all }: Inside, { addresses }: End): Seen | undefined {
  const [range, ...more] = addresses ?? [];
  if (range === undefined || more.length > 0 || range[0] !== range[1]) return undefined;
  const found = all.find(iface => meets(ownAddresses(iface, 4), [range]));
  if (found === undefined) return undefined;
  const address = addressesOf(found).find(text => parseInterfaceAddress(text)?.address === range[0]) ?? '';
  return { what: 'the router itself', address, path: [...found.path, 'address', address] };
}

function interfaceNamed({ running, all, inside }: Inside, tunnel: string, name: string): Interface | Seen {
  const found = all.find(iface => iface.name === name);
  if (name === tunnel) return { what: 'the tunnel itself', name };
  if (found === undefined) return { what: 'no interface', name, inside: insideBut({ inside }, tunnel) };
  if (found.disabled) return { what: 'disabled', name };
  const carrier = carrierOf(running, found);
  if (carrier !== undefined) return { what: 'a port', name, carrier };
  return inside.includes(found) ? found : { what: 'faces the internet', name };
}

/** It has IPv6, as far as the configuration says: an address, or a prefix that a provider hands to it. */
export function hasIpv6(all: readonly Interface[], iface: Interface): boolean {
  const delegations = all.flatMap(one => [...(find(one.node, ['dhcpv6-pd', 'pd'])?.children.values() ?? [])]);
  return (
    addressesOf(iface).some(text => text.includes(':') || text === 'dhcpv6') ||
    has(iface.node, ['ipv6', 'address']) ||
    has(iface.node, ['ipv6', 'router-advert']) ||
    delegations.some(pd => values(pd, ['interface']).includes(iface.name))
  );
}
