// The text of iptables-save and ip6tables-save as tables, chains and rules; of both back ends. What a rule says is a set of conditions in
// one notation, so that two rules can be compared whatever the order of their words.
import { canonicalPrefix } from '../../wireguard/prefix.ts';

export interface KernelRule {
  /** Of `-m comment`; empty when it has none. EdgeOS puts ruleset and number there. */
  readonly comment: string;
  /** `protocol=udp`, `destination-port=51820`, `!source=10.0.0.0/8`; sorted. */
  readonly conditions: readonly string[];
  readonly target: string;
  /** Words behind the target: `--set-mss 1380`. */
  readonly more: string;
  readonly line: string;
}

/** Rules by chain. */
export type Table = ReadonlyMap<string, readonly KernelRule[]>;

export type Netfilter = ReadonlyMap<string, Table>;

/** What iptables-save says, with exit code 0, of a table that it can't show (findings/iptables-save-behind-nft.sh). */
const notShown = /^# Table .+ is incompatible/m;

/** Undefined when the text is no such output, was cut short, or lacks a table that is there. */
export function parseNetfilter(text: string): Netfilter | undefined {
  if (notShown.test(text)) return undefined;
  const tables = new Map<string, Map<string, KernelRule[]>>();
  let chains: Map<string, KernelRule[]> | undefined;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('*')) {
      if (chains !== undefined) return undefined;
      chains = new Map();
      tables.set(line.slice(1), chains);
    } else if (line === 'COMMIT') {
      chains = undefined;
    } else if (chains === undefined) {
      return undefined;
    } else if (!addLine(chains, line)) {
      return undefined;
    }
  }
  return chains === undefined ? tables : undefined;
}

/** A chain, or a rule of one; false for anything else. */
function addLine(chains: Map<string, KernelRule[]>, line: string): boolean {
  if (line.startsWith(':')) {
    chains.set(line.slice(1).split(' ')[0] ?? '', []);
    return true;
  }
  // counters, where somebody asked for them
  const [add, name = '', ...rest] = wordsOf(line.replace(/^\[\d+:\d+\] /, ''));
  chains.get(name)?.push(ruleOf(rest, line));
  return add === '-A';
}

/** Words with blanks stand in double quotes, in which a backslash takes the next character. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain = '']) =>
    quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'),
  );
}

/** Options of one value by what they are called here. */
const known: Readonly<Record<string, string>> = {
  '-p': 'protocol',
  '-s': 'source',
  '-d': 'destination',
  '-i': 'in',
  '-o': 'out',
  '--sport': 'source-port',
  '--sports': 'source-port',
  '--dport': 'destination-port',
  '--dports': 'destination-port',
  '--state': 'state',
  '--ctstate': 'state',
  '--src-range': 'source',
  '--dst-range': 'destination',
  '--mac-source': 'mac',
  '--icmp-type': 'icmp',
  '--icmpv6-type': 'icmp',
};

/** What one option says, and how many words it took. */
interface Read {
  readonly taken: number;
  readonly comment?: string;
  readonly condition?: string;
}

function ruleOf(words: readonly string[], line: string): KernelRule {
  const conditions: string[] = [];
  let comment = '';
  for (let at = 0; at < words.length; ) {
    if (words[at] === '-j' || words[at] === '-g') {
      const [target = '', ...more] = words.slice(at + 1);
      return { comment, conditions: conditions.sort(), target, more: more.join(' '), line };
    }
    const isNot = words[at] === '!';
    const read = optionOf(words.slice(isNot ? at + 1 : at));
    comment = read.comment ?? comment;
    if (read.condition !== undefined) conditions.push(`${isNot ? '!' : ''}${read.condition}`);
    at += read.taken + (isNot ? 1 : 0);
  }
  return { comment, conditions: conditions.sort(), target: '', more: '', line };
}

function optionOf(words: readonly string[]): Read {
  const [option = '', value = '', ...rest] = words;
  if (option === '-m') return { taken: 2 };
  if (option === '--comment') return { taken: 2, comment: value };
  const name = Object.hasOwn(known, option) ? known[option] : undefined;
  if (name !== undefined) return { taken: 2, condition: `${name}=${canonical(name, value)}` };
  // an option of its own with all that belongs to it
  const next = [value, ...rest].findIndex(word => /^(-[a-z]$|--|!$)/.test(word));
  const own = next < 0 ? words : words.slice(0, next + 1);
  return { taken: own.length, condition: own.join(' ').replace(/^--match-set /, 'set=') };
}

const protocols: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '47': 'gre',
  '50': 'esp',
  '51': 'ah',
  '58': 'icmpv6',
  'ipv6-icmp': 'icmpv6',
};

/** The same value in one notation, as the configuration and as iptables write it. */
export function canonical(name: string, value: string): string {
  const list = (): string => value.toLowerCase().split(',').sort().join(',');
  switch (name) {
    case 'protocol':
      return protocols[value] ?? value.toLowerCase();
    case 'source':
    case 'destination':
      return value.includes('-') ? value : canonicalPrefix(withLength(value));
    case 'source-port':
    case 'destination-port':
      return list().replace(/(\d)-(\d)/g, '$1:$2');
    case 'state':
      return list();
    case 'mac':
      return value.toLowerCase();
    default:
      return value;
  }
}

const withLength = (text: string): string =>
  text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`;
