// What an apply works with. Types alone.

import type { CanaryPlan } from '../plan/canary.ts';
import type { ApplyEvent, Probe } from '../plan/types/outcome.ts';
import type { Plan } from '../plan/types/plan.ts';
import type { Connection, Dialer } from '../ssh/connection.ts';
import type { Tree } from '../vyatta/tree.ts';
import type { Reading } from './read.ts';
import type { TransactionOptions } from './transaction.ts';

export interface ApplyInput {
  readonly dialer: Dialer;
  /** Open, and the one on which `reading` was read. */
  readonly connection: Connection;
  readonly reading: Reading;
  readonly plan: Plan;
  /** The plan for what the router has now: empty when everything is as wanted. */
  readonly replan: (reading: Reading) => Plan;
  readonly options: Omit<TransactionOptions, 'nonce' | 'seal' | 'savedDigest' | 'interrupted'>;
  /** Further probes over the new connection: a handshake, a ping. */
  readonly moreProbes?: (asked: AskedProbes) => Promise<Probe[]>;
  /** The part that is committed first, and proven for a time before the rest is. */
  readonly canary?: Canary;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
  readonly onEvent: (event: ApplyEvent) => void;
  readonly signal: AbortSignal;
}

export interface Canary {
  readonly plan: CanaryPlan;
  readonly bakeSeconds: number;
  readonly moreProbes?: (asked: AskedProbes) => Promise<Probe[]>;
}

export interface AskedProbes {
  readonly connection: Connection;
  readonly reading: Reading;
  /** What `wg show all latest-handshakes` said just before the commit; undefined when the router said nothing of it; `any`: long after it. */
  readonly handshakesBefore: string | undefined | 'any';
  /** Milliseconds of `now` at which the router told that it had committed. */
  readonly since: number;
  readonly running: Tree;
  /** Aborted when nobody waits for the probes any more. */
  readonly signal: AbortSignal;
  readonly onProbe: (probe: Probe) => void;
}
