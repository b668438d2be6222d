// Where in a text something stands, for errors that a person can follow.

/** A place in a text. Lines and columns count from 1; columns count UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A text that isn't what it should be. Carries every problem found, in order. */
export class UnreadableText extends Error {
  readonly problems: readonly (Place & { message: string })[];

  constructor(problems: readonly (Place & { message: string })[]) {
    super(problems.map(p => `line ${p.line}, column ${p.column}: ${p.message}`).join('\n'));
    this.name = 'UnreadableText';
    this.problems = problems;
  }
}
