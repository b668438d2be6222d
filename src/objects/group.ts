// Firewall groups that are the file's as a whole. EdgeOS has a node for each type, and one space of names for all of them.

import { groupTypes } from '../site/grammar/groups.ts';
import type { Group, Site, SitePath } from '../site/site.ts';
import { leaves, type Path, startsWith, type Tree } from '../vyatta/tree.ts';
import type { Draft } from './draft.ts';
import type { Claim } from './hold.ts';
import { any, type KeyOf, Kind } from './kind.ts';
import { leafOf } from './leaf.ts';
import type { Wanted } from './wanted.ts';

type Type = Group['type'];
const leaf = leafOf<Group>();
/** A number of the file is one there. */
const ports = {
  said: (node: Tree) => [...node.children.keys()].map(word => (/^\d+$/.test(word) ? Number(word) : word)),
};
const tableOf = (type: Type) => [
  leaf('description', 'description'),
  leaf(type, 'members', type === 'port' ? ports : {}),
];
type Key = KeyOf<ReturnType<typeof tableOf>>;

function kindOf(type: Type): Kind<[name: string], Key> {
  return new Kind({
    at: ['firewall', 'group', `${type}-group`, any],
    leaves: tableOf(type),
    hold: (claim, name) => (isOurs(claim, name) ? 'all' : 'none'),
    title: name => ({ title: `${type} group ${name}`, order: ['Groups', name, 0] }),
  });
}

const byType = Object.fromEntries(groupTypes.map(type => [type, kindOf(type)])) as Readonly<
  Record<Type, Kind<[name: string], Key>>
>;

export const groups: readonly Kind<[name: string], Key>[] = Object.values(byType);

const isOurs = ({ site }: Claim, name: string): boolean =>
  site.groups.some(one => one.name === name) || site.absent.groups.includes(name);

export function wantGroups(wanted: Wanted, site: Site): void {
  for (const said of site.groups) byType[said.type].want(wanted, said, [said.name]);
}

/** A rule that names a group: the path down to its name. */
export interface GroupUse {
  readonly path: Path;
  /** `address-group` … */
  readonly node: string;
  readonly name: string;
}

const nodes: ReadonlySet<string> = new Set(groupTypes.map(type => `${type}-group`));

/** Every leaf of a configuration that names a group, wherever it stands. */
export function groupUses(tree: Tree): GroupUse[] {
  return [...leaves(tree)].flatMap(({ path }) => {
    const [box, node = '', name = ''] = path.slice(-3);
    if (box !== 'group' || !nodes.has(node) || path.length < 5) return [];
    return { path, node, name: name.replace(/^!/, '') };
  });
}

/** The groups that are named below these nodes. */
export const groupsBelow = (tree: Tree, nodes: readonly Path[]): Path[] =>
  groupUses(tree)
    .filter(({ path }) => nodes.some(one => startsWith(path, one)))
    .flatMap(({ node, name }) =>
      groups.filter(kind => kind.path(name).includes(node)).map(kind => kind.path(name)),
    );

/** Those that nothing but what the draft has names: they can be the file's as a whole. */
export function draftGroups(draft: Draft, running: Tree): void {
  const own = draft.entries.filter(({ at }) => namesGroups(at)).map(entry => entry.running);
  const uses = groupUses(running);
  for (const type of groupTypes)
    for (const name of byType[type].names(running)) {
      const here = uses.filter(use => use.node === `${type}-group` && use.name === name);
      if (here.length === 0 || !here.every(({ path }) => own.some(one => startsWith(path, one)))) continue;
      const kind = byType[type];
      draft.set(['groups', name], { type, ...kind.data(running, name) }, kind.path(name));
    }
}

/** Rulesets and NAT rules as a whole, and each of a tunnel's clients. */
const namesGroups = ([top, , part, list]: SitePath): boolean =>
  top === 'rulesets' || top === 'nat' || (part === 'clients' && list === 'from');
