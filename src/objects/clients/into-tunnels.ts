// What a router has that sends packets into its tunnels by a table: the tables, the modify rules that choose one with their groups, and
// where these are attached; whoever made it, and whether its words name a tunnel or not.

import { interfacesOf } from '../../vyatta/interfaces.ts';
import { type Path, type Tree, value, values } from '../../vyatta/tree.ts';
import { groupsBelow } from '../group.ts';
import { tunnel } from '../tunnel.ts';
import { attachedModify, modifyRule, modifySet, table, tunnelsOfTable } from './kinds.ts';

/** The paths of nodes: what stands below them belongs to it. */
export function intoTunnels(running: Tree): Path[] {
  const known = new Set(tunnel.names(running));
  const tables = table
    .names(running)
    .filter(number => tunnelsOfTable(running, number).some(name => known.has(name)));
  const senders = ([4, 6] as const).flatMap(family =>
    values(running, modifySet.path(family, '').slice(0, -1)).flatMap(set =>
      modifyRule
        .names(running, family, set)
        .filter(number => tables.includes(modifyRule.value(running, 'table', family, set, number) ?? ''))
        .map(number => ({ family, set, path: modifyRule.path(family, set, number) })),
    ),
  );
  const attached = interfacesOf(running).flatMap(iface =>
    ([4, 6] as const).flatMap(family => {
      const set = value(iface.node, attachedModify(family));
      return senders.some(one => one.family === family && one.set === set)
        ? [[...iface.path, ...attachedModify(family)]]
        : [];
    }),
  );
  const rules = senders.map(({ path }) => path);
  return [...tables.map(number => table.path(number)), ...rules, ...attached, ...groupsBelow(running, rules)];
}
