// One thing that doctor looked at: what was seen, and what to do about it.

import type { RouterFacts } from '../plan/types/facts.ts';
import type { Probe } from '../plan/types/outcome.ts';
import type { Site } from '../site/site.ts';
import type { Tree } from '../vyatta/tree.ts';

export interface Finding {
  /** `failed`: something doesn't work, or won't after the next boot or save. `warning`: it works, and could be better. */
  readonly status: 'ok' | 'warning' | 'failed';
  readonly text: string;
  /** What to do about it. */
  readonly way?: string;
}

/** One thing that was looked at, and the worst first of what was found there; never empty. */
export interface Health {
  readonly name: string;
  readonly findings: readonly Finding[];
}

export interface Patient {
  readonly site: Site;
  readonly running: Tree;
  readonly facts: RouterFacts;
  /** Seconds since 1970 by the clock of the machine that asks. */
  readonly now: number;
  /** What the kernel was asked of each interface. */
  readonly probes: readonly Probe[];
}

export const ok = (text: string): Finding => ({ status: 'ok', text });
export const warning = (text: string, way: string): Finding => ({ status: 'warning', text, way });
export const failed = (text: string, way: string): Finding => ({ status: 'failed', text, way });
