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

/** How long the router takes, in milliseconds (transcripts, interactive/19). */
export interface Profile {
  readonly set: number;
  readonly commit: number;
  readonly commitAction: number;
  readonly save: number;
  readonly show: number;
}

export const instant: Profile = { set: 0, commit: 0, commitAction: 0, save: 0, show: 0 };

/** The recorded machine slowed down as its README says: an EdgeRouter X is ten to twenty times slower. */
export const slow: Profile = { set: 250, commit: 3000, commitAction: 150, save: 1200, show: 1500 };
