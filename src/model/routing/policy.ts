// Policy routing: `firewall modify` rules on the interface by which packets come in may send them by another table or a
// load-balance group. Whether a rule takes a packet is asked of the firewall's own conditions.

import { addressesOf, type Interface } from '../../vyatta/interfaces.ts';
import { find, type Path, type Tree, value, values } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { last, type Prefix, parsePrefix } from '../../wireguard/prefix.ts';
import { groupOf } from '../firewall/groups.ts';
import { meeting, type Packets } from '../firewall/packets.ts';
import { ranges } from '../firewall/ranges.ts';
import { readRule } from '../firewall/rule.ts';
import type { Routing } from './routing.ts';

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

/** Every rule that may take packets for `target` past the main table, of each interface by which they come in from its own networks. */
export function detoursTo({ tree, ifaces }: Routing, target: Prefix): Detour[] {
  const { family } = target;
  const destination = ranges([[target.first, last(target)]]);
  return modified(ifaces)
    .filter(iface => modifierOf(iface, family) !== undefined)
    .flatMap(iface => {
      const source = networksOf(iface, family);
      return detours(tree, iface, family, { destination, ...(source.length > 0 && { source }) });
    });
}

/** The interfaces by which such a rule sends packets for `target`; none where it ends in the main table, or drops them. */
export function waysOf(routing: Routing, { by }: Detour, target: Prefix): string[] {
  if ('group' in by) return values(routing.tree, ['load-balance', 'group', by.group, 'interface']);
  if (by.table === 'main') return [];
  return routing
    .table(by.table)
    .best(target)
    .flatMap(({ out, via }) => out ?? via ?? []);
}

const known = new WeakMap<readonly Interface[], readonly Interface[]>();

/** Those that have such rules at all: a few of many, and asked for every route. */
function modified(ifaces: readonly Interface[]): readonly Interface[] {
  let found = known.get(ifaces);
  if (found === undefined) {
    found = ifaces.filter(
      iface => !iface.disabled && ([4, 6] as const).some(family => modifierOf(iface, family) !== undefined),
    );
    known.set(ifaces, found);
  }
  return found;
}

const networksOf = (iface: Interface, family: Family): Packets['source'] & {} =>
  ranges(
    addressesOf(iface)
      .flatMap(text => parsePrefix(text) ?? [])
      .filter(prefix => prefix.family === family)
      .map(prefix => [prefix.first, last(prefix)]),
  );

const treeOf = (family: Family): 'modify' | 'ipv6-modify' => (family === 4 ? 'modify' : 'ipv6-modify');

const modifierOf = (iface: Interface, family: Family): string | undefined =>
  value(iface.node, ['firewall', 'in', treeOf(family)]);

/** Rules of an interface that may take packets of the question elsewhere, in order, up to the first that surely takes them all. */
function detours(tree: Tree, from: Interface, family: Family, question: Packets): Detour[] {
  const node = treeOf(family);
  const name = modifierOf(from, family);
  const rules = name === undefined ? undefined : find(tree, ['firewall', node, name, 'rule']);
  if (name === undefined || rules === undefined) return [];
  const found: Detour[] = [];
  for (const number of values(rules, [])
    .map(Number)
    .sort((a, b) => a - b)) {
    const taken = takenBy(tree, from, family, question, { node, name, number });
    if (taken === undefined) continue;
    const { by, ...rest } = taken;
    if (by !== undefined) found.push({ ...rest, by });
    if (rest.isSure) break;
  }
  return found;
}

/** `by` is undefined for a rule that ends the ruleset and leaves them to the main table. */
function takenBy(
  tree: Tree,
  from: Interface,
  family: Family,
  question: Packets,
  { node, name, number }: { node: string; name: string; number: number },
): (Omit<Detour, 'by'> & { readonly by: Detour['by'] | undefined }) | undefined {
  const path = ['firewall', node, name, 'rule', String(number)];
  const said = find(tree, path);
  const table = said && value(said, ['modify', 'table']);
  const group = said && value(said, ['modify', 'lb-group']);
  const by = table !== undefined ? { table } : group !== undefined ? { group } : undefined;
  if (said === undefined || (by === undefined && value(said, ['action']) === 'modify')) return undefined;
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
