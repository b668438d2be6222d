// A configuration that remembers what was read of it, so that what the interpreter passed over can be told.
import { find, leaves, type Path, type Tree, values } from '../../src/vyatta/tree.ts';

export class Reading {
  readonly #tree: Tree;
  readonly #base: Path;
  readonly #read: Set<Tree>;

  constructor(tree: Tree, base: Path = [], read = new Set<Tree>()) {
    this.#tree = tree;
    this.#base = base;
    this.#read = read;
  }

  /** The part below `path`. */
  at(...path: string[]): Reading {
    return new Reading(this.#tree, [...this.#base, ...path], this.#read);
  }

  /** The names below `path`, of tags: read only as far as their children are. */
  names(...path: string[]): string[] {
    const all = values(this.#tree, [...this.#base, ...path]);
    for (const name of all) this.#see([...path, name]);
    return all;
  }

  /** The values of a leaf. */
  values(...path: string[]): string[] {
    return this.names(...path);
  }

  value(...path: string[]): string | undefined {
    return this.values(...path)[0];
  }

  has(...path: string[]): boolean {
    this.#see(path);
    return find(this.#tree, [...this.#base, ...path]) !== undefined;
  }

  /** Every leaf below as words joined by spaces, `{'state new': 'enable', disable: ''}`, for nodes with no deeper lists. */
  words(valueless: readonly string[] = []): Record<string, string> {
    const found: Record<string, string> = {};
    const top = find(this.#tree, this.#base);
    if (top === undefined) return found;
    for (const { path, node } of leaves(top)) {
      this.#read.add(node);
      const last = path.at(-1) ?? '';
      if (valueless.includes(last)) found[path.join(' ')] = '';
      else found[path.slice(0, -1).join(' ')] = last;
    }
    return found;
  }

  /** The commands that nobody read. */
  unread(): string[] {
    const top = find(this.#tree, this.#base);
    if (top === undefined) return [];
    return [...leaves(top, this.#base)]
      .filter(({ node }) => !this.#read.has(node))
      .map(({ path }) => path.join(' '));
  }

  #see(path: Path): void {
    const node = find(this.#tree, [...this.#base, ...path]);
    if (node !== undefined && node.children.size === 0) this.#read.add(node);
  }
}
