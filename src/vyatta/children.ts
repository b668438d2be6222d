// What stands below a node, by its word, in the order in which it was set. A Map can do all of this, but a configuration of 100,000 lines
// has 250,000 nodes, of which most have one child or none: those do with two fields.

export interface Children<Node> extends Iterable<[string, Node]> {
  readonly size: number;
  get(word: string): Node | undefined;
  has(word: string): boolean;
  set(word: string, node: Node): unknown;
  delete(word: string): boolean;
  clear(): void;
  keys(): IterableIterator<string>;
  values(): IterableIterator<Node>;
}

export class FewChildren<Node> implements Children<Node> {
  /** The word of the only child; undefined where there are none or many. */
  private word: string | undefined = undefined;
  private below: Node | Map<string, Node> | undefined = undefined;

  get size(): number {
    return this.word === undefined ? (this.many()?.size ?? 0) : 1;
  }

  get(word: string): Node | undefined {
    if (this.word === undefined) return this.many()?.get(word);
    return this.word === word ? this.only() : undefined;
  }

  has(word: string): boolean {
    return this.get(word) !== undefined;
  }

  set(word: string, node: Node): this {
    if (this.below === undefined || this.word === word) {
      this.word = word;
      this.below = node;
    } else if (this.word === undefined) this.many()?.set(word, node);
    else {
      this.below = new Map([
        [this.word, this.only()],
        [word, node],
      ]);
      this.word = undefined;
    }
    return this;
  }

  delete(word: string): boolean {
    if (this.word !== undefined) {
      if (this.word !== word) return false;
      this.clear();
      return true;
    }
    const many = this.many();
    if (many?.delete(word) !== true) return false;
    // the same children look the same, whatever there was before
    const [[first, node] = []] = many;
    if (many.size === 1 && first !== undefined) {
      this.word = first;
      this.below = node;
    }
    return true;
  }

  clear(): void {
    this.word = undefined;
    this.below = undefined;
  }

  keys(): IterableIterator<string> {
    return this.word === undefined ? (this.many() ?? noneAtAll).keys() : [this.word].values();
  }

  values(): IterableIterator<Node> {
    return this.word === undefined ? (this.many() ?? noneAtAll).values() : [this.only()].values();
  }

  [Symbol.iterator](): IterableIterator<[string, Node]> {
    if (this.word === undefined) return (this.many() ?? noneAtAll).entries();
    const only: [string, Node][] = [[this.word, this.only()]];
    return only.values();
  }

  /** Where there is one child. */
  private only(): Node {
    return this.below as Node;
  }

  /** Where there isn't one child: undefined for none. */
  private many(): Map<string, Node> | undefined {
    return this.below as Map<string, Node> | undefined;
  }
}

const noneAtAll: ReadonlyMap<string, never> = new Map<string, never>();
