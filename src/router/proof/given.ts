// What a proof is given. Types alone.
import type { Probe } from '../../plan/types/outcome.ts';
import type { Connection } from '../../ssh/connection.ts';
import type { Tree } from '../../vyatta/tree.ts';

/** Who asks where the machine that runs edgewg does. */
export interface ClientChecks {
  /** Resolves when the port accepts; rejects with why it doesn't. */
  tcp(host: string, port: number, signal: AbortSignal): Promise<void>;
  /** Resolves to the status; redirects aren't followed. */
  http(url: string, signal: AbortSignal): Promise<number>;
  /** Runs the words of a command without edgewg's secrets; resolves to what went wrong, undefined when it ended with 0. */
  command(run: string, seconds: number): Promise<string | undefined>;
}

export interface ProofGiven {
  /** To the router, after the commit. */
  readonly connection: Connection;
  /** What is running there, without secrets. */
  readonly running: Tree;
  /**
   * `wg show all latest-handshakes` of just before the commit: a handshake is new when it is another one; undefined when the router said
   * nothing of it. `any`: long after the commit one that isn't too old counts, and a session that is up.
   */
  readonly handshakesBefore: string | undefined | 'any';
  /** When the router told that it had committed, by `now`. */
  readonly since: number;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
  /** Aborted when nobody waits for the proofs any more. */
  readonly signal: AbortSignal;
  readonly client: ClientChecks;
  /** Told of each as soon as it is decided. */
  readonly onProbe?: (probe: Probe) => void;
}
