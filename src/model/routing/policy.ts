// Policy routing: modify rules on the interface by which packets come in may send them by another table or a load-balance group. What
// they make of a packet is asked of the firewall's own conditions (firewall/modify.ts); here is what follows for its way.

import { type Interface, linkedTo } from '../../vyatta/interfaces.ts';
import { type Path, type Tree, value, values } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { last, type Prefix, parsePrefix } from '../../wireguard/prefix.ts';
import { compared, markOfTable, tableNumber } from '../firewall/mark.ts';
import {
  type Marked,
  type ModifyRule,
  modify,
  modifyTree,
  readModify,
  tableNumberOf,
} from '../firewall/modify.ts';
import type { Packets } from '../firewall/packets.ts';
import { intersection, type Ranges, ranges } from '../firewall/ranges.ts';
import { peersOf } from './peers.ts';
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

/** What an interface's own networks send: of a tunnel's what its peers may, for WireGuard drops all else. */
export function networksOf(iface: Interface, family: Family): Ranges {
  const own = rangesOf(
    linkedTo(iface).flatMap(({ text }) => parsePrefix(text) ?? []),
    family,
  );
  const peers = peersOf(iface).filter(({ disabled }) => !disabled);
  if (peers.length === 0) return own;
  const theirs = rangesOf(
    peers.flatMap(({ allowed }) => allowed.map(({ prefix }) => prefix)),
    family,
  );
  const both = intersection(own, theirs);
  return both.length === 0 ? own : both;
}

const rangesOf = (prefixes: readonly Prefix[], family: Family): Ranges =>
  ranges(prefixes.filter(prefix => prefix.family === family).map(prefix => [prefix.first, last(prefix)]));

/** The modify ruleset that an interface names for what comes in by it. */
export const modifierOf = (iface: Interface, family: Family): string | undefined =>
  value(iface.node, ['firewall', 'in', modifyTree(family)]);

const read = new WeakMap<Tree, Map<string, ModifyRule[] | undefined>>();

/** Its rules; undefined where it isn't there. */
export function modifiers(tree: Tree, family: Family, name: string): ModifyRule[] | undefined {
  const found = read.get(tree) ?? new Map<string, ModifyRule[] | undefined>();
  read.set(tree, found);
  const key = `${family} ${name}`;
  if (!found.has(key)) found.set(key, readModify(tree, family, name));
  return found.get(key);
}

/** A table, or the group that chooses one; neither where only the router knows it. */
export interface Choice {
  readonly table?: string;
  readonly group?: string;
  readonly doubts: readonly string[];
}

/** Which tables may carry what a modify ruleset let go. */
export function chosenTables(tree: Tree, family: Family, { mark, group, by }: Marked): Choice[] {
  if (group !== undefined) return [{ group, doubts: [] }];
  const number = tableNumber(mark);
  if (number === undefined) {
    const rule = by.at(-1);
    const who = rule === undefined ? 'a rule' : `rule ${rule.number} of ${rule.ruleset}`;
    return [{ doubts: [`${who} gives them a mark that only the router knows`] }];
  }
  const table = ruledTables(tree).find(one => compared(mark, markOfTable(tableNumberOf(one))) === 'yes');
  if (number === 0 || table === undefined || table === 'main') return [{ table: 'main', doubts: [] }];
  if (family === 4) return [{ table, doubts: [] }];
  return [
    { table, doubts: [`the router has an IPv6 rule for table ${table}, which is not known`] },
    { table: 'main', doubts: [`the router has no IPv6 rule for table ${table}, which is not known`] },
  ];
}

const ruled = new WeakMap<Tree, readonly string[]>();

/** The tables for which there is a rule in the kernel, since a modify rule names them; the first asked first. */
function ruledTables(tree: Tree): readonly string[] {
  let found = ruled.get(tree);
  if (found === undefined) {
    const names = (['modify', 'ipv6-modify'] as const).flatMap(node =>
      values(tree, ['firewall', node]).flatMap(name =>
        values(tree, ['firewall', node, name, 'rule']).flatMap(
          number => value(tree, ['firewall', node, name, 'rule', number, 'modify', 'table']) ?? [],
        ),
      ),
    );
    found = [...new Set(names)].sort((a, b) => tableNumberOf(a) - tableNumberOf(b));
    ruled.set(tree, found);
  }
  return found;
}

/** Rules of an interface that may take packets of the question elsewhere, in order, up to the first that surely takes them all. */
function detours(tree: Tree, from: Interface, family: Family, question: Packets): Detour[] {
  const name = modifierOf(from, family);
  const rules = name === undefined ? undefined : modifiers(tree, family, name);
  if (rules === undefined) return [];
  const found = new Map<string, Detour>();
  for (const one of modify(rules, family, question))
    for (const detour of detoursBy(tree, from, family, one))
      found.set(`${detour.number} ${JSON.stringify(detour.by)}`, {
        ...detour,
        isSure: detour.isSure && takesAll(one, question),
      });
  return [...found.values()].sort((a, b) => a.number - b.number);
}

const takesAll = ({ by }: Marked, question: Packets): boolean => {
  const rule = by.findLast(({ effect }) => effect.kind !== 'leave');
  return rule?.mark === undefined && rule?.takes.takes.some(set => holdsAll(set, question)) === true;
};

function detoursBy(tree: Tree, from: Interface, family: Family, one: Marked): Detour[] {
  const rule = one.by.findLast(({ effect }) => effect.kind !== 'leave');
  if (rule === undefined || one.isDropped) return [];
  const { ruleset, number, path, line } = rule;
  const common = { from, ruleset, number, path, ...(line !== undefined && { line }) };
  const isMain = rule.effect.kind === 'table' && rule.effect.table === 'main';
  return chosenTables(tree, family, one).flatMap(({ table, group }): Detour[] => {
    if (group !== undefined) return [{ ...common, by: { group }, isSure: true }];
    if (table === undefined || (table === 'main' && !isMain)) return [];
    return [{ ...common, by: { table }, isSure: true }];
  });
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
