// The reading behind a commit, over the new connection: again until the kernel shows what was committed, or its time is over.
import { setTimeout } from 'node:timers/promises';
import type { Probe } from '../plan/types/outcome.ts';
import type { Connection } from '../ssh/connection.ts';
import type { ApplyInput } from './apply-input.ts';
import { kernelProof } from './kernel.ts';
import { type Reading, readAgain } from './read.ts';
import { strangeness } from './same-router.ts';

export interface SecondLook {
  readonly reading: Reading;
  /** Why this isn't the router that the apply began with. */
  readonly strange: string | undefined;
  /** What the kernel shows. */
  readonly shown: readonly Probe[];
}

/** The routing daemon and the router's scripts take their seconds; a third of the window at most. */
const kernelMs = 15_000;

/** One round trip where all is as it should be. Rejects when the line breaks, and with the signal's reason. */
export async function secondLook(
  input: ApplyInput,
  connection: Connection,
  signal: AbortSignal,
): Promise<SecondLook> {
  const { plan, reading: before } = input;
  const kernel = kernelProof(plan, before.running);
  return await untilShown(input, signal, async () => {
    const reading = await readAgain(connection, before.facts, signal, kernel.asked);
    return { reading, strange: strangeness(input, connection, reading), shown: kernel.probes(reading) };
  });
}

/** Looks once more each second while the kernel lacks something and time is left; not at a strange router. */
export async function untilShown(
  {
    options,
    now,
  }: { readonly options: Pick<ApplyInput['options'], 'confirmWithin'>; readonly now: () => number },
  signal: AbortSignal,
  look: () => Promise<SecondLook>,
): Promise<SecondLook> {
  const until = now() + Math.min(kernelMs, (options.confirmWithin * 1000) / 3);
  let seen = await look();
  while (seen.strange === undefined && seen.shown.some(({ ok }) => !ok) && now() < until) {
    await setTimeout(1000, undefined, { signal });
    seen = await look();
  }
  return seen;
}
