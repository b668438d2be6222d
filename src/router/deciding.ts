// A person's word on an apply that is held, from any machine that may log in: proves again and saves, or undoes, or waits longer. The
// switch on the router decides; what it says is believed for what a reading then shows.
import { type EdgewgError, PutBack, Refused, StateUnknown } from '../errors.ts';
import type { HeldApply } from '../plan/types/facts.ts';
import type { ApplyEvent, Probe } from '../plan/types/outcome.ts';
import type { Plan } from '../plan/types/plan.ts';
import { isInPlace } from '../plan/types/plan.ts';
import type { Connection, Dialer } from '../ssh/connection.ts';
import { cameUpWith, isAsBefore, restartError } from './after-restart.ts';
import type { AskedProbes } from './apply-input.ts';
import { interrupted, messageOf } from './ending.ts';
import { kernelProofAgain } from './kernel.ts';
import { loggedResult } from './log.ts';
import { probeInterface, prove } from './prove.ts';
import { type Reading, readAgain, readRouter } from './read.ts';
import { committedSince } from './refusal.ts';
import { hasOtherHostKey } from './same-router.ts';
import { untilShown } from './second-look.ts';
import { type Answer, askSwitch } from './switch.ts';
import type { Word } from './transaction.ts';
import { isUnsavedSince } from './unsaved-since.ts';

export interface Deciding {
  readonly dialer: Dialer;
  /** Open, and the one on which `reading` was read. */
  readonly connection: Connection;
  readonly reading: Reading;
  readonly held: HeldApply;
  /** The site file's plan for a reading; undefined where nobody gave a site file: what runs is then held against what was proven. */
  readonly replan: ((reading: Reading) => Plan) | undefined;
  /** What must hold besides, long after the commit. */
  readonly moreProbes?: (asked: AskedProbes) => Promise<Probe[]>;
  /** Who decides, `user@host`: for the router's log. */
  readonly who: string;
  readonly now: () => number;
  readonly onEvent: (event: ApplyEvent) => void;
  readonly signal: AbortSignal;
}

/** What the router keeps of it. */
interface Confirmed {
  readonly hasRecord: boolean;
}

/** Saves what was proven again. Throws {@link Refused} when the proof fails: then it goes on waiting. */
export async function confirmHeld(input: Deciding): Promise<Confirmed> {
  const { held, reading, onEvent, signal } = input;
  onEvent({ kind: 'proving' });
  const failed = await proveAgain(input).catch((error: unknown) => {
    throw signal.aborted ? interrupted(signal, 'interrupted; nothing was done') : error;
  });
  if (failed !== undefined) throw await notConfirmed(input, failed);
  if (signal.aborted) throw interrupted(signal, 'interrupted; nothing was done');
  onEvent({ kind: 'confirming' });
  const { answer, connection } = await decided(input, 'confirm');
  const { saved } = answer;
  if (saved !== undefined && saved.bootId === reading.facts.bootId && saved.digest === reading.facts.digest)
    return { hasRecord: saved.hasRecord };
  const now = await readThere(input, connection);
  const word = wordOf(answer, now, held.id);
  if (word === 'saved' && isSaved(input, now)) return { hasRecord: saved?.hasRecord ?? false };
  // it has forgotten that there was an apply
  if ((word === 'saved' || word === '') && cameUpWith(input, now) === 'applied') return { hasRecord: false };
  throw otherEnd(input, now, word, answer.reason);
}

/** Of a proof that failed; whether it goes on waiting is read there, for a proof may take longer than it waits. */
async function notConfirmed(input: Deciding, { name, saw }: Probe): Promise<EdgewgError> {
  const { id } = input.held;
  const now = await readThere(input, input.connection).catch(() => undefined);
  const waits = now?.facts.held.some(one => one.id === id);
  const logged = now === undefined ? '' : loggedResult(now.facts.applies, id);
  const state = waits
    ? 'it goes on waiting'
    : now === undefined
      ? 'whether it goes on waiting could not be read'
      : `it waits no longer: the last that the router's log says of it is '${logged}'`;
  return new Refused(
    'proof-failed',
    `apply ${id} is not confirmed: ${name} — saw ${saw ?? 'nothing'}; nothing was done, and ${state}`,
    `look with \`edgewg plan\`; then confirm again, or: edgewg undo ${id}`,
  );
}

/** Resolves when the router says that it is undone, to who else committed since the apply was read. Throws any other end. */
export async function undoHeld(
  input: Deciding,
): Promise<{ readonly asBefore: boolean; readonly others: string[]; readonly hasRestarted: boolean }> {
  input.onEvent({ kind: 'putting-back' });
  const { answer, connection } = await decided(input, 'undo');
  const now = await readThere(input, connection);
  const word = wordOf(answer, now, input.held.id);
  const hasRestarted = now.facts.bootId !== input.reading.facts.bootId;
  if (word === 'undone')
    return {
      asBefore: isAsBefore(input.held, now),
      others: committedSince(input.reading, now),
      hasRestarted,
    };
  if (word === '' && cameUpWith(input, now) === 'before') return { asBefore: true, others: [], hasRestarted };
  if (word === 'saved')
    throw new Refused(
      'apply-is-over',
      `apply ${input.held.id} was confirmed meanwhile: the router says that it has saved it`,
      `to take it back: edgewg rollback ${input.held.id}`,
    );
  throw otherEnd(input, now, word, answer.reason);
}

/** For how many seconds it waits from now on. Throws when it doesn't wait any more. */
export async function extendHeld(input: Deciding, until: number): Promise<number> {
  const { answer, connection } = await decided(input, { verb: 'until', until });
  if (answer.secondsLeft !== undefined) return answer.secondsLeft;
  const now = await readThere(input, connection);
  throw otherEnd(input, now, wordOf(answer, now, input.held.id), answer.reason);
}

/** As at the end of an apply, this login being the new one: the first that doesn't hold. What the kernel shows costs another reading. */
async function proveAgain(input: Deciding): Promise<Probe | undefined> {
  const { held, reading, connection, moreProbes, now, signal, onEvent } = input;
  const onProbe = (probe: Probe): void => onEvent({ kind: 'probe', probe });
  const toldOf = (probes: readonly Probe[]): Probe | undefined => {
    probes.forEach(onProbe);
    return probes.find(({ ok }) => !ok);
  };
  const failed = toldOf(proveReading(input, reading));
  if (failed !== undefined) return failed;
  const kernel = kernelProofAgain(held, reading.running);
  if (kernel.asked.length > 0) {
    const seconds = { confirmWithin: held.secondsLeft };
    const { shown } = await untilShown({ options: seconds, now }, signal, async () => {
      const again = await readAgain(connection, reading.facts, signal, kernel.asked);
      return { reading: again, strange: undefined, shown: kernel.probes(again) };
    });
    const missing = toldOf(shown);
    if (missing !== undefined) return missing;
  }
  const { running } = reading;
  const asked = { connection, reading, running, since: now(), signal, onProbe };
  // they are told one by one
  const probes = (await moreProbes?.({ ...asked, handshakesBefore: 'any' })) ?? [];
  return probes.find(({ ok }) => !ok);
}

function proveReading({ held, replan, connection }: Deciding, reading: Reading): Probe[] {
  const interfaces = held.tunnels;
  if (replan !== undefined) return prove(reading, replan(reading), interfaces);
  const isSame = reading.facts.digest === held.proven;
  return [
    { name: `login at ${connection.remote.host}`, ok: true },
    {
      name: 'running is what was proven',
      ok: isSame,
      ...(!isSame && {
        saw: 'another configuration: somebody else has committed since; give the site file with -f',
      }),
    },
    ...interfaces.flatMap(name => probeInterface(reading, name)),
  ];
}

/** How long the router is asked when the line breaks, or another commit holds its lock. */
const patienceMs = 10 * 60_000;
const lostMs = 90_000;

/** Gives the switch the word until it has decided, over new connections where one breaks. The same word twice does nothing more. */
async function decided(
  input: Deciding,
  given: 'confirm' | 'undo' | Extract<Word, { verb: 'until' }>,
): Promise<{ answer: Answer; connection: Connection }> {
  const word: Word = { ...(typeof given === 'string' ? { verb: given } : given), by: input.who };
  let connection = input.connection;
  let isFirst = true;
  const begun = input.now();
  let lost: number | undefined;
  for (;;) {
    try {
      const answer = await askSwitch(
        connection,
        input.held.id,
        isFirst || lost !== undefined ? word : 'wait',
      );
      isFirst = false;
      lost = undefined;
      const isOpen = answer.result === 'busy' && answer.secondsLeft === undefined;
      if (!isOpen || word.verb === 'until' || input.now() - begun > patienceMs) return { answer, connection };
    } catch (error) {
      lost ??= input.now();
      if (input.signal.aborted || input.now() - lost > lostMs)
        throw unknown(input, `the line was lost: ${messageOf(error)}`);
      input.onEvent({ kind: 'connecting', attempt: 1 });
      connection = await dialAgain(input, lost);
    }
  }
}

async function dialAgain(input: Deciding, lost: number): Promise<Connection> {
  for (let attempt = 1; ; attempt++) {
    try {
      const connection = await input.dialer.dial(input.signal);
      if (!hasOtherHostKey(input.connection, connection)) return connection;
      await connection.close();
      throw new Error(`${input.dialer.name} leads to another router now`);
    } catch (error) {
      if (input.signal.aborted || input.now() - lost > lostMs)
        throw unknown(input, `the router could not be reached again: ${messageOf(error)}`);
      await new Promise(resolve => setTimeout(resolve, Math.min(attempt, 5) * 1000));
    }
  }
}

async function readThere(input: Deciding, connection: Connection): Promise<Reading> {
  try {
    return await readRouter(connection, AbortSignal.timeout(90_000));
  } catch (error) {
    throw unknown(input, `what the router made of it could not be read: ${messageOf(error)}`);
  }
}

/** The switch's answer, else what the log says last; empty: it isn't known to be over. */
function wordOf(answer: Answer, now: Reading, id: string): string {
  if (answer.result !== 'gone' && answer.result !== '' && answer.result !== 'busy') return answer.result;
  const logged = loggedResult(now.facts.applies, id);
  return logged === 'begun' ? '' : logged;
}

/** Whether what runs is what is wanted, and what is saved but for what was committed since. Without a site file nobody knows whose that is. */
function isSaved({ replan, held, reading }: Deciding, now: Reading): boolean {
  const { facts } = now;
  if (facts.bootId !== reading.facts.bootId) return false;
  if (replan !== undefined) return isInPlace(replan(now)) && isUnsavedSince(reading, now);
  return facts.digest === held.proven && facts.isDriftKnown && facts.drift.length === 0;
}

/** The end that was not asked for, as far as it could be seen. */
function otherEnd(input: Deciding, now: Reading, word: string, reason: string): EdgewgError {
  const { held } = input;
  const { id } = held;
  const because = reason === '' ? '' : `: ${reason}`;
  const found = cameUpWith(input, now);
  if (found !== undefined && word === '') return restartError(held, found);
  if (word === 'undone' && isAsBefore(held, now))
    return new PutBack(
      'put-back',
      `the router undid apply ${id}${because}; running and saved configuration are as before`,
    );
  if (word === 'saved')
    return new StateUnknown(
      'saved-unproven',
      `the router says that it has saved apply ${id}, and what is read there now is something else`,
      'run `edgewg plan`',
    );
  if (word === '') return unknown(input, `the router doesn't say what became of it${because}`);
  return new StateUnknown(
    'unknown-state',
    `apply ${id}: the router says ${word}${because}`,
    'it waits no longer, and a person must look: `edgewg status` tells what runs, `edgewg plan` what the site file would change',
  );
}

function unknown({ held, dialer }: Deciding, why: string): StateUnknown {
  return new StateUnknown(
    'unknown-state',
    `apply ${held.id}: ${why}`,
    `look with \`edgewg status\`; unconfirmed, ${dialer.name} undoes it by itself when its time is up, and /config/user-data/edgewg/log there says so`,
  );
}
