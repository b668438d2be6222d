// The first tunnel's part of an apply while it bakes: proven over a new connection again and again, until the time is over. The router
// waits for the word, never longer than the window of a proof after the last one that passed (scripts/transact.sh, `bake`).
import { setTimeout as sleep } from 'node:timers/promises';
import { canaryPart, leftOfCanary } from '../plan/canary.ts';
import { touchedInterfaces } from '../plan/touched.ts';
import type { Probe } from '../plan/types/outcome.ts';
import type { Connection } from '../ssh/connection.ts';
import type { ApplyInput, Canary } from './apply-input.ts';
import { messageOf } from './ending.ts';
import { kernelProof } from './kernel.ts';
import { prove } from './prove.ts';
import { readAgain } from './read.ts';
import { hasOtherHostKey } from './same-router.ts';
import { untilShown } from './second-look.ts';
import { askSwitch } from './switch.ts';

/** From one proof to the next, unless the window is shorter. */
const mostSeconds = 15;

interface Baking {
  readonly input: ApplyInput;
  readonly canary: Canary;
  readonly connection: Connection;
  readonly handshakesBefore: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Says the word when all went well: undefined; else why it didn't, and the router is asked to put back. Undefined too once `signal` is
 * aborted: whoever did that, a person or the end of the transaction, knows why. Never rejects.
 */
export async function bake(
  input: ApplyInput,
  canary: Canary,
  handshakesBefore: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  let connection: Connection | undefined;
  let why: string | undefined;
  let isWell = false;
  try {
    connection = await input.dialer.dial(signal);
    const baking = { input, canary, connection, handshakesBefore, signal };
    why = await untilDone(baking);
    if (why === undefined) await askSwitch(connection, input.options.id, 'go');
    isWell = why === undefined;
  } catch (error) {
    if (!signal.aborted)
      why = `the line was lost while ${canary.plan.canary.tunnel} went first: ${messageOf(error)}`;
  }
  if (!isWell) await undo(input, connection);
  await connection?.close();
  return why;
}

async function untilDone(baking: Baking): Promise<string | undefined> {
  const { input, canary, connection, signal } = baking;
  const { options, now, onEvent } = input;
  const { tunnel } = canary.plan.canary;
  const end = now() + canary.bakeSeconds * 1000;
  const pause = Math.min(mostSeconds, options.confirmWithin / 3) * 1000;
  for (let round = 0; ; round++) {
    const failed = await proveOnce(baking, round === 0);
    if (failed !== undefined) return failed;
    const left = end - now();
    onEvent({ kind: 'baking', tunnel, secondsLeft: Math.max(0, Math.ceil(left / 1000)) });
    if (left <= 0) return undefined;
    const answer = await askSwitch(connection, options.id, {
      verb: 'until',
      until: `+${options.confirmWithin}`,
    });
    if (answer.secondsLeft === undefined) return `the router did not wait for ${tunnel}`;
    await sleep(Math.min(pause, left), undefined, { signal });
  }
}

async function proveOnce(
  { input, canary, connection, handshakesBefore, signal }: Baking,
  isFirst: boolean,
): Promise<string | undefined> {
  const { reading: before, replan, onEvent } = input;
  const part = canaryPart(canary.plan);
  const kernel = kernelProof(part, before.running);
  const { reading, strange, shown } = await untilShown(input, signal, async () => {
    const now = await readAgain(connection, before.facts, signal, kernel.asked);
    const isOther = hasOtherHostKey(input.connection, connection) || now.facts.bootId !== before.facts.bootId;
    const strange = isOther
      ? 'the new connection reached another router, or one that has restarted since'
      : undefined;
    return { reading: now, strange, shown: kernel.probes(now) };
  });
  if (strange !== undefined) return strange;
  const again = leftOfCanary(canary.plan, replan(reading));
  const probes = [...prove(reading, again, touchedInterfaces(part)), ...shown];
  const onProbe = (probe: Probe): void => {
    if (isFirst || !probe.ok) onEvent({ kind: 'probe', probe });
  };
  probes.forEach(onProbe);
  const { running } = reading;
  if (probes.every(({ ok }) => ok) && canary.moreProbes !== undefined) {
    // what was new in the first round would be so for ever
    const known = isFirst ? handshakesBefore : 'any';
    const since = input.now();
    const asked = { connection, reading, running, handshakesBefore: known, since, signal, onProbe } as const;
    probes.push(...(await canary.moreProbes(asked)));
  }
  const failed = probes.find(({ ok }) => !ok);
  return (
    failed &&
    `${canary.plan.canary.tunnel} went first, and its proof failed: ${failed.name} — saw ${failed.saw ?? 'nothing'}`
  );
}

/** Whatever it answers: the transaction's own records tell what became of it. */
async function undo(input: ApplyInput, connection: Connection | undefined): Promise<void> {
  for (const one of [input.connection, connection])
    if (
      one !== undefined &&
      (await askSwitch(one, input.options.id, 'undo').then(
        () => true,
        () => false,
      ))
    )
      return;
}
