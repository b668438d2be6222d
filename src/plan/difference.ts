// Running against wanted: one short recursion over two trees of words. Only in running and ours: delete the subtree.
// Only in wanted: set its leaves. In both: go on below.

import { reach } from '../objects/all.ts';
import type { Ownership, OwnershipOf } from '../objects/ownership.ts';
import type { SitePlace } from '../site/site.ts';
import { canonicalValues } from '../vyatta/canonical.ts';
import { type Found, lookup, step, top } from '../vyatta/nodes.ts';
import { emptyTree, type Path, type Tree } from '../vyatta/tree.ts';
import type { Change, Operation } from './types/plan.ts';

export interface Difference {
  readonly changes: readonly Change[];
  /** Commands without their order among commits: what is to be deleted, then what is to be set. */
  readonly deletes: readonly Operation[];
  readonly sets: readonly Operation[];
}

/** `place` tells which line of the site file asked for a node of the wanted tree. */
export function difference(
  running: Tree,
  wanted: Tree,
  owns: OwnershipOf,
  place: (node: Tree) => SitePlace | undefined = () => undefined,
): Difference {
  const walk = new Walk(owns, place);
  walk.node(running, wanted, [], top);
  return walk;
}

class Walk implements Difference {
  readonly changes: Change[] = [];
  readonly deletes: Operation[] = [];
  readonly sets: Operation[] = [];
  readonly owns: OwnershipOf;
  readonly place: (node: Tree) => SitePlace | undefined;

  constructor(owns: OwnershipOf, place: (node: Tree) => SitePlace | undefined) {
    this.owns = owns;
    this.place = place;
  }

  /** `kind` is what the table of nodes says of `path`, here and below. */
  node(running: Tree, wanted: Tree, path: Path, kind: Found | undefined): void {
    if (isLeafNode(kind)) {
      this.leaf(running, wanted, path, kind);
      return;
    }
    const names = canonicalNames(running, kind);
    for (const [word, node] of wanted.children) {
      const there = names.get(word) ?? word;
      const found = running.children.get(there);
      if (found === undefined) this.create(node, path.concat(word), kind && step(kind, word));
      else this.node(found, node, path.concat(there), kind && step(kind, there));
    }
    const stays = new Set([...wanted.children.keys()].map(word => names.get(word) ?? word));
    for (const [word, node] of running.children) if (!stays.has(word)) this.remove(node, path.concat(word));
  }

  /** Values of one leaf, compared in their canonical form, deleted and set as they stand. */
  leaf(running: Tree, wanted: Tree, path: Path, { node }: Found): void {
    const canonical = (text: string): string[] =>
      'value' in node ? canonicalValues(node.value, text) : [text];
    const have = new Map([...running.children.keys()].map(word => [word, canonical(word)]));
    const want = new Map([...wanted.children.keys()].map(word => [word, canonical(word)]));
    const wantedValues = new Set([...want.values()].flat());
    // a comma list that holds one value too many goes, and the values of it that stay are set by themselves
    const gone = [...have]
      .filter(([, parts]) => parts.some(part => !wantedValues.has(part)))
      .map(([word]) => word)
      .filter(word => node.kind !== 'multi' || this.owns(path.concat(word)) === 'ours');
    const left = new Set([...have].filter(([word]) => !gone.includes(word)).flatMap(([, parts]) => parts));
    const missing = [...want]
      .filter(([, parts]) => parts.some(part => !left.has(part)))
      .map(([word]) => word);
    if (missing.length === 0 && gone.length === 0) return;

    if (node.kind === 'multi')
      for (const word of gone) this.deletes.push({ op: 'delete', path: path.concat(word) });
    for (const word of missing) this.sets.push({ op: 'set', path: path.concat(word) });
    const action = have.size === 0 ? 'create' : 'update';
    this.change(path, { action, before: [...have.keys()], after: [...want.keys()] }, wanted, running);
  }

  create(wanted: Tree, path: Path, kind: Found | undefined): void {
    if (isLeafNode(kind)) {
      this.leaf(emptyTree(), wanted, path, kind);
      return;
    }
    if (wanted.children.size === 0) {
      this.sets.push({ op: 'set', path });
      this.change(path, { action: 'create', before: null, after: [] }, wanted, undefined);
    }
    for (const [word, node] of wanted.children)
      this.create(node, path.concat(word), kind && step(kind, word));
  }

  /** Deletes what is ours below `path`, with one command where all of it is. */
  remove(running: Tree, path: Path): void {
    const where = reach(path);
    if (where === 'outside') return;
    if (where === 'above') {
      for (const [word, node] of running.children) this.remove(node, path.concat(word));
      return;
    }
    const whose = this.ownerships(running, path);
    const only = whose.size === 1 ? [...whose][0] : undefined;
    if (only === 'foreign') return;
    if (only === 'ours' && isUnit(path)) {
      if (isMeaningless(path, running)) return;
      this.deletes.push({ op: 'delete', path });
      this.report(running, path, 'delete');
    } else if (only === 'kept') {
      this.report(running, path, 'keep');
    } else {
      for (const [word, node] of running.children) this.remove(node, path.concat(word));
    }
  }

  /** Of the leaves at and below `path`: more than one of them is all that matters, and all leaves at once may be a hundred thousand. */
  private ownerships(running: Tree, path: Path, found = new Set<Ownership>()): Set<Ownership> {
    if (running.children.size === 0) found.add(this.owns(path));
    for (const [word, node] of running.children) {
      if (found.size > 1) break;
      this.ownerships(node, path.concat(word), found);
    }
    return found;
  }

  /** One change for each leaf at or below `path`, with all its values. */
  report(running: Tree, path: Path, action: 'delete' | 'keep'): void {
    const kind = lookup(path);
    const words = [...running.children.keys()];
    const unknownLeaf =
      kind === undefined && [...running.children.values()].every(node => node.children.size === 0);
    if (words.length === 0 || isLeafNode(kind) || unknownLeaf)
      this.change(
        path,
        { action, before: words, after: action === 'keep' ? words : null },
        undefined,
        running,
      );
    else for (const [word, node] of running.children) this.report(node, path.concat(word), action);
  }

  private change(
    path: Path,
    { action, before, after }: Pick<Change, 'action' | 'before' | 'after'>,
    wanted: Tree | undefined,
    running: Tree | undefined,
  ): void {
    const source = wanted && this.place([...wanted.children.values()][0] ?? wanted);
    const line = running && ([...running.children.values()][0]?.line ?? running.line);
    this.changes.push({
      path,
      action,
      before: before?.length === 0 && action === 'create' ? null : before,
      after,
      ...(source === undefined ? {} : { source }),
      ...(line === undefined ? {} : { running: line }),
    });
  }
}

/** A leaf itself, not one of its values. Where each value is an object, they are compared as the instances of a tag are. */
function isLeafNode(found: Found | undefined): found is Found {
  if (found === undefined || found.isValue) return false;
  const { node } = found;
  return node.kind === 'leaf' || (node.kind === 'multi' && node.ofObjects !== true);
}

/** The running words by their canonical form, for the instances of a tag whose names can be written in several. */
function canonicalNames(running: Tree, kind: Found | undefined): Map<string, string> {
  const names = new Map<string, string>();
  if (kind === undefined || kind.isValue || kind.node.kind !== 'tag') return names;
  const { value } = kind.node;
  for (const word of running.children.keys()) names.set(canonicalValues(value, word)[0] ?? word, word);
  return names;
}

/**
 * What one `delete` may take: an instance, a leaf, a valueless leaf, a value of a multi leaf, or a box within an instance.
 * A container that everybody shares (`protocols static`) goes by its parts: what somebody adds to it meanwhile survives.
 */
function isUnit(path: Path): boolean {
  const kind = lookup(path);
  if (kind === undefined) return false;
  if (kind.isValue) return kind.node.kind === 'tag' || kind.node.kind === 'multi';
  if (kind.node.kind === 'container') return isWithinInstance(path);
  return kind.node.kind !== 'tag';
}

function isWithinInstance(path: Path): boolean {
  return path.some((_, i) => {
    const kind = lookup(path.slice(0, i));
    return kind?.isValue === true && kind.node.kind === 'tag';
  });
}

/** `delete` would change nothing: the router prints a default again (docs/edgeos.md 'Defaults'), and an idle value says nothing. */
function isMeaningless(path: Path, running: Tree): boolean {
  const kind = lookup(path);
  if (kind === undefined || kind.isValue || kind.node.kind !== 'leaf') return false;
  const [word, ...more] = running.children.keys();
  const { default: standard, idle } = kind.node.value;
  return more.length === 0 && word !== undefined && (word === standard || word === idle);
}
