// Why a key or an agent could not be used, for the refusal at the end.

/** Why a way in wasn't taken; what the final refusal says. */
export interface Problem {
  /** Of the error when nothing weightier happened. */
  readonly code: string;
  readonly what: string;
  readonly hint: string;
}

export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.what);
    this.problem = problem;
  }
}
