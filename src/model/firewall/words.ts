// Packets and verdicts in words, for findings. The only place of the engine that makes sentences.
import { type Family, last, type Prefix, printAddress, printPrefix } from '../../wireguard/prefix.ts';
import { allAddresses } from './conditions.ts';
import { protocols } from './names.ts';
import { all, type Field, type Packets } from './packets.ts';
import { difference, type Range, type Ranges } from './ranges.ts';
import type { Rule } from './rule.ts';
import type { Part } from './verdict.ts';

export const familyName = (family: Family): string => (family === 4 ? 'IPv4' : 'IPv6');

/** `rule 22 of WAN_LOCAL (drop)`, `the default action of WAN_LOCAL (drop)`. */
export function tellDecider({ decider, action }: Part): string {
  switch (decider.kind) {
    case 'rule':
      return `rule ${decider.rule.number} of ${decider.ruleset} (${action})`;
    case 'default':
      return `the default action of ${decider.ruleset} (${action})`;
    case 'zone':
      return `the default action of zone ${decider.name} (${action})`;
    case 'missing':
      return `${decider.ruleset}, which isn't there`;
    case 'nothing':
      return 'nothing, since no ruleset is attached';
  }
}

/** `rule 5 (drop) may take it first: it has a limit`. */
export function tellDoubt(rule: Rule): string {
  const action = rule.action === undefined ? '' : ` (${rule.action})`;
  return `rule ${rule.number}${action} may take it first: ${rule.because.join('; ')}`;
}

/** Who decides the parts, each once, with what casts doubt on it. */
export function tellParts(parts: readonly Part[]): string {
  const deciders = parts.map(tellDecider);
  const doubts = parts.flatMap(part => part.doubts.map(tellDoubt));
  return [...new Set([...deciders, ...doubts])].join('; ');
}

const protocolWords = new Map([...protocols].map(([name, number]) => [BigInt(number), name]));

/** TCP, UDP, DCCP, SCTP and UDP-Lite. */
const withPorts = [6n, 17n, 33n, 132n, 136n];

/** `udp from 192.0.2.0/24 to port 51820`; `everything` when nothing is said. */
export function tellPackets(packets: Packets, family: Family): string {
  const words: string[] = [];
  const protocol = said(packets, 'protocol', all.protocol);
  if (protocol !== undefined) words.push(tellProtocols(protocol));
  const hasPorts =
    protocol === undefined ||
    protocol.some(([first, end]) => withPorts.some(one => first <= one && one <= end));
  for (const [word, field, port] of [
    ['from', 'source', 'sourcePort'],
    ['to', 'destination', 'destinationPort'],
  ] as const) {
    const addresses = said(packets, field, allAddresses(family));
    const ports = hasPorts ? said(packets, port, all[port]) : undefined;
    if (addresses !== undefined || ports !== undefined) words.push(word);
    if (addresses !== undefined) words.push(tellAddresses(addresses, family));
    if (ports !== undefined)
      words.push(
        'port',
        tellRanges(ports, () => undefined),
      );
  }
  if (said(packets, 'icmp', all.icmp) !== undefined) words.push('(some types)');
  if (said(packets, 'tcpFlags', all.tcpFlags) !== undefined) words.push('(some flags)');
  return words.length === 0 ? 'everything' : words.join(' ');
}

/** `tcp`, `udp,icmp`, `all but tcp`. */
function tellProtocols(set: Ranges): string {
  const tell = (some: Ranges): string => tellRanges(some, number => protocolWords.get(number));
  const others = difference(all.protocol, set);
  return others.length < set.length ? `all but ${tell(others)}` : tell(set);
}

/** The values of a field, when they aren't all of them. */
function said(packets: Packets, field: Field, full: Ranges): Ranges | undefined {
  const values = packets[field];
  return values === undefined || difference(full, values).length === 0 ? undefined : values;
}

function tellRanges(set: Ranges, nameOf: (number: bigint) => string | undefined): string {
  const name = (number: bigint): string => nameOf(number) ?? String(number);
  return shortened(
    set.map(([first, last]) => (first === last ? name(first) : `${first}-${last}`)),
    ',',
  );
}

/** Prefixes where a range is one, else its ends. */
export function tellAddresses(set: Ranges, family: Family): string {
  return shortened(
    set.map(range => {
      const prefix = prefixOf(range, family);
      if (prefix === undefined) return `${printAddress(family, range[0])}-${printAddress(family, range[1])}`;
      return range[0] === range[1] ? printAddress(family, range[0]) : printPrefix(prefix);
    }),
    ', ',
  );
}

const most = 6;

const shortened = (texts: readonly string[], comma: string): string =>
  texts.length <= most
    ? texts.join(comma)
    : `${texts.slice(0, most).join(comma)}${comma}and ${texts.length - most} more`;

function prefixOf([first, end]: Range, family: Family): Prefix | undefined {
  const size = end - first + 1n;
  const length = (family === 4 ? 32 : 128) - (size.toString(2).length - 1);
  const prefix: Prefix = { family, length, first };
  return first % size === 0n && last(prefix) === end ? prefix : undefined;
}
