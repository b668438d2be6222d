// What a plan was made for, as far as it is known later: the router itself, a snapshot of it, or a file of which nothing is known.
import type * as z from 'zod';
import type { originSchema } from './origin-schema.ts';

/** What stands before the digests of this version's filter. */
export const filterMark = '3:';

/** A digest of another filter can't be compared. */
export const isComparable = (digest: string): boolean => digest.startsWith(filterMark);

export type Origin = z.infer<typeof originSchema>;
