// What every rule across the site file is given.
import type { Site, SitePath } from '../site.ts';

export interface RuleContext {
  readonly site: Site;
  /** Says what is wrong at `path`; on its key, when `part` says so or it is a map or a list. */
  readonly report: (
    path: SitePath,
    problem: { code: string; message: string; hint: string },
    part?: 'key',
  ) => void;
  /** Where `path` stands in the text: what comes first in the file is right, what repeats it is wrong. */
  readonly offset: (path: SitePath) => number;
  /** ` (line 12)`, to be put behind the name of the other side of a conflict. */
  readonly line: (path: SitePath) => string;
  /**
   * Nothing, or an empty map or list, stands at `path` in the file; what is wrong there is not in `site` either, and was told as that
   * already. To be asked only where `site` has no value, which may come from elsewhere in the file.
   */
  readonly isMissing: (path: SitePath) => boolean;
}

/** A rule looks at the whole site and reports; it neither throws nor changes anything. */
export type Rule = (context: RuleContext) => void;

/** Something with a place in the file. */
export interface Placed {
  readonly at: SitePath;
}

/** Calls `clash` for each item whose key one above it in the file has. */
export function eachDuplicate<T extends Placed>(
  context: RuleContext,
  items: readonly T[],
  keyOf: (item: T) => string,
  clash: (item: T, first: T) => void,
): void {
  const seen = new Map<string, T>();
  for (const item of inFileOrder(context, items)) {
    const first = seen.get(keyOf(item));
    if (first === undefined) seen.set(keyOf(item), item);
    else clash(item, first);
  }
}

export function inFileOrder<T extends Placed>({ offset }: RuleContext, items: readonly T[]): T[] {
  return items
    .map(item => ({ item, offset: offset(item.at) }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ item }) => item);
}
