// The cases of the matrix, and the same part of them for the same seed.
import { clientFaults, faults, heldFaults, heldNames, sayings, steps, streamFaults } from './mishaps.ts';
import type { Direction } from './proxy.ts';

export interface Case {
  readonly step: string;
  readonly fault: string;
}

export type Scenario = 'apply' | 'canary' | 'hold' | 'confirm' | 'undo' | 'extend';

const scenarios: readonly Scenario[] = ['canary', 'hold', 'confirm', 'undo', 'extend'];

/** What the client does to which the mishap happens: by the first word of the step. */
export function scenarioOf({ step }: Pick<Case, 'step'>): Scenario {
  const [word] = step.split(': ');
  return scenarios.find(name => name === word) ?? 'apply';
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

const onlyAtClient: readonly string[] = [
  ...streamFaults,
  'client clock forward',
  'client clock back',
  'client state not writable',
  'client interrupted twice',
  'client terminated',
  'client hung up',
  'clock forward',
  'clock back',
];

/** Every step with every mishap. */
/** The client has its promise and leaves: when both are killed then, nobody counts until the next word (docs/safety.md 'What isn't covered'). */
export const isNobodyLeft = ({ step, fault }: Case): boolean =>
  fault === 'switch and its guard killed' && ['hold: logged in again', 'hold: held'].includes(step);

export const cases: readonly Case[] = [
  ...Object.keys(steps).flatMap(step =>
    Object.keys(faults)
      .filter(fault => !onlyAtClient.includes(fault))
      .map(fault => ({ step, fault })),
  ),
  ...Object.keys(sayings).flatMap(step => clientFaults.map(fault => ({ step, fault }))),
  ...streamFaults.map(fault => ({ step: 'start', fault })),
  ...heldNames.flatMap(step => heldFaults.map(fault => ({ step, fault }))),
  ...atLogins,
  ...atChannels,
  ...atSubtrees,
];

export type Sent = Readonly<Record<Direction, { readonly bytes: number; readonly packets: number }>>;

/** The line is cut after so many bytes, over all connections and in each direction: every `every`th. */
export function cuts(every: number, sent: Sent): Case[] {
  return directions.flatMap(direction =>
    Array.from({ length: Math.floor((sent[direction].bytes - 1) / every) }, (_, i) =>
      byteCut((i + 1) * every, direction),
    ),
  );
}

/** The line is cut within each packet: every byte of one is the same to both ends. */
export function packetCuts(sent: Sent): Case[] {
  return directions.flatMap(direction =>
    Array.from({ length: sent[direction].packets }, (_, i) => ({
      step: `packet ${i}${suffix(direction)}`,
      fault: 'cut',
    })),
  );
}

/** So many bytes of both directions, the same for the same seed. */
export function randomCuts(count: number, sent: Sent, seed: number): Case[] {
  const total = sent.down.bytes + sent.up.bytes;
  const random = randomBy(seed + 1);
  return Array.from({ length: count }, () => {
    const byte = 1 + Math.floor(random() * (total - 1));
    return byte <= sent.down.bytes ? byteCut(byte, 'down') : byteCut(byte - sent.down.bytes, 'up');
  });
}

const directions: readonly Direction[] = ['down', 'up'];
const suffix = (direction: Direction): string => (direction === 'up' ? ' sent' : '');
const byteCut = (byte: number, direction: Direction): Case => ({
  step: `byte ${byte}${suffix(direction)}`,
  fault: 'cut',
});

/** mulberry32 */
function randomBy(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Shuffled, the same order for the same seed. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = randomBy(seed);
  return items
    .map(item => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
