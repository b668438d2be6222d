// Which rulesets traffic really has to pass: those attached to interfaces, then those of zones (FORWARD and INPUT of EdgeOS
// in their order; vyatta-zone.pl for the zones). Reads the tree; what a ruleset says is verdict.ts.
import type { Interface } from '../../vyatta/interfaces.ts';
import { find, type Path, type Tree, value } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import type { Action } from './rule.ts';
import { treeOf } from './ruleset.ts';

/** `local`: to the router itself; `in` and `out`: through it, by the interface it comes in or goes out of. */
export type Direction = 'in' | 'out' | 'local';

/** One thing to pass: a ruleset, or the default action of a zone. `path` is the node that puts it in the way. */
export type Stage =
  | { readonly kind: 'ruleset'; readonly name: string; readonly path: Path; readonly line?: number }
  | { readonly kind: 'zone'; readonly name: string; readonly action: Action; readonly path: Path };

/** The ruleset that the interface itself names for a direction; nothing: everything is open there. */
export function attachedTo(iface: Interface, direction: Direction, family: Family): Stage | undefined {
  return rulesetAt(iface.node, ['firewall', direction, treeOf(family)], iface.path);
}

/** What packets from `face` pass on their way to the router itself, in order. Nothing at all: everything is accepted. */
export function stagesToRouter(tree: Tree, iface: Interface, family: Family): Stage[] {
  const own = attachedTo(iface, 'local', family);
  const local = zones(tree).find(zone => zone.isLocal);
  return [own, local && zoneStage(local, zoneOf(tree, iface), family)].filter(isStage);
}

/** What packets pass that come in from one interface and leave by another. Within one zone nothing is filtered. */
export function stagesThrough(tree: Tree, from: Interface, to: Interface, family: Family): Stage[] {
  const source = zoneOf(tree, from);
  const target = zoneOf(tree, to);
  const zone =
    target === undefined || source?.name === target.name ? undefined : zoneStage(target, source, family);
  return [attachedTo(from, 'in', family), attachedTo(to, 'out', family), zone].filter(isStage);
}

const isStage = (stage: Stage | undefined): stage is Stage => stage !== undefined;

interface Zone {
  readonly name: string;
  readonly node: Tree;
  readonly path: Path;
  readonly isLocal: boolean;
}

function zones(tree: Tree): Zone[] {
  return [...(find(tree, ['zone-policy', 'zone'])?.children ?? [])].map(([name, node]) => ({
    name,
    node,
    path: ['zone-policy', 'zone', name],
    isLocal: node.children.has('local-zone'),
  }));
}

const zoneOf = (tree: Tree, iface: Interface): Zone | undefined =>
  zones(tree).find(zone => find(zone.node, ['interface', iface.name]) !== undefined);

/** The zone that an interface is in, and the node that puts it there. */
export function zoneWith(tree: Tree, name: string): { name: string; path: Path } | undefined {
  const found = zones(tree).find(zone => find(zone.node, ['interface', name]) !== undefined);
  return found && { name: found.name, path: [...found.path, 'interface', name] };
}

/** What a zone asks of packets from another; from no zone, or from one that it doesn't name: its default action. */
function zoneStage(zone: Zone, from: Zone | undefined, family: Family): Stage {
  const ruleset = from && rulesetAt(zone.node, ['from', from.name, 'firewall', treeOf(family)], zone.path);
  if (ruleset !== undefined) return ruleset;
  const action = value(zone.node, ['default-action']);
  return {
    kind: 'zone',
    name: zone.name,
    action: action === 'accept' || action === 'reject' ? action : 'drop',
    path: [...zone.path, 'default-action'],
  };
}

function rulesetAt(node: Tree, below: Path, path: Path): Stage | undefined {
  const name = value(node, below);
  if (name === undefined) return undefined;
  const line = find(node, [...below, name])?.line;
  return { kind: 'ruleset', name, path: [...path, ...below], ...(line !== undefined && { line }) };
}

/** Everything in the tree that names a ruleset of a family: interfaces in all directions, and zones. */
export function usesOf(
  tree: Tree,
  ifaces: readonly Interface[],
  family: Family,
): (Stage & { kind: 'ruleset' })[] {
  const found: (Stage | undefined)[] = [];
  for (const iface of ifaces)
    for (const direction of ['in', 'out', 'local'] as const) found.push(attachedTo(iface, direction, family));
  for (const zone of zones(tree))
    for (const [from] of find(zone.node, ['from'])?.children ?? [])
      found.push(rulesetAt(zone.node, ['from', from, 'firewall', treeOf(family)], zone.path));
  return found.filter(stage => stage?.kind === 'ruleset');
}
