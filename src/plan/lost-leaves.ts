// What was saved and is not running: a firmware upgrade took the package away, or a name didn't resolve at boot.
import { clamp } from '../objects/clamp.ts';
import { bgp } from '../objects/neighbor.ts';
import { tunnel } from '../objects/tunnel.ts';
import { isMulti, lookup } from '../vyatta/nodes.ts';
import { find, has, leaves, type Path, startsWith, type Tree } from '../vyatta/tree.ts';

/** Those of the saved leaves that are not there; one that has another value now was changed by somebody, not lost. */
export function lostLeaves(running: Tree, lost: Tree): Path[] {
  return [...leaves(lost)]
    .map(({ path }) => path)
    .filter(path => isOfTunnels(path, running))
    .filter(path => {
      const leaf = path.slice(0, -1);
      const there = find(running, leaf);
      if (has(running, path)) return false;
      return there === undefined || there.children.size === 0 || isMulti(leaf) || isTag(leaf);
    });
}

const system = bgp.path('').slice(0, -1);

/** BGP goes as a whole when the address that a neighbour calls from is gone at boot; a part of it was deleted by somebody. */
function isOfTunnels(path: Path, running: Tree): boolean {
  if (startsWith(path, system)) return !has(running, system);
  return tunnel.match(path) !== undefined || clamp.match(path) !== undefined;
}

/** `peer KEY` without anything below it: a new instance beside others. */
const isTag = (leaf: Path): boolean => lookup(leaf)?.node.kind === 'tag';
