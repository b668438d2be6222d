// The question that a tunnel asks of a firewall: may a new UDP connection reach the router's port? And where in a ruleset a rule
// could stand that says yes.
import { addressesOf, type Interface } from '../../vyatta/interfaces.ts';
import { type Family, parseInterfaceAddress } from '../../wireguard/prefix.ts';
import { addresses, allAddresses } from './conditions.ts';
import { isDynamic } from './groups.ts';
import { type Packets, states } from './packets.ts';
import { difference, only, type Ranges, union } from './ranges.ts';
import type { Ruleset } from './ruleset.ts';
import { ask, ruleOf } from './verdict.ts';

/** What no packet from the internet has as its source (RFC 6890), so that a rule against it blocks nobody. */
const special =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/3'.split(
    ' ',
  );

const unionOf = (words: readonly string[], family: Family): Ranges =>
  words.reduce<Ranges>((set, word) => union(set, addresses(word, family) ?? []), []);

const internet: Readonly<Record<Family, Ranges>> = {
  4: difference(allAddresses(4), unionOf(special, 4)),
  6: unionOf(['2000::/3'], 6),
};

/** Every address that a peer without a known address may have. */
export const anywhere = (family: Family): Ranges => internet[family];

/** New UDP connections from `source` to ports of the router; to any of its addresses, where `destination` isn't known. */
export function newUdp(source: Ranges, ports: Ranges, destination: Ranges = []): Packets {
  const question = { protocol: only(17), state: only(states.new), source, destinationPort: ports };
  return destination.length === 0 ? question : { ...question, destination };
}

/** The addresses that the configuration gives an interface; none when only the router knows them. */
export function ownAddresses(iface: Interface, family: Family): Ranges {
  if (isDynamic(iface, family)) return [];
  const own = addressesOf(iface).flatMap(text => parseInterfaceAddress(text) ?? []);
  return only(...own.filter(address => address.family === family).map(({ address }) => address));
}

/**
 * The free number nearest after `wanted`, else nearest before it, at which a rule for `packets` would take all of them: no rule
 * that refuses any of them comes before it. Undefined when there is none.
 */
export function freeNumber(
  ruleset: Ruleset,
  packets: Packets,
  wanted: number,
  taken: (number: number) => boolean,
): number | undefined {
  const refusing = ask(ruleset, packets)
    .flatMap(part => [ruleOf(part), ...part.doubts])
    .filter(rule => rule !== undefined && rule.action !== 'accept')
    .map(rule => rule?.number ?? 0);
  const end = Math.min(10_000, ...refusing);
  const used = new Set(ruleset.rules.map(rule => rule.number));
  const free = (number: number): boolean => number > 0 && number < end && !used.has(number) && !taken(number);
  for (let distance = 0; distance < 10_000; distance++) if (free(wanted + distance)) return wanted + distance;
  for (let distance = 1; distance < wanted; distance++) if (free(wanted - distance)) return wanted - distance;
  return undefined;
}
