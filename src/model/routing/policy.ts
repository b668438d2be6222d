// Policy routing: `firewall modify` rules on the interface by which packets come in may send them by another table or a
// load-balance group. Whether a rule takes a packet is asked of the firewall's own conditions.

import type { Interface } from '../../vyatta/interfaces.ts';
import { find, type Path, type Tree, value, values } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { groupOf } from '../firewall/groups.ts';
import { meeting, type Packets } from '../firewall/packets.ts';
import { readRule } from '../firewall/rule.ts';

/** A rule that takes packets, or some of them, past the main table. */
export interface Detour {
  /** The interface by which they come in. */
  readonly from: Interface;
  readonly ruleset: string;
  readonly number: number;
  /** `main` sends them by the main table after all. */
  readonly by: { readonly table: string } | { readonly group: string };
  /** The rule takes all of the packets for certain; else it depends on what was not asked. */
  readonly isSure: boolean;
  readonly path: Path;
  readonly line?: number;
}

/** Rules of an interface that may take packets of the question elsewhere, in order, up to the first that surely takes them all. */
export function detours(tree: Tree, from: Interface, family: Family, question: Packets): Detour[] {
  const node = family === 4 ? 'modify' : 'ipv6-modify';
  const name = value(from.node, ['firewall', 'in', node]);
  const rules = name === undefined ? undefined : find(tree, ['firewall', node, name, 'rule']);
  if (name === undefined || rules === undefined) return [];
  const found: Detour[] = [];
  for (const number of values(rules, [])
    .map(Number)
    .sort((a, b) => a - b)) {
    const detour = detourOf(tree, from, family, question, { node, name, number });
    if (detour === undefined) continue;
    found.push(detour);
    if (detour.isSure) break;
  }
  return found;
}

function detourOf(
  tree: Tree,
  from: Interface,
  family: Family,
  question: Packets,
  { node, name, number }: { node: string; name: string; number: number },
): Detour | undefined {
  const path = ['firewall', node, name, 'rule', String(number)];
  const said = find(tree, path);
  const table = said && value(said, ['modify', 'table']);
  const group = said && value(said, ['modify', 'lb-group']);
  const by = table !== undefined ? { table } : group !== undefined ? { group } : undefined;
  if (said === undefined || by === undefined) return undefined;
  // What decides is the condition; `modify` itself is no action of a filter.
  const children = new Map([...said.children].filter(([word]) => word !== 'modify'));
  children.set('action', { children: new Map([['accept', { children: new Map() }]]) });
  const rule = readRule(number, { ...said, children }, family, (kind, one) =>
    groupOf(tree, kind, family, one),
  );
  const sure = rule.takes.some(set => holdsAll(set, question));
  if (!sure && ![...rule.takes, ...rule.mayTake].some(set => meeting(set, question))) return undefined;
  const { line } = said;
  return { from, ruleset: name, number, by, isSure: sure, path, ...(line !== undefined && { line }) };
}

/** Every packet of the question is in the set: the set says nothing that the question doesn't say as narrowly. */
function holdsAll(set: Packets, question: Packets): boolean {
  return (Object.keys(set) as (keyof Packets)[]).every(field => {
    const asked = question[field];
    const taken = set[field];
    if (taken === undefined) return true;
    if (asked === undefined) return false;
    return asked.every(([first, last]) => taken.some(([from, to]) => from <= first && last <= to));
  });
}
