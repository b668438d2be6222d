// The rules of one `firewall modify` ruleset: which packets each takes, and what becomes of them. The first that ends decides
// (docs/edgeos.md 'Policy routing').
import { find, type Path, type Tree, value } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { groupOf } from '../firewall/groups.ts';
import type { Packets } from '../firewall/packets.ts';
import { readRule } from '../firewall/rule.ts';

/** Where a family's modify rulesets stand. */
export const modifyTree = { 4: 'modify', 6: 'ipv6-modify' } as const;

/**
 * What a rule does: sends by a table (`main` among them) or a load-balance group, leaves packets to the main table, drops them; or
 * changes something else and goes on.
 */
export type Fate = { readonly table: string } | { readonly group: string } | 'accept' | 'drop' | 'goes on';

export interface ModifyRule {
  readonly number: number;
  readonly path: Path;
  readonly fate: Fate;
  readonly description?: string;
  /** What it takes for certain, and what it takes besides under conditions that no configuration shows. */
  readonly takes: readonly Packets[];
  readonly mayTake: readonly Packets[];
}

/** Ascending by number; disabled ones take nothing. */
export function modifyRules(tree: Tree, family: Family, ruleset: string): ModifyRule[] {
  const top = ['firewall', modifyTree[family], ruleset, 'rule'];
  return [...(find(tree, top)?.children ?? [])]
    .filter(([number]) => /^\d+$/.test(number))
    .map(([number, node]) => {
      const description = value(node, ['description']);
      return {
        number: Number(number),
        path: [...top, number],
        fate: fateOf(node),
        ...(description !== undefined && { description }),
        ...taken(tree, family, Number(number), node),
      };
    })
    .sort((a, b) => a.number - b.number);
}

function fateOf(node: Tree): Fate {
  const action = value(node, ['action']);
  if (action === 'accept' || action === 'drop') return action;
  const table = value(node, ['modify', 'table']);
  if (table !== undefined) return { table };
  const group = value(node, ['modify', 'lb-group']);
  return group === undefined ? 'goes on' : { group };
}

/** The conditions are those of a filter's rule; `modify` is no action that it knows. */
function taken(
  tree: Tree,
  family: Family,
  number: number,
  node: Tree,
): Pick<ModifyRule, 'takes' | 'mayTake'> {
  const children = new Map([...node.children].filter(([word]) => word !== 'modify'));
  children.set('action', { children: new Map([['accept', { children: new Map() }]]) });
  const { takes, mayTake } = readRule(number, { ...node, children }, family, (kind, name) =>
    groupOf(tree, kind, family, name),
  );
  return { takes, mayTake };
}

/** It leaves the packets to the main table. */
export const isToMain = (fate: Fate): boolean =>
  fate === 'accept' || (typeof fate === 'object' && 'table' in fate && fate.table === 'main');
