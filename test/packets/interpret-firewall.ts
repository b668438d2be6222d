// Rulesets, groups, NAT and the MSS clamp as input of ipset and iptables-restore. The rules themselves are those that the firewall engine
// is judged by (test/support/iptables.ts); hooks and chains as on EdgeOS: FORWARD asks `in` and then `out`, INPUT asks `local`.
import { type RuleWords, rulesOf, setsOf } from '../support/iptables.ts';
import type { Attachment } from './interpret.ts';
import { modifyChains } from './interpret-policy.ts';
import type { Reading } from './reading.ts';

export interface Filter {
  /** Input of `ipset restore`. */
  readonly sets: string;
  /** Input of iptables-restore and ip6tables-restore. */
  readonly tables: Readonly<Record<4 | 6, string>>;
}

const valueless = ['disable', 'match-frag', 'match-non-frag', 'match-ipsec', 'match-none'];

export function readFilter(config: Reading, attached: readonly Attachment[]): Filter {
  const groups = readGroups(config);
  const sets = ([4, 6] as const).map(family =>
    setsOf({ family, defaultAction: undefined, rules: new Map(), groups: groups[family] }),
  );
  const table = (family: 4 | 6): string =>
    [
      '*filter',
      ...[':INPUT ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]'],
      ...readRulesets(config, family),
      ...hooks(attached.filter(one => one.family === family && one.modifies !== true)),
      'COMMIT',
      '*mangle',
      ...modifyChains(config, family, attached),
      ...clamp(config, family),
      'COMMIT',
      ...(family === 4 ? ['*nat', ...nat(config), 'COMMIT'] : []),
      '',
    ].join('\n');
  return { sets: sets.join(''), tables: { 4: table(4), 6: table(6) } };
}

function readGroups(config: Reading): Record<4 | 6, Map<string, readonly string[]>> {
  const groups = { 4: new Map<string, readonly string[]>(), 6: new Map<string, readonly string[]>() };
  for (const kind of config.names('firewall', 'group')) {
    const member = kind.replace(/-group$/, '');
    for (const name of config.names('firewall', 'group', kind)) {
      const values = config.values('firewall', 'group', kind, name, member);
      groups[kind.startsWith('ipv6') ? 6 : 4].set(`${kind.replace('ipv6-', '')} ${name}`, values);
    }
  }
  return groups;
}

/** The chains of every ruleset, named after it: `WAN_LOCAL`, and one per rule, which counts what it takes. */
function readRulesets(config: Reading, family: 4 | 6): string[] {
  const node = family === 4 ? 'name' : 'ipv6-name';
  return config.names('firewall', node).flatMap(name => {
    const at = config.at('firewall', node, name);
    const rules = new Map<number, RuleWords>();
    for (const number of at.names('rule')) rules.set(Number(number), at.at('rule', number).words(valueless));
    const text = rulesOf({ family, defaultAction: at.value('default-action'), rules, groups: new Map() });
    const chains = text
      .replace(/^(:|-A )R(\d+)/gm, `$1${name}-$2`)
      .replace(/ -g R(\d+)$/gm, ` -g ${name}-$1`)
      .replace(/^-A TEST/gm, `-A ${name}`)
      // the number of a rule is in its chain's name already, and the default's counter is that of its own rule
      .replace(/^.*@LOG.*\n/gm, '');
    return [`:${name} -`, ...chains.split('\n')];
  });
}

function hooks(attached: readonly Attachment[]): string[] {
  const order = { in: 0, out: 1, local: 2 };
  return [...attached]
    .sort((a, b) => order[a.direction] - order[b.direction])
    .map(({ interface: name, direction, ruleset }) => {
      const [chain, option] = {
        in: ['FORWARD', '-i'],
        out: ['FORWARD', '-o'],
        local: ['INPUT', '-i'],
      }[direction];
      return `-A ${chain} ${option} ${name} -j ${ruleset}`;
    });
}

/** What iptables calls the interfaces of a type; `all` is every interface (docs/edgeos.md 'Clamps'). */
const interfacesOf: Readonly<Record<string, readonly string[]>> = {
  pppoe: ['pppoe+'],
  pptp: ['pptpc+'],
  tun: ['tun+'],
  v6tun: ['v6tun+'],
  vti: ['vti+'],
  wg: ['wg+'],
  all: ['+'],
};

/** SYNs that leave by such an interface, and no others: the weaker reading (docs/contributing/packets.md). */
function clamp(config: Reading, family: 4 | 6): string[] {
  const at = config.at('firewall', 'options', family === 4 ? 'mss-clamp' : 'mss-clamp6');
  const mss = at.value('mss');
  if (mss === undefined) return [];
  return at
    .values('interface-type')
    .flatMap(type => interfacesOf[type] ?? [])
    .map(name => `-A POSTROUTING -o ${name} -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss ${mss}`);
}

function nat(config: Reading): string[] {
  return config
    .names('service', 'nat', 'rule')
    .sort((a, b) => Number(a) - Number(b))
    .flatMap(number => {
      const rule = config.at('service', 'nat', 'rule', number);
      if (rule.has('disable')) return [];
      const type = rule.value('type');
      const [side, chain] =
        type === 'destination'
          ? [`-i ${rule.value('inbound-interface')}`, 'PREROUTING']
          : [`-o ${rule.value('outbound-interface')}`, 'POSTROUTING'];
      return [`-A ${chain} ${side} ${natMatch(rule)} ${natTarget(rule, type)}`];
    });
}

function natMatch(rule: Reading): string {
  const words = [`-p ${rule.value('protocol') ?? 'all'}`];
  for (const [end, address, port] of [
    ['source', '-s', '--sport'],
    ['destination', '-d', '--dport'],
  ] as const) {
    const said = { address: rule.value(end, 'address'), port: rule.value(end, 'port') };
    if (said.address !== undefined) words.push(`${address} ${said.address}`);
    if (said.port !== undefined) words.push(`${port} ${said.port}`);
  }
  return words.join(' ');
}

function natTarget(rule: Reading, type: string | undefined): string {
  if (rule.has('exclude')) return '-j ACCEPT';
  if (type === 'masquerade') return '-j MASQUERADE';
  if (type === 'source') return `-j SNAT --to-source ${rule.value('outside-address', 'address')}`;
  const port = rule.value('inside-address', 'port') ?? rule.value('destination', 'port');
  return `-j DNAT --to-destination ${rule.value('inside-address', 'address')}${port === undefined ? '' : `:${port}`}`;
}
