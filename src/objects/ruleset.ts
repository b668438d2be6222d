// A firewall ruleset that is the file's as a whole, and its rules. Also the words of a rule that opens a port (port-rule.ts).
import { usesOf } from '../model/firewall/attached.ts';
import { treeOf } from '../model/firewall/ruleset.ts';
import { managesRule } from '../site/manages.ts';
import type { Icmp, Rule, Ruleset } from '../site/site.ts';
import { interfacesOf } from '../vyatta/interfaces.ts';
import { type Path, type Tree, value, values } from '../vyatta/tree.ts';
import type { Family } from '../wireguard/prefix.ts';
import type { Draft } from './draft.ts';
import type { Claim } from './hold.ts';
import { any, type KeyOf, Kind } from './kind.ts';
import { leafOf, numberOr } from './leaf.ts';
import { enabled, endLeaves } from './match.ts';
import type { Wanted } from './wanted.ts';

const sets = { 4: treeOf(4), 6: treeOf(6) } as const;

const leaf = leafOf<Ruleset>();
const leaves = [
  leaf('default-action', 'default'),
  leaf('description', 'description'),
  leaf('enable-default-log', 'log'),
];

export const ruleset: Kind<[family: Family, name: string], KeyOf<typeof leaves>> = new Kind({
  at: ['firewall', sets, any],
  leaves,
  hold: (claim, _, name) => (isOurs(claim, name) ? 'all' : 'none'),
  title: (family, name) => ({
    title: `ruleset ${name} (IPv${family})`,
    order: ['Firewall', name, 0],
  }),
});

/** Below an interface: where it names its ruleset for what comes to the router itself. */
export const localRuleset = (family: Family): Path => ['firewall', 'local', treeOf(family)];

const ruleLeaf = leafOf<Rule, RuleContext>();
interface RuleContext {
  readonly family: Family;
}

const ruleLeaves = [
  ruleLeaf('action', 'action'),
  ruleLeaf('description', 'description'),
  ruleLeaf('disable', 'disable'),
  ruleLeaf('log', 'log', enabled),
  ruleLeaf('protocol', 'protocol', numberOr),
  ruleLeaf('state', 'state', {
    words: states => states.map(state => [state, 'enable']),
    said: node => {
      const states = [...node.children.keys()].filter(state => value(node, [state]) === 'enable');
      return states.length === 0 ? undefined : states;
    },
  }),
  ...endLeaves('source'),
  ruleLeaf('source mac-address', 'source.macAddress'),
  ...endLeaves('destination'),
  ruleLeaf({ 4: 'icmp', 6: 'icmpv6' }, 'icmp', {
    words: (icmp, _, { family }) => icmpWords(icmp, family),
    said: icmpSaid,
  }),
];

export const rule: Kind<
  [family: Family, ruleset: string, number: string],
  KeyOf<typeof ruleLeaves>
> = new Kind({
  at: ['firewall', sets, any, 'rule', any],
  leaves: ruleLeaves,
  hold: (claim, family, name, number) => {
    if (isOurs(claim, name) || managesRule(claim.site, name, Number(number))) return 'all';
    if (claim.site.absent.firewallRules.get(name)?.includes(Number(number))) return 'all';
    const instance = [family, name, number] as const;
    return claim.wants(rule.path(...instance)) || isPortRule(claim, instance) ? 'said' : 'none';
  },
  title: (family, name, number) => ({
    title: `rule ${number} of ${name} (IPv${family})`,
    order: ['Firewall', name, Number(number)],
  }),
  isOneEntry: true,
});

function isOurs({ site }: Claim, name: string): boolean {
  return site.rulesets.some(one => one.name === name) || site.absent.rulesets.includes(name);
}

/** What edgewg calls the rule that opens the port of a tunnel. */
export const portRuleName = (tunnel: string): string => `WireGuard ${tunnel}`;

/** A rule of the uplink that edgewg once made for a tunnel, by the name that it gives: the file may have forgotten it. */
function isPortRule({ site, running }: Claim, instance: readonly [Family, string, string]): boolean {
  const { ipv4, ipv6 } = site.uplink.rulesets;
  if (![ipv4, ipv6].includes(instance[1])) return false;
  const description = rule.value(running, 'description', ...instance) ?? '';
  return /^WireGuard wg\d+$/.test(description) && rule.value(running, 'action', ...instance) === 'accept';
}

/** A name of EdgeOS's list stands at `type-name` for IPv4, and at `type` for IPv6. */
function icmpWords(icmp: Icmp, family: Family): Path[] {
  if ('typeName' in icmp) return [[family === 4 ? 'type-name' : 'type', icmp.typeName]];
  const type = ['type', String(icmp.type)];
  return icmp.code === undefined ? [type] : [type, ['code', String(icmp.code)]];
}

function icmpSaid(node: Tree): unknown {
  const type = value(node, ['type']);
  const name = value(node, ['type-name']) ?? type;
  const code = value(node, ['code']);
  if (name !== undefined && !/^\d+$/.test(name)) return name;
  if (type === undefined) return undefined;
  return { type: Number(type), ...(code === undefined ? {} : { code: Number(code) }) };
}

export function wantRuleset(wanted: Wanted, said: Ruleset): void {
  const { family, name } = said;
  ruleset.want(wanted, said, [family, name]);
  for (const one of said.rules)
    rule.want(wanted, one, [family, name, String(one.number)], { family } satisfies RuleContext);
}

/** Rulesets that nothing but WireGuard interfaces is guarded by: they can be the file's as a whole. */
export function draftRulesets(draft: Draft, running: Tree): void {
  const ifaces = interfacesOf(running);
  const tunnels = ifaces.filter(iface => iface.kind === 'wireguard');
  const others = ifaces.filter(iface => iface.kind !== 'wireguard');
  for (const family of [4, 6] as const) {
    const elsewhere = new Set(usesOf(running, others, family).map(use => use.name));
    const names = usesOf(running, tunnels, family)
      .filter(use => use.path[0] === 'interfaces')
      .map(use => use.name);
    for (const name of new Set(names)) {
      if (!ruleset.has(running, family, name) || elsewhere.has(name) || draft.has(['rulesets', name]))
        continue;
      draft.set(['rulesets', name], rulesetData(running, family, name), ruleset.path(family, name));
    }
  }
}

function rulesetData(running: Tree, family: Family, name: string) {
  const numbers = values(running, [...ruleset.path(family, name), 'rule']).sort(
    (a, b) => Number(a) - Number(b),
  );
  const rules = numbers.map(number => [
    number,
    { action: 'drop', ...rule.data(running, family, name, number) },
  ]);
  return {
    family: family === 4 ? 'ipv4' : 'ipv6',
    // EdgeOS drops where nothing is said
    default: 'drop',
    ...ruleset.data(running, family, name),
    ...(rules.length === 0 ? {} : { rules: Object.fromEntries(rules) }),
  };
}
