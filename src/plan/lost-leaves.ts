// What was saved and is not running: a firmware upgrade took the package away, or a name didn't resolve at boot.
import { isMulti } from '../vyatta/nodes.ts';
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

const bgp = ['protocols', 'bgp'];

/** BGP goes as a whole when the address that a neighbour calls from is gone at boot; a part of it was deleted by somebody. */
function isOfTunnels(path: Path, running: Tree): boolean {
  if (startsWith(path, bgp)) return !has(running, bgp);
  return startsWith(path, ['interfaces', 'wireguard']) || path[2]?.startsWith('mss-clamp') === true;
}

/** `peer KEY` without anything below it: a new instance beside others. */
const isTag = (leaf: Path): boolean => leaf.at(-1) === 'peer' || leaf.at(-1) === 'wireguard';
