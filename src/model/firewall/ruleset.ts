// Rulesets of a configuration as data: `firewall name` for IPv4, `firewall ipv6-name` for IPv6 (docs/edgeos.md 'Rulesets').
import { find, type Path, type Tree, value } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { groupOf } from './groups.ts';
import { type Action, type Rule, readRule } from './rule.ts';

export interface Ruleset {
  readonly name: string;
  readonly family: Family;
  /** Ascending by number: the order of evaluation. Disabled ones are here too, and take nothing. */
  readonly rules: readonly Rule[];
  readonly defaultAction: Action;
  /** enable-default-log. */
  readonly logsDefault: boolean;
}

/** Where a family's rulesets stand. */
export const treeOf = (family: Family): 'name' | 'ipv6-name' => (family === 4 ? 'name' : 'ipv6-name');

export const rulesetPath = (family: Family, name: string): Path => ['firewall', treeOf(family), name];

/** Undefined when the configuration has no such ruleset in that family. */
export function readRuleset(tree: Tree, family: Family, name: string): Ruleset | undefined {
  const node = find(tree, rulesetPath(family, name));
  if (node === undefined || node.deactivated === true) return undefined;
  const rules = [...(node.children.get('rule')?.children ?? [])]
    .filter(([number]) => /^\d+$/.test(number))
    .map(([number, rule]) =>
      readRule(Number(number), rule, family, (kind, group) => groupOf(tree, kind, family, group)),
    )
    .sort((a, b) => a.number - b.number);
  const action = value(node, ['default-action']);
  return {
    name,
    family,
    rules,
    defaultAction: action === 'accept' || action === 'reject' ? action : 'drop',
    logsDefault: node.children.has('enable-default-log'),
  };
}

/** The rulesets of one configuration, each read when it is first asked for. */
export interface Firewall {
  readonly tree: Tree;
  ruleset(family: Family, name: string): Ruleset | undefined;
}

export function firewallOf(tree: Tree): Firewall {
  const read = new Map<string, Ruleset | undefined>();
  return {
    tree,
    ruleset(family, name) {
      const key = `${family} ${name}`;
      if (!read.has(key)) read.set(key, readRuleset(tree, family, name));
      return read.get(key);
    },
  };
}
