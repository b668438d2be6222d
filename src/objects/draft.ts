// A site file in the making: plain data in the file's own words, and for every entry the node of the running configuration that
// it came from. An entry is the least that can be taken out again by itself.
import type { SitePath } from '../site/site.ts';
import { type Path, startsWith } from '../vyatta/tree.ts';

export type Data = { [key: string]: unknown };

export interface Entry {
  /** Where it stands in the file: `['tunnels', 'wg4', 'peers', 'srv4', 'endpoint']`. */
  readonly at: SitePath;
  /** The node of the router that it says. */
  readonly running: Path;
  /** What stands in its place when it is taken out; nothing when undefined. */
  readonly otherwise?: unknown;
}

export class Draft {
  readonly data: Data = {};
  readonly entries: Entry[] = [];
  /** Lines of comment before a key of the file. */
  readonly comments: { readonly at: SitePath; readonly text: string }[] = [];

  /** Says `value` at a place; its maps are made. Without `running` it is no entry: nothing takes it out by itself. */
  set(at: SitePath, value: unknown, running?: Path, otherwise?: unknown): void {
    let map: Data = this.data;
    for (const step of at.slice(0, -1)) {
      map[String(step)] ??= {};
      map = map[String(step)] as Data;
    }
    map[String(at.at(-1))] = value;
    if (running !== undefined)
      this.entries.push({ at, running, ...(otherwise === undefined ? {} : { otherwise }) });
  }

  has(at: SitePath): boolean {
    let node: unknown = this.data;
    for (const step of at) {
      if (typeof node !== 'object' || node === null || !(String(step) in node)) return false;
      node = (node as Data)[String(step)];
    }
    return true;
  }

  /** Takes an entry out, and the maps that are empty without it (but a tunnel, which says something by its name). */
  remove(entry: Entry): void {
    const [before, after] = [this.entries.indexOf(entry), entry.at.length];
    if (before !== -1) this.entries.splice(before, 1);
    if (entry.otherwise !== undefined) {
      this.set(entry.at, entry.otherwise);
      return;
    }
    this.#drop(entry.at);
    for (let length = after - 1; length > 0; length--) {
      const at = entry.at.slice(0, length);
      const isTunnel = at[0] === 'tunnels' && length === 2;
      if (isTunnel || this.entries.some(one => same(one.at, at)) || !this.#isEmpty(at)) break;
      this.#drop(at);
    }
    // what was below it is gone with it
    for (let i = this.entries.length - 1; i >= 0; i--)
      if (!this.has(this.entries[i]?.at ?? [])) this.entries.splice(i, 1);
  }

  /** Takes one value out of a list that an entry says; the entry itself with the last of them. */
  removeItem(entry: Entry, item: unknown): void {
    const left = (this.at(entry.at) as unknown[]).filter(one => one !== item);
    if (left.length === 0) this.remove(entry);
    else this.set(entry.at, left);
  }

  /** What stands at a place; undefined where nothing does. */
  at(at: SitePath): unknown {
    return at.reduce<unknown>((node, step) => (node as Data | undefined)?.[String(step)], this.data);
  }

  #drop(at: SitePath): void {
    const parent = at.slice(0, -1).reduce<Data>((map, step) => (map[String(step)] ?? {}) as Data, this.data);
    delete parent[String(at.at(-1))];
  }

  #isEmpty(at: SitePath): boolean {
    const node = at.reduce<Data>((map, step) => (map[String(step)] ?? {}) as Data, this.data);
    return typeof node === 'object' && Object.keys(node).length === 0;
  }

  /** The entry at a place of the file, or the nearest above it. */
  entryAt(at: SitePath): Entry | undefined {
    for (let length = at.length; length > 0; length--) {
      const found = this.entries.find(entry => same(entry.at, at.slice(0, length)));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The entry that says a node of the router: the nearest at or above it, else the first below it. */
  entryFor(path: Path): Entry | undefined {
    const above = this.entries.filter(entry => startsWith(path, entry.running));
    const nearest = above.sort((a, b) => b.running.length - a.running.length)[0];
    return nearest ?? this.entries.find(entry => startsWith(entry.running, path));
  }
}

function same(a: SitePath, b: SitePath): boolean {
  return a.length === b.length && a.every((step, i) => String(step) === String(b[i]));
}
