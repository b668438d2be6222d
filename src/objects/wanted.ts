// Collects the wanted configuration: a tree of words whose nodes know the place of the site file that asked for them.

import type { PlaceOf } from '../plan/types/check.ts';
import type { Observation } from '../plan/types/observation.ts';
import type { KeySource, Site, SitePath, SitePlace } from '../site/site.ts';
import { emptyTree, insert, type Path, type Tree } from '../vyatta/tree.ts';
import type { Uplinks } from './uplinks.ts';

/** Something that the site file says. */
export interface SaidObject {
  readonly at: SitePath;
}

/** The file on the router that holds, or will hold, a key; undefined when that can't be known here. */
export type KeyPath = (source: KeySource, at: SitePath) => string | undefined;

/** What the objects are derived from, besides themselves. */
export interface Wish {
  readonly site: Site;
  readonly keyPath: KeyPath;
  readonly uplinks: Uplinks;
}

export class Wanted {
  readonly tree: Tree = emptyTree();
  readonly observed: Observation[] = [];
  readonly #places = new Map<Tree, SitePlace>();
  readonly placeOf: PlaceOf;
  readonly #isKnown: (path: Path) => boolean;

  /** The configuration as it is. */
  readonly running: Tree;

  /** `isKnown`: the firmware has a template for the path; what it hasn't is left out. */
  constructor(placeOf: PlaceOf, running: Tree, isKnown: (path: Path) => boolean = () => true) {
    this.placeOf = placeOf;
    this.running = running;
    this.#isKnown = isKnown;
  }

  /** Wants `path`, because of what stands at `at`. */
  set(path: Path, at: SitePath): void {
    if (!this.#isKnown(path)) return;
    const node = insert(this.tree, path);
    if (!this.#places.has(node)) this.#places.set(node, this.placeOf(at));
  }

  /** The place that first asked for a node of the tree; undefined where nobody asked for the node, but for one below it. */
  place(node: Tree): SitePlace | undefined {
    return this.#places.get(node);
  }

  /** Notes what a check may have to tell. */
  observe(observation: Observation): void {
    this.observed.push(observation);
  }
}
