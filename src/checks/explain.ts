// What every finding means, collected from the checks. A code never changes its meaning.
import type { Explanation } from '../plan/types/check.ts';
import { checks } from './all.ts';
import { rollbackChecks } from './rollback/all.ts';

/** By code, in the order of the codes. */
export const explanations: Readonly<Record<string, Explanation>> = Object.fromEntries(
  [...checks, ...rollbackChecks]
    .flatMap(check => Object.entries(check.explanations))
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);
