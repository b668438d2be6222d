// The nodes whose rulesets share one namespace (docs/edgeos.md 'Rulesets').
import { has, type Path, type Tree, values } from '../../vyatta/tree.ts';

/** Where rulesets stand below `firewall`. */
export type RulesetNode = 'name' | 'ipv6-name' | 'modify' | 'ipv6-modify';

export const rulesetNodes: readonly RulesetNode[] = ['name', 'ipv6-name', 'modify', 'ipv6-modify'];

const said: Readonly<Record<RulesetNode, string>> = {
  name: 'an IPv4 ruleset',
  'ipv6-name': 'an IPv6 ruleset',
  modify: 'an IPv4 modify ruleset',
  'ipv6-modify': 'an IPv6 modify ruleset',
};

/** `an IPv4 ruleset`. */
export const tellNode = (node: RulesetNode): string => said[node];

export const pathAt = (node: RulesetNode, name: string): Path => ['firewall', node, name];

export const hasAt = (tree: Tree, node: RulesetNode, name: string): boolean => has(tree, pathAt(node, name));

/** The nodes that have a ruleset, by its name; names in the order of the nodes. */
export function nodesByName(tree: Tree): Map<string, RulesetNode[]> {
  const found = new Map<string, RulesetNode[]>();
  for (const node of rulesetNodes)
    for (const name of values(tree, ['firewall', node])) found.set(name, [...(found.get(name) ?? []), node]);
  return found;
}
