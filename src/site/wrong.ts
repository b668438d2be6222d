// What is wrong with the shape of a file, by zod, and what of it is right all the same. A file of its own in the bundle, which a right
// file never loads (scripts/bundle.mjs).
import { issueFindings, sitePath } from './issues.ts';
import type { Spot } from './nodes.ts';
import { Pruned } from './prune.ts';
import { siteSchema } from './schema/schema.ts';
import type { Written } from './schema/site.ts';
import type { SitePath } from './site.ts';
import { type Finding, mostFindings } from './text.ts';

export interface Shaped {
  /** Undefined when nothing is left. */
  readonly written: Written | undefined;
  readonly pruned: Pruned;
  readonly shapeFindings: Finding[];
}

/** The schema, and what is left of the data without the places that it refuses; undefined when nothing is. */
export function findWrong(data: unknown, spots: Spot, text: string): Shaped {
  const pruned = new Pruned(data);
  let checked = siteSchema.safeParse(data);
  const shapeFindings = checked.success
    ? []
    : checked.error.issues
        .slice(0, mostFindings)
        .flatMap(issue => issueFindings(issue, { data, spots, text }));
  for (let round = 0; !checked.success && round < depthOfSchema; round++) {
    pruned.remove(checked.error.issues.flatMap(badPlaces));
    checked = siteSchema.safeParse(withRequired(pruned.data));
  }
  return { written: checked.data, pruned, shapeFindings };
}

/** Each round takes out what is wrong, or what it is a required part of: one level up at a time. */
const depthOfSchema = 12;

/** What the schema insists on may be among the wrong: the rules can do without it. Such a site is never handed out. */
function withRequired(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  return { ...data, version: 1, router: 'router' in data ? data.router : { host: 'router' } };
}

type Issue = NonNullable<ReturnType<typeof siteSchema.safeParse>['error']>['issues'][number];

/** What to leave out because of an issue: unknown keys by themselves; of a choice, the whole. */
function badPlaces(issue: Issue): SitePath[] {
  const path = sitePath(issue.path);
  return issue.code === 'unrecognized_keys' ? issue.keys.map(key => [...path, key]) : [path];
}
