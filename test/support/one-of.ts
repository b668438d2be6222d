// `EDGEWG_ONE_OF=6 npm run test:…`: of what a long suite goes through by the dozen or the thousand, one of so many, which a seed chooses.
import { shuffled } from '../faults/cases.ts';

export const oneOf = Number(process.env['EDGEWG_ONE_OF'] ?? 1);

/** All of them unless the environment says otherwise, and never none. */
export const sampleOf = <T>(all: readonly T[]): T[] =>
  shuffled(all, 1).slice(0, Math.ceil(all.length / oneOf));
