// What is ours on the router: decided once, before anything is compared (docs/reference.md 'Ownership'). No state is kept anywhere;
// the site file says it. Each kind of object says whose its instances are; what follows for a leaf is the same for all.
import { lookup } from '../vyatta/nodes.ts';
import type { Path } from '../vyatta/tree.ts';
import type { Claim, Hold } from './hold.ts';
import type { Kind } from './kind.ts';
import type { Instance } from './leaf.ts';

/**
 * `ours`: deleted when the file doesn't name it. `kept`: below something of ours, but not the file's to delete, so it is
 * reported. `foreign`: nobody asked.
 */
export type Ownership = 'ours' | 'kept' | 'foreign';

/** Of a node of the running configuration that the file doesn't want. */
export type OwnershipOf = (path: Path) => Ownership;

/** The leaves of an instance stand together, and are soon asked about; a large router has tens of thousands of instances. */
const mostHolds = 1000;

/** By the kind with the longest path that a path is at or below. */
export function ownershipOf(kindAt: ReturnType<typeof finderOf>, claim: Claim): OwnershipOf {
  const holds = new Map<string, Hold>();
  return path => {
    const found = kindAt(path);
    if (found === undefined) return 'foreign';
    const { kind, instance, below } = found;
    const key = path.slice(0, kind.depth).join('\0');
    const hold = holds.get(key) ?? kind.hold(claim, ...instance);
    if (holds.size === mostHolds) holds.clear();
    holds.set(key, hold);
    switch (hold) {
      case 'all':
        return 'ours';
      case 'sayable':
        return kind.canSay(instance, below) ? 'ours' : 'kept';
      case 'said':
        return isLeafValue(path) && claim.wants(path.slice(0, -1)) && kind.canSay(instance, below)
          ? 'ours'
          : 'kept';
      case 'shared':
        return below.length > 0 && kind.canSay(instance, below) ? 'kept' : 'foreign';
      default:
        return 'foreign';
    }
  };
}

type AnyKind = Kind<Instance, string>;

/**
 * Finds the kind of a path. `kinds` are in the order of their depth, the deepest first. Asked of every line of a large configuration,
 * of which each has to do with those of its first word alone.
 */
export function finderOf(kinds: readonly AnyKind[]) {
  const byTop = new Map<string, AnyKind[]>();
  for (const kind of kinds)
    for (const top of new Set(kind.roots().map(([first = '']) => first)))
      byTop.set(top, [...(byTop.get(top) ?? []), kind]);
  return (path: Path) => {
    for (const kind of byTop.get(path[0] ?? '') ?? []) {
      const found = kind.match(path);
      if (found !== undefined) return { kind, ...found };
    }
    return undefined;
  };
}

/** A leaf that the file names is the file's with all the values that it can say. */
function isLeafValue(path: Path): boolean {
  const found = lookup(path);
  return found?.isValue === true && (found.node.kind === 'leaf' || found.node.kind === 'multi');
}
