// One proof that is under way: what must be run for it, and what is known of it so far.
import type { Probe } from '../../plan/types/outcome.ts';
import type { Record } from '../records.ts';

export interface Check {
  /** Seconds from the beginning of the proofs. */
  readonly within: number;
  /** Takes what a script on the router told; ignores what isn't its own. */
  take(record: Record): void;
  /** As it stands: what doesn't hold yet has failed, should the time be over. */
  probes(): Probe[];
}

/** What the router's script must do for a check: a line of it. */
export type Call = readonly string[];

export interface RouterCheck extends Check {
  readonly call: Call;
}

export const holds = (check: Check): boolean => check.probes().every(({ ok }) => ok);
