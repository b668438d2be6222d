// How a router writes each node in braces, from the table of nodes.
import type { Shape } from '../../src/vyatta/boot.ts';
import { lookup } from '../../src/vyatta/nodes.ts';
import type { Path } from '../../src/vyatta/tree.ts';

/** Undefined for what the table doesn't know. */
export function shapeOf(path: Path): Shape | undefined {
  const found = lookup(path);
  if (found === undefined) return undefined;
  if (found.node.kind === 'valueless') return 'bare';
  if (found.isValue) return found.node.kind === 'tag' ? 'block' : 'bare';
  return found.node.kind === 'container' ? 'block' : 'values';
}
