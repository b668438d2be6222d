// What an apply tells while it runs and when it is over: values for a report, not sentences.

/** A step of an apply, in the order in which they come. */
export type ApplyEvent =
  | {
      readonly kind: 'connecting' | 'proving' | 'confirming' | 'putting-back' | 'interrupted';
      readonly attempt?: number;
    }
  | { readonly kind: 'connected'; readonly host: string; readonly fingerprint: string }
  | { readonly kind: 'read'; readonly version: string; readonly lines: number }
  | { readonly kind: 'armed'; readonly seconds: number }
  | { readonly kind: 'key'; readonly tunnel: string; readonly publicKey: string }
  | { readonly kind: 'set'; readonly done: number; readonly total: number }
  | { readonly kind: 'waiting-for-lock' }
  | { readonly kind: 'committed'; readonly number: number; readonly total: number }
  | { readonly kind: 'probe'; readonly probe: Probe }
  | { readonly kind: 'baking'; readonly tunnel: string; readonly secondsLeft: number }
  | { readonly kind: 'held'; readonly id: string; readonly seconds: number }
  | { readonly kind: 'saved' };

/** One thing that the proof looked at over the new connection. */
export interface Probe {
  readonly name: string;
  readonly ok: boolean;
  /** What was seen, for a probe that failed. */
  readonly saw?: string;
  /** Why it couldn't be told: nothing fails for it, and it is not said to hold. */
  readonly unknown?: string;
}

export interface Outcome {
  /** The apply's id, in the router's commit comments and records. */
  readonly id: string;
  readonly probes: readonly Probe[];
  /** Public keys of interfaces whose key file was made or filled. */
  readonly keys: readonly { readonly tunnel: string; readonly publicKey: string }[];
  readonly commands: number;
  /** Of the configuration that was proven, and saved unless it is held. */
  readonly digestAfter: string;
  /** Not saved: it waits for a person's word for so many seconds, then the router undoes it. */
  readonly held?: { readonly seconds: number };
  /** Whether the router keeps the record of it, without which it can't be rolled back. */
  readonly hasRecord: boolean;
}
