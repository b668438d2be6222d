// How much of an object on the router is ours, and what the kinds of objects decide it by.
import { managesInterface } from '../site/manages.ts';
import type { Site } from '../site/site.ts';
import { has, type Path, type Tree } from '../vyatta/tree.ts';

/**
 * How much of an instance is ours. `all`: everything at and below it. `sayable`: the leaves that a site file can say, said or
 * not. `said`: only the leaves that the file does say. What is not ours of the last two is kept. `shared`: others have a part in it, so
 * what the file could say and doesn't is kept, and the rest is foreign. `none`: foreign.
 */
export type Hold = 'all' | 'sayable' | 'said' | 'shared' | 'none';

/** What the objects decide by. */
export class Claim {
  readonly site: Site;
  readonly running: Tree;
  readonly wanted: Tree;
  readonly #named: ReadonlySet<string>;
  readonly #absent: ReadonlySet<string>;

  constructor(site: Site, running: Tree, wanted: Tree) {
    this.site = site;
    this.running = running;
    this.wanted = wanted;
    this.#named = new Set(site.tunnels.map(({ name }) => name));
    this.#absent = new Set(site.absent.tunnels);
  }

  wants(path: Path): boolean {
    return has(this.wanted, path);
  }

  /** The file has the tunnel. */
  isNamed(tunnel: string): boolean {
    return this.#named.has(tunnel);
  }

  /** The interface is the file's as a whole, or to go. */
  isWhole(tunnel: string): boolean {
    return managesInterface(this.site, tunnel) || this.#absent.has(tunnel);
  }
}
