// What was saved and is not running: a firmware upgrade took the package away, or a name didn't resolve at boot.
import { isMulti } from '../vyatta/nodes.ts';
import { find, has, leaves, type Path, startsWith, type Tree } from '../vyatta/tree.ts';

/** Those of the saved leaves that are not there; one that has another value now was changed by somebody, not lost. */
export function lostLeaves(running: Tree, lost: Tree): Path[] {
  return [...leaves(lost)]
    .map(({ path }) => path)
    .filter(path => startsWith(path, ['interfaces', 'wireguard']) || path[2]?.startsWith('mss-clamp'))
    .filter(path => {
      const leaf = path.slice(0, -1);
      const there = find(running, leaf);
      if (has(running, path)) return false;
      return there === undefined || there.children.size === 0 || isMulti(leaf) || isTag(leaf);
    });
}

/** `peer KEY` without anything below it: a new instance beside others. */
const isTag = (leaf: Path): boolean => leaf.at(-1) === 'peer' || leaf.at(-1) === 'wireguard';
