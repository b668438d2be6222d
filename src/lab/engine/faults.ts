// What may go wrong on purpose, at named steps: `set:12` (the twelfth set of a session), `delete:3`, `commit`,
// `commit:subtree:459`, `commit:after`, `save`, `load`, `lock`. The box and tests decide what happens there.

/** What happens at a step besides waiting: it fails with this sentence. */
export interface Mishap {
  readonly fail: string;
}

export interface Faults {
  /** Called when the step is reached; may take its time, or do something else to the router. */
  at(step: string, session: string): Promise<Mishap | undefined>;
}

export const noFaults: Faults = { at: async () => undefined };

/** How long the router takes, in milliseconds on top of what the lab itself needs for a call. */
export interface Profile {
  /** Every call of one of the router's programs, by its name; one that isn't there takes no time. */
  readonly calls: Readonly<Record<string, number>>;
  readonly commit: number;
  readonly commitAction: number;
  readonly save: number;
}

export const instant: Profile = { calls: {}, commit: 0, commitAction: 0, save: 0 };
