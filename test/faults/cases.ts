// The cases of the matrix, and the same part of them for the same seed.
import { clientFaults, faults, sayings, steps } from './mishaps.ts';

export interface Case {
  readonly step: string;
  readonly fault: string;
}

/** Steps at which the lab itself does the harm, by its own names: a login, a channel, a part of a commit. */
const atLogins = ['drop', 'silence', 'refuse'].flatMap(fault =>
  ['auth:1', 'auth:2'].map(step => ({ step, fault })),
);
const atChannels = ['refuse', 'close', 'silence', 'stall:1500', 'reboot'].flatMap(fault =>
  ['exec:1', 'exec:2', 'exec:3', 'exec:4'].map(step => ({ step, fault })),
);
const atSubtrees = [210, 450, 459, 460, 920].map(priority => ({
  step: `commit:subtree:${priority}`,
  fault: 'fail',
}));

const onlyAtClient = [
  'client interrupted twice',
  'client terminated',
  'client hung up',
  'clock forward',
  'clock back',
];

/** Every step with every mishap. */
export const cases: readonly Case[] = [
  ...Object.keys(steps).flatMap(step =>
    Object.keys(faults)
      .filter(fault => !onlyAtClient.includes(fault))
      .map(fault => ({ step, fault })),
  ),
  ...Object.keys(sayings).flatMap(step => clientFaults.map(fault => ({ step, fault }))),
  ...atLogins,
  ...atChannels,
  ...atSubtrees,
];

/** The line is cut after so many bytes that the router sent, over all connections: every `every`th of `total`. */
export function cuts(every: number, total: number): Case[] {
  return Array.from({ length: Math.floor((total - 1) / every) }, (_, i) => ({
    step: `byte ${(i + 1) * every}`,
    fault: 'cut',
  }));
}

/** Shuffled, the same order for the same seed (mulberry32). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return items
    .map(item => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
