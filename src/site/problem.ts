// What is wrong with a site file: data with a place, rendered by src/report/problems.ts.
import { Refused } from '../errors.ts';
import type { SitePlace } from './site.ts';

/** One mistake, ready to be shown in any form. */
export interface Problem extends SitePlace {
  /** A stable name: `unknown-key`, `bad-value`, `duplicate-port` … */
  readonly code: string;
  readonly message: string;
  /** The way out, in the imperative. */
  readonly hint?: string;
  /** The line as it stands in the file, with stars for what may be a secret; of a very long one, the part that matters. */
  readonly text: string;
  /** The column of the first character of `text`: 1 but for very long lines. */
  readonly textColumn: number;
  /** How much of the line, from `column` on, is meant; at least 1. */
  readonly length: number;
}

/** All that is wrong with one site file, in the file's order. The router was not touched. */
export class SiteProblems extends Refused {
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super('site-file', `${file} has ${count}`, 'correct the file; `edgewg validate` checks it alone');
    this.file = file;
    this.problems = problems;
  }
}
