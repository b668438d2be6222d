// What can go wrong, told by what happened to the router: the class decides the exit code (docs/reference, 'Exit codes').
// An error carries the sentence for the person and a way out; nothing here prints.

/** Exit codes of the commands; see the table in docs/reference.md. */
export const Exit = {
  done: 0,
  bug: 1,
  difference: 2,
  refused: 3,
  noAccess: 4,
  putBack: 5,
  unknown: 6,
} as const;

/** An expected failure. `hint` is the way out, in the imperative; `exit` one of {@link Exit} (or 128+signal). */
export class EdgewgError extends Error {
  readonly exit: number;
  readonly hint: string | undefined;
  /** A stable name for scripts and `edgewg explain`, such as `host-key-changed`. */
  readonly code: string;

  constructor(code: string, exit: number, message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.exit = exit;
    this.hint = hint;
  }
}

/** Usage, site file, unsafe or stale plan, answered no. The router was not touched. */
export class Refused extends EdgewgError {
  constructor(code: string, message: string, hint?: string, cause?: unknown) {
    super(code, Exit.refused, message, hint, cause);
  }
}

/** Could not reach, log in to, or read the router. It was not touched. */
export class NoAccess extends EdgewgError {
  constructor(code: string, message: string, hint?: string, cause?: unknown) {
    super(code, Exit.noAccess, message, hint, cause);
  }
}

/** The apply failed, and running and saved configuration were read back as before. */
export class PutBack extends EdgewgError {
  constructor(code: string, message: string, hint?: string, cause?: unknown) {
    super(code, Exit.putBack, message, hint, cause);
  }
}

/** Nobody could prove what state the router is in; the hint says what to run. */
export class StateUnknown extends EdgewgError {
  constructor(code: string, message: string, hint: string, cause?: unknown) {
    super(code, Exit.unknown, message, hint, cause);
  }
}

/** Ended by a signal before anything was changed, or after it was put back. */
export class Interrupted extends EdgewgError {
  constructor(signal: string, exit: number) {
    super('interrupted', exit, `interrupted by ${signal}`);
  }
}
