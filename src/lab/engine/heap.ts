// The order of subtrees with the same priority is what the router's C++ library makes of it: its binary heap isn't
// stable. This is that heap, so that two failing interfaces report in the order in which the router reports them.

/** A heap whose top is an element that `isAfter` puts after no other. */
export class Heap<T> {
  private readonly items: T[] = [];
  private readonly isAfter: (a: T, b: T) => boolean;

  constructor(isAfter: (a: T, b: T) => boolean) {
    this.isAfter = isAfter;
  }

  push(item: T): void {
    this.items.push(item);
    this.up(this.items.length - 1, 0, item);
  }

  pop(): T | undefined {
    const top = this.items[0];
    const last = this.items.pop();
    if (last !== undefined && this.items.length > 0) this.sink(last);
    return top;
  }

  private up(from: number, top: number, item: T): void {
    let hole = from;
    while (hole > top) {
      const parent = (hole - 1) >> 1;
      const above = this.items[parent];
      if (above === undefined || !this.isAfter(above, item)) break;
      this.items[hole] = above;
      hole = parent;
    }
    this.items[hole] = item;
  }

  /** Lets the hole at the top sink along the better children, then puts `item` into it. */
  private sink(item: T): void {
    const size = this.items.length;
    let hole = 0;
    let child = 0;
    while (child < (size - 1) >> 1) {
      child = 2 * (child + 1);
      const right = this.items[child];
      const left = this.items[child - 1];
      if (right === undefined || left === undefined) break;
      if (this.isAfter(right, left)) child--;
      this.items[hole] = this.items[child] ?? item;
      hole = child;
    }
    if ((size & 1) === 0 && child === (size - 2) >> 1) {
      child = 2 * (child + 1) - 1;
      this.items[hole] = this.items[child] ?? item;
      hole = child;
    }
    this.up(hole, 0, item);
  }
}
