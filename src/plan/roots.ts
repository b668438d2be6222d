// What a plan may touch at all; below these, what the table of nodes knows and ownership allows.
import { type Path, startsWith } from '../vyatta/tree.ts';

const roots: readonly Path[] = [
  ['interfaces', 'wireguard'],
  ['firewall', 'name'],
  ['firewall', 'ipv6-name'],
  ['firewall', 'options'],
  ['protocols', 'static'],
  ['protocols', 'bgp'],
  ['policy', 'prefix-list'],
  ['policy', 'prefix-list6'],
  ['service', 'ubnt-discover'],
];

/** `within`: at or below a root. `above`: a root lies below. `outside`: nothing there is ever touched. */
export function reach(path: Path): 'within' | 'above' | 'outside' {
  if (roots.some(root => startsWith(path, root))) return 'within';
  return roots.some(root => startsWith(root, path)) ? 'above' : 'outside';
}
