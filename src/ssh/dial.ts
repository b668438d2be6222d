// What a login has of the dial that it is for. A type alone.

/** What one dial lends to the login. */
export interface Dial {
  /** Whether the host's key was known before this run; else no password is sent. */
  readonly known: boolean;
  /** Runs a question to a person outside the time limit. */
  pausedFor<T>(question: () => Promise<T>): Promise<T>;
  /** Ends the dial: the person pressed ^C, say. */
  fail(reason: unknown): void;
}
