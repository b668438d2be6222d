// One condition of a rule, from EdgeOS's words to sets of packets, as EdgeOS's own ubnt-fw hands it to iptables (source:
// vyatta-cfg src/ubnt/fw/{rule,address}.cpp, docs/edgeos.md 'Rulesets'). Three-valued: what a word that can't be read would say is 'maybe'.
import { type Family, last, parseAddress, parsePrefix } from '../../wireguard/prefix.ts';
import { type IcmpType, icmpTypes, icmpv6Types, protocols, services } from './names.ts';
import { all, type Field, type Packets } from './packets.ts';
import { difference, none, only, type Ranges, ranges, span, union } from './ranges.ts';

/** The packets that surely fulfil it, those that possibly do (the sure ones included), and what makes the difference. */
export interface Condition {
  readonly sure: readonly Packets[];
  readonly possible: readonly Packets[];
  readonly because?: string;
}

/** A condition that depends on what no configuration shows: the time, a rate, a mark. */
export const undecided = (because: string): Condition => ({ sure: [], possible: [{}], because });

/** A condition that no packet of any question fulfils. */
export const never: Condition = { sure: [], possible: [] };

/** A set of values that may be known in part only. */
export interface Known {
  readonly sure: Ranges;
  readonly possible: Ranges;
  readonly because?: string;
}

/** What all these words name together; one that `read` doesn't know may name anything in `full`. */
export function listed(
  words: readonly string[],
  read: (word: string) => Ranges | undefined,
  full: Ranges,
  what: string,
): Known {
  let sure = none;
  const unknown: string[] = [];
  for (const word of words) {
    const found = read(word);
    if (found === undefined) unknown.push(word);
    else sure = union(sure, found);
  }
  if (unknown.length === 0) return { sure, possible: sure };
  return { sure, possible: full, because: `${what} ${unknown.join(', ')} is not known` };
}

const not = (known: Known, full: Ranges): Known => ({
  ...known,
  sure: difference(full, known.possible),
  possible: difference(full, known.sure),
});

/** Packets whose `field` is in the set; `also` are fields that the condition fixes besides. */
export function inField(field: Field, known: Known, also: Packets = {}): Condition {
  const packets = (set: Ranges): Packets[] => (set.length === 0 ? [] : [{ ...also, [field]: set }]);
  return { ...known, sure: packets(known.sure), possible: packets(known.possible) };
}

/** `!word` → the word and true. */
export function negation(text: string): { word: string; negated: boolean } {
  return text.startsWith('!') ? { word: text.slice(1), negated: true } : { word: text, negated: false };
}

export const negatable = (known: Known, negated: boolean, full: Ranges): Known =>
  negated ? not(known, full) : known;

const tcpAndUdp = only(6, 17);

/** The numbers that `protocol` names. Undefined for a name that isn't known. */
function protocolNumbers(word: string): Ranges | undefined {
  const name = word.toLowerCase();
  if (name === 'all' || name === 'ip' || name === '0') return all.protocol;
  if (name === 'tcp_udp') return tcpAndUdp;
  const number = /^\d{1,3}$/.test(name) ? Number(name) : protocols.get(name);
  return number === undefined || number > 255 ? undefined : only(number);
}

/**
 * `protocol udp`, `!tcp`, `all`, `47`. `!tcp_udp` takes every packet: EdgeOS writes it as two rules, 'not TCP' and
 * 'not UDP', of which each packet fulfils one (rule.cpp).
 */
export function protocolCondition(text: string): Condition {
  if (text === '!tcp_udp') return { sure: [{}], possible: [{}] };
  const { word, negated } = negation(text);
  const known = listed([word], protocolNumbers, all.protocol, 'protocol');
  return inField('protocol', negatable(known, negated, all.protocol));
}

/** `192.0.2.1`, `192.0.2.0/24`, `192.0.2.1-192.0.2.9`; undefined for all else, and for the other family. */
export function addresses(word: string, family: Family): Ranges | undefined {
  const dash = word.indexOf('-');
  if (dash === -1) {
    const prefix = parsePrefix(word);
    return prefix?.family === family ? span(prefix.first, last(prefix)) : undefined;
  }
  const from = parseAddress(word.slice(0, dash));
  const to = parseAddress(word.slice(dash + 1));
  return from?.family === family && to?.family === family ? span(from.address, to.address) : undefined;
}

export const allAddresses = (family: Family): Ranges => span(0, (1n << (family === 4 ? 32n : 128n)) - 1n);

/** `22`, `ssh`, `1000-2000`. */
export function ports(word: string): Ranges | undefined {
  const [first, last = first] = /^\d{1,5}(-\d{1,5})?$/.test(word)
    ? word.split('-').map(Number)
    : [services.get(word.toLowerCase())];
  return first === undefined || last === undefined || last > 65535 ? undefined : span(first, last);
}

/** `!22,telnet,1001-1005`: the `!` negates the list. */
export function portCondition(field: 'sourcePort' | 'destinationPort', text: string): Condition {
  const { word, negated } = negation(text);
  const words = word.split(',').filter(part => part !== '');
  return inField(field, negatable(listed(words, ports, all[field], 'port'), negated, all[field]));
}

/** A port group knows TCP and UDP only (the kernel's ip_set_get_ip_port): negated, it takes every other protocol whole. */
export function portGroupCondition(
  field: 'sourcePort' | 'destinationPort',
  group: Known,
  negated: boolean,
): Condition {
  const found = inField(field, negatable(group, negated, all[field]), { protocol: tcpAndUdp });
  if (!negated) return found;
  const others: Packets = { protocol: difference(all.protocol, tcpAndUdp) };
  return { ...found, sure: [...found.sure, others], possible: [...found.possible, others] };
}

const flagBits = new Map([
  ['FIN', 1],
  ['SYN', 2],
  ['RST', 4],
  ['PSH', 8],
  ['ACK', 16],
  ['URG', 32],
  ['ALL', 63],
  ['NONE', 0],
]);

/** `SYN,!ACK`: the flags that must be set and those that must not; others may be either. */
export function tcpFlagsCondition(text: string): Condition {
  let mask = 0;
  let set = 0;
  for (const part of text.split(',').filter(flag => flag !== '')) {
    const { word, negated } = negation(part);
    const bit = flagBits.get(word.toUpperCase());
    if (bit === undefined) return undecided(`tcp flag ${word} is not known`);
    mask |= bit;
    if (!negated) set |= bit;
  }
  const fitting = Array.from({ length: 64 }, (_, flags) => flags).filter(flags => (flags & mask) === set);
  return inField('tcpFlags', { sure: only(...fitting), possible: only(...fitting) });
}

/** A type (and code) by number or name: `8`, `3/1`, `echo-request`. Type 255 of ICMP is every type. */
export function icmpCondition(text: string, family: Family): Condition {
  const names = family === 4 ? icmpTypes : icmpv6Types;
  const numbers = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(text);
  const found: IcmpType | undefined =
    numbers === null
      ? names.get(text.toLowerCase())
      : { type: Number(numbers[1]), ...(numbers[2] === undefined ? {} : { code: Number(numbers[2]) }) };
  if (found === undefined) return undecided(`icmp type ${text} is not known`);
  if (family === 4 && found.type === 255) return { sure: [{}], possible: [{}] };
  const first = found.type * 256 + (found.code ?? 0);
  const set = ranges([[BigInt(first), BigInt(found.code === undefined ? first + 255 : first)]]);
  return inField('icmp', { sure: set, possible: set });
}
