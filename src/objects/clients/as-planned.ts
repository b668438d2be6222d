// The router as far as the plan changes who its clients are: its groups, and the tunnels by which phones come in.
import { managesInterface } from '../../site/manages.ts';
import type { Site } from '../../site/site.ts';
import {
  copyAlong,
  emptyTree,
  find,
  has,
  insert,
  leaves,
  type Path,
  remove,
  type Tree,
} from '../../vyatta/tree.ts';
import { tunnel } from '../tunnel.ts';

const groupBox = ['firewall', 'group'];

/** What stands there now is no measure: a tunnel may get IPv6, another network, or go. */
export function asPlanned(running: Tree, site: Site, wanted: Tree): Tree {
  const groups = [...(find(wanted, groupBox)?.children ?? [])].flatMap(([node, { children }]) =>
    [...children.keys()].map(name => [...groupBox, node, name]),
  );
  const named = site.tunnels.map(({ name }) => name);
  const gone = tunnel
    .names(running)
    .filter(name => !named.includes(name))
    .filter(name => managesInterface(site, name) || site.absent.tunnels.includes(name));
  const changed = named.flatMap(name => changedLeaves(site, wanted, name));
  const touched = [...groups, ...gone.map(name => tunnel.path(name)), ...changed];
  const both = copyAlong(running, [...touched, ...named.map(name => tunnel.path(name))]);
  for (const path of touched) remove(both, path);
  for (const name of named) insert(both, tunnel.path(name));
  for (const path of [...groups, ...changed])
    if (has(wanted, path)) {
      insert(both, path);
      for (const leaf of leaves(find(wanted, path) ?? emptyTree(), path)) insert(both, leaf.path);
    }
  return both;
}

/** Where they come in, and whether they do; of a tunnel that isn't the file's as a whole only what the file says. */
const changedLeaves = (site: Site, wanted: Tree, name: string): Path[] =>
  [tunnel.leaf('address', name), tunnel.leaf('disable', name)].filter(
    path => managesInterface(site, name) || has(wanted, path),
  );
