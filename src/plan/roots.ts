// What a plan may touch at all; below these, what the table of nodes knows and ownership allows.
import { roots } from '../objects/all.ts';
import { type Path, startsWith } from '../vyatta/tree.ts';

/** `within`: at or below a root. `above`: a root lies below. `outside`: nothing there is ever touched. */
export function reach(path: Path): 'within' | 'above' | 'outside' {
  if (roots.some(root => startsWith(path, root))) return 'within';
  return roots.some(root => startsWith(root, path)) ? 'above' : 'outside';
}
