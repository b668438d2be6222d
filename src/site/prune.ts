// Takes out of the data what has been found wrong, so that the rest can still be checked against the rules across the
// file: one look shows all mistakes, not only the first layer of them.
import type { SitePath } from './site.ts';

type Container = Record<string | number, unknown>;

/** The data without the bad places, and the way back from its paths to the file's (lists have closed their gaps). */
export class Pruned {
  #data: unknown;
  #isCopy = false;
  /** By path of a list: the index in the file of each item that is left. */
  readonly #kept = new Map<string, number[]>();

  constructor(data: unknown) {
    this.#data = data;
  }

  get data(): unknown {
    return this.#data;
  }

  /** Removes what stands at each of `paths` (paths of the pruned data); what isn't there takes its parent along. */
  remove(paths: readonly SitePath[]): void {
    if (!this.#isCopy) this.#data = structuredClone(this.#data);
    this.#isCopy = true;
    const lists = new Map<string, { path: SitePath; drop: Set<number> }>();
    for (const path of paths) {
      const target = this.#written(path);
      const last = target.at(-1);
      if (last === undefined) continue;
      const parent = this.#get(target.slice(0, -1));
      if (Array.isArray(parent)) {
        const key = JSON.stringify(target.slice(0, -1));
        const list = lists.get(key) ?? { path: target.slice(0, -1), drop: new Set() };
        list.drop.add(Number(last));
        lists.set(key, list);
      } else if (parent !== undefined) delete parent[last];
    }
    for (const { path, drop } of lists.values()) this.#closeGaps(path, drop);
  }

  /** The path in the file of a path in the pruned data. */
  original(path: SitePath): SitePath {
    return path.map((step, i) => {
      if (typeof step !== 'number') return step;
      return this.#kept.get(JSON.stringify(path.slice(0, i)))?.[step] ?? step;
    });
  }

  #get(path: SitePath): Container | unknown[] | undefined {
    let value: unknown = this.#data;
    for (const step of path) value = (value as Container | undefined)?.[step];
    return typeof value === 'object' && value !== null ? (value as Container) : undefined;
  }

  /** The path itself when something stands there, else the nearest above it. */
  #written(path: SitePath): SitePath {
    let end = path.length;
    while (end > 0) {
      const parent = this.#get(path.slice(0, end - 1));
      if (parent !== undefined && Object.hasOwn(parent, path[end - 1] ?? '')) break;
      end--;
    }
    return path.slice(0, end);
  }

  #closeGaps(path: SitePath, drop: ReadonlySet<number>): void {
    const list = this.#get(path);
    if (!Array.isArray(list)) return;
    const key = JSON.stringify(path);
    const kept = this.#kept.get(key) ?? list.map((_, i) => i);
    this.#kept.set(
      key,
      kept.filter((_, i) => !drop.has(i)),
    );
    const left = list.filter((_, i) => !drop.has(i));
    list.splice(0, list.length, ...left);
  }
}
