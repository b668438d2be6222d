// A ruleset as the rules of iptables that EdgeOS makes of it: written from ubnt-fw's source (vyatta-cfg src/ubnt/fw/{rule,address,group}.cpp),
// and on purpose without a line of src/model/firewall, which is judged by it.
import type { Family } from '../../src/wireguard/prefix.ts';

/** A rule by the words of its leaves: `{'destination port': '22', 'state new': 'enable', disable: ''}`. */
export type RuleWords = Readonly<Record<string, string>>;

export interface RulesetWords {
  readonly family: Family;
  readonly defaultAction: string | undefined;
  readonly rules: ReadonlyMap<number, RuleWords>;
  /** Members by `address-group NAME`, `network-group NAME`, `port-group NAME`. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly isModify?: true;
}

/** What follows `set`. */
export function commandsOf(ruleset: RulesetWords, name: string): string[] {
  const node = ruleset.isModify ? 'modify' : 'name';
  const top = `firewall ${ruleset.family === 4 ? node : `ipv6-${node}`} ${name}`;
  const lines = [top];
  if (ruleset.defaultAction !== undefined) lines.push(`${top} default-action ${ruleset.defaultAction}`);
  for (const [group, members] of ruleset.groups) {
    const [kind = ''] = group.split('-');
    const v6 = ruleset.family === 6 && kind !== 'port' ? 'ipv6-' : '';
    lines.push(
      `firewall group ${v6}${group}`,
      ...members.map(member => `firewall group ${v6}${group} ${v6}${kind} '${member}'`),
    );
  }
  for (const [number, words] of ruleset.rules)
    for (const [leaf, word] of Object.entries(words)) {
      const path = ruleset.family === 6 ? leaf.replace(/group (address|network)/, 'group ipv6-$1') : leaf;
      lines.push(`${top} rule ${number} ${path}${word === '' ? '' : ` '${word}'`}`);
    }
  return lines;
}

/** Input of `ipset restore`. */
export function setsOf(ruleset: RulesetWords): string {
  const lines: string[] = [];
  for (const [group, members] of ruleset.groups) {
    const [kind, name] = group.split(' ');
    lines.push(
      kind === 'port-group'
        ? `create ${name} bitmap:port range 1-65535`
        : `create ${name} hash:net family ${ruleset.family === 4 ? 'inet' : 'inet6'}`,
      ...members.map(member => `add ${name} ${/^[a-z]/.test(member) ? `[${member}]` : member} -exist`),
    );
  }
  return lines.map(line => `${line}\n`).join('');
}

const targets: Readonly<Record<string, string>> = {
  accept: '-j RETURN',
  drop: '-j DROP',
  reject: '-j REJECT',
};

/**
 * Lines for chain TEST. A match goes to a chain of its rule's own, which logs the number (`@LOG`) and acts; RETURN there
 * leaves TEST, as EdgeOS's RETURN does.
 */
export function rulesOf(ruleset: RulesetWords): string {
  const matches: string[] = [];
  const takers: string[] = [];
  for (const number of [...ruleset.rules.keys()].sort((a, b) => a - b)) {
    const words = ruleset.rules.get(number) ?? {};
    if ('disable' in words) continue;
    takers.push(`:R${number} -`, `-A R${number} @LOG ${number}`);
    takers.push(`-A R${number} ${targets[words['action'] ?? '']}`);
    matches.push(...matchesOf(words).map(match => `-A TEST ${match} -g R${number}`));
  }
  const last = ['-A TEST @LOG default', `-A TEST ${targets[ruleset.defaultAction ?? 'drop']}`];
  return [...takers, ...matches, ...last].join('\n');
}

/** The tables that modify rules name, each with its mark (fw_pbr.cpp). */
export const tablesOf = (ruleset: RulesetWords): [table: number, mark: number][] =>
  [...new Set([...ruleset.rules.values()].flatMap(words => words['modify table'] ?? []))].map(word => {
    const table = word === 'main' ? 254 : Number(word);
    return [table, (table * 2 ** 23) % 2 ** 32];
  });

/** The same for a modify ruleset: one thing a rule, by its own target; behind the rules everything goes on. */
export function modifyRulesOf(ruleset: RulesetWords): string {
  const lines: string[] = [];
  for (const number of [...ruleset.rules.keys()].sort((a, b) => a - b)) {
    const words = ruleset.rules.get(number) ?? {};
    if ('disable' in words) continue;
    lines.push(...matchesOf(words).map(match => `-A TEST ${match} ${modifyTarget(words)}`));
  }
  return [...lines, '-A TEST -j RETURN'].join('\n');
}

function modifyTarget(words: RuleWords): string {
  const table = words['modify table'];
  if (table !== undefined) return `-j UBNT_PBR_${table === 'main' ? 254 : table}`;
  const mark = words['modify mark'];
  if (mark !== undefined) return `-j MARK --set-mark ${withMask(mark)}`;
  return words['action'] === 'drop' ? '-j DROP' : '-j RETURN';
}

/** `my_atoi(mark) <= 255`, which reads the digits that a word begins with. */
const withMask = (mark: string): string =>
  !mark.includes('/') && Number.parseInt(mark, 10) <= 255 ? `${mark}/0xff` : mark;

const not = (word: string, option: string): string =>
  word.startsWith('!') ? `! ${option} ${word.slice(1)}` : `${option} ${word}`;

function matchesOf(words: RuleWords): string[] {
  const parts: string[] = [];
  const states = ['established', 'new', 'related', 'invalid'].filter(
    state => words[`state ${state}`] === 'enable',
  );
  if (states.length > 0) parts.push(`-m state --state ${states.join(',')}`);
  const flags = words['tcp flags'];
  if (flags !== undefined) parts.push(`-m tcp --tcp-flags ${tcpFlags(flags)}`);
  const icmp = words['icmp type-name'] ?? icmpNumber(words);
  if (icmp !== undefined) parts.push(`--icmp-type ${icmp}`);
  const icmpv6 = words['icmpv6 type'];
  if (icmpv6 !== undefined) parts.push(`-m icmpv6 --icmpv6-type ${icmpv6}`);
  parts.push(...sideOf(words, 'source'), ...sideOf(words, 'destination'));
  if ('fragment match-frag' in words) parts.push('-f');
  if ('fragment match-non-frag' in words) parts.push('! -f');
  if ('ipsec match-ipsec' in words) parts.push('-m policy --pol ipsec --dir in');
  if ('ipsec match-none' in words) parts.push('-m policy --pol none --dir in');
  const weekdays = words['time weekdays'];
  if (weekdays !== undefined) parts.push(`-m time ${not(weekdays, '--weekdays')}`);
  const rate = words['limit rate'];
  if (rate !== undefined) parts.push(`-m limit --limit ${rate} --limit-burst ${words['limit burst']}`);
  const mark = words['mark'];
  if (mark !== undefined)
    parts.push(
      `-m mark ${not(mark.startsWith('!') ? `!${withMask(mark.slice(1))}` : withMask(mark), '--mark')}`,
    );
  const percent = words['statistic probability'];
  if (percent !== undefined)
    parts.push(`-m statistic --mode random --probability ${Number.parseInt(percent, 10) / 100}`);
  return protocolsOf(words['protocol']).map(protocol => [protocol, ...parts].join(' '));
}

function protocolsOf(word: string | undefined): string[] {
  if (word === undefined) return [''];
  if (word === 'tcp_udp') return ['-p tcp', '-p udp'];
  if (word === '!tcp_udp') return ['! -p tcp', '! -p udp'];
  return [not(word, '-p')];
}

function icmpNumber(words: RuleWords): string | undefined {
  const code = words['icmp code'];
  return code === undefined ? words['icmp type'] : `${words['icmp type']}/${code}`;
}

function tcpFlags(text: string): string {
  const flags = text.split(',');
  const set = flags.filter(flag => !flag.startsWith('!'));
  return `${flags.map(flag => flag.replace('!', '')).join(',')} ${set.length === 0 ? 'NONE' : set.join(',')}`;
}

function sideOf(words: RuleWords, side: 'source' | 'destination'): string[] {
  const short = side === 'source' ? 'src' : 'dst';
  const parts: string[] = [];
  const mac = words[`${side} mac-address`];
  if (mac !== undefined) parts.push(`-m mac ${not(mac, '--mac-source')}`);
  const address = words[`${side} address`];
  if (address !== undefined)
    parts.push(
      address.includes('-') ? `-m iprange ${not(address, `--${short}-range`)}` : not(address, `--${side}`),
    );
  const port = words[`${side} port`];
  if (port !== undefined) {
    const list = port.replace('!', '').replace(/(\d)-(\d)/g, '$1:$2');
    const option = `--${short.charAt(0)}port${/[,:]/.test(list) ? 's' : ''}`;
    const match = /[,:]/.test(list) ? '-m multiport ' : '';
    parts.push(`${match}${not(port.startsWith('!') ? `!${list}` : list, option)}`);
  }
  for (const kind of ['address-group', 'network-group', 'port-group']) {
    const group = words[`${side} group ${kind}`];
    if (group !== undefined) parts.push(`-m set ${not(group, '--match-set')} ${short}`);
  }
  return parts;
}
