// The parts of one firewall rule among each other: what ubnt-fw would refuse at commit (docs/edgeos.md 'Rulesets';
// vyatta-cfg src/ubnt/fw/rule.cpp and address.cpp).
import type { Family } from '../../wireguard/prefix.ts';
import { icmpNames, parseMatchAddress } from '../grammar/firewall.ts';
import type { Rule as FirewallRule, Match, Ruleset } from '../site.ts';
import type { Rule, RuleContext } from './rule.ts';

/** What a rule of a ruleset and one of NAT have in common. */
type Matching = Pick<FirewallRule, 'at' | 'protocol' | 'source' | 'destination'>;
type Owner = Pick<Ruleset, 'family' | 'name'>;

type Check = (rule: FirewallRule, ruleset: Ruleset, context: RuleContext) => void;
type MatchCheck = (rule: Matching, owner: Owner, context: RuleContext) => void;

const sides = (rule: Matching): { side: 'source' | 'destination'; match: Match }[] => [
  ...(rule.source === undefined ? [] : [{ side: 'source' as const, match: rule.source }]),
  ...(rule.destination === undefined ? [] : [{ side: 'destination' as const, match: rule.destination }]),
];

const addressFamilies: MatchCheck = (rule, ruleset, { report }) => {
  for (const { side, match } of sides(rule)) {
    const family = match.address === undefined ? undefined : parseMatchAddress(match.address)?.family;
    if (family !== undefined && family !== ruleset.family)
      report([...rule.at, side, 'address'], {
        code: 'ruleset-family',
        message: `this is an IPv${family} address in ${ruleset.name} for IPv${ruleset.family}`,
        hint: `write an IPv${ruleset.family} address, or move the rule`,
      });
  }
};

const withPorts = new Set(['tcp', 'udp', 'tcp_udp', '6', '17']);

const portsNeedProtocol: MatchCheck = (rule, _ruleset, { report, isMissing }) => {
  if (rule.protocol === undefined && !isMissing([...rule.at, 'protocol'])) return;
  for (const { side, match } of sides(rule)) {
    const key = match.port === undefined ? 'group' : 'port';
    if (match.port === undefined && match.group?.port === undefined) continue;
    if (withPorts.has(rule.protocol ?? '')) continue;
    report([...rule.at, side, key], {
      code: 'port-without-protocol',
      message: `ports need a protocol that has them, ${rule.protocol === undefined ? 'and the rule names none' : `not ${rule.protocol}`}`,
      hint: 'add `protocol: tcp`, udp or tcp_udp to the rule',
    });
  }
};

/** How many ports EdgeOS counts: one is matched plainly, more as a list. */
const isList = (match: Match | undefined): boolean =>
  /[-,]/.test(match?.port?.replaceAll(/[a-z][a-z0-9-]*/g, 'x') ?? '');

const portLists: MatchCheck = (rule, _ruleset, { report, line }) => {
  const { source, destination } = rule;
  if (source?.port === undefined || destination?.port === undefined) return;
  if (isList(source) === isList(destination)) return;
  const [many, one] = isList(source) ? ['source', 'destination'] : ['destination', 'source'];
  report([...rule.at, many, 'port'], {
    code: 'port-lists',
    message: `EdgeOS takes no list of ports here with a single one as ${one}${line([...rule.at, one, 'port'])}`,
    hint: 'make two rules of it, or name a list on both sides',
  });
};

const groupsAndValues: MatchCheck = (rule, _ruleset, { report }) => {
  for (const { side, match } of sides(rule)) {
    const { address, port, group } = match;
    const clash = (message: string): void =>
      report([...rule.at, side, 'group'], { code: 'group-and-value', message, hint: 'keep one of the two' });
    if (group?.address !== undefined && group.network !== undefined)
      clash('an address group and a network group cannot stand together');
    if (
      address !== undefined &&
      (group?.network !== undefined || (group?.address !== undefined && address.includes('-')))
    )
      clash('a group and an address cannot stand together');
    if (port !== undefined && group?.port !== undefined)
      clash('a port group and a port cannot stand together');
  }
};

const icmpProtocols: Record<Family, ReadonlySet<string>> = {
  4: new Set(['icmp', '1']),
  6: new Set(['icmpv6', 'ipv6-icmp', '58']),
};

const icmpNeedsProtocol: Check = (rule, { name, family }, { report }) => {
  const foreign = icmpProtocols[family === 4 ? 6 : 4].has(rule.protocol ?? '');
  if (foreign)
    report([...rule.at, 'protocol'], {
      code: 'ruleset-family',
      message: `ruleset ${name} is for IPv${family}, which has no ${rule.protocol}`,
      hint: `write ${family === 4 ? 'icmp' : 'ipv6-icmp'}`,
    });
  if (rule.icmp === undefined || foreign) return;
  if (!icmpProtocols[family].has(rule.protocol ?? ''))
    report([...rule.at, 'icmp'], {
      code: 'icmp-without-protocol',
      message: 'a type of ICMP needs the protocol ICMP',
      hint: `add \`protocol: ${family === 4 ? 'icmp' : 'ipv6-icmp'}\` to the rule`,
    });
  else if ('typeName' in rule.icmp && !icmpNames[family].includes(rule.icmp.typeName))
    report([...rule.at, 'icmp'], {
      code: 'ruleset-family',
      message: `${rule.icmp.typeName} is no type of ICMP for IPv${family}`,
      hint: 'write { type: NUMBER }',
    });
};

const matchChecks: readonly MatchCheck[] = [addressFamilies, portsNeedProtocol, portLists, groupsAndValues];

/** What source and destination of one rule say among each other; `name` of the owner is for messages. */
export function soundMatches(rule: Matching, owner: Owner, context: RuleContext): void {
  for (const check of matchChecks) check(rule, owner, context);
}

export const soundFirewallRules: Rule = context => {
  for (const ruleset of context.site.rulesets)
    for (const rule of ruleset.rules) {
      soundMatches(rule, { family: ruleset.family, name: `ruleset ${ruleset.name}` }, context);
      icmpNeedsProtocol(rule, ruleset, context);
    }
};
