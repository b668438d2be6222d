// One apply: transact on the first connection, prove over a new one, confirm there. The router runs the transaction by itself;
// whatever dies here, it ends undone, or confirmed and saved (docs/safety.md 'The transaction').

import { type EdgewgError, NoAccess, StateUnknown } from '../errors.ts';
import { touchedInterfaces } from '../plan/touched.ts';
import type { ApplyEvent, Outcome, Probe } from '../plan/types/outcome.ts';
import { isInPlace } from '../plan/types/plan.ts';
import type { Connection } from '../ssh/connection.ts';
import { isKey } from '../wireguard/key.ts';
import type { ApplyInput, Canary } from './apply-input.ts';
import { bake } from './bake.ts';
import { ending, interrupted, messageOf, type Unfinished } from './ending.ts';
import { prove } from './prove.ts';
import { type Reading, readAgain, readRouter } from './read.ts';
import { newNonce, type Record, RecordReader } from './records.ts';
import { held, moved, reasonOf, untouched } from './refusal.ts';
import { secondLook } from './second-look.ts';
import { type Answer, askSwitch, confirm } from './switch.ts';
import { transactionCommand, transactionInput } from './transaction.ts';

/** What the transaction said about itself. */
interface Transcript {
  readonly records: Map<string, Record>;
  readonly keys: { tunnel: string; publicKey: string }[];
  /** Why the part that went first was not well. */
  unwell?: string;
  /** Why the line ended before the transaction did. */
  lost?: unknown;
  /** When it told that it had committed, by the caller's clock. */
  committedAt?: number;
}

/** Filled on the way. */
interface Proof {
  readonly transcript: Transcript;
  readonly probes: Probe[];
  /** Until the router undoes by itself, and with it the person's interruption. */
  readonly signal: AbortSignal;
  digest: string;
  hasRecord: boolean;
  /** The router has promised to wait for a person's word for so many seconds. */
  held?: { readonly seconds: number };
}

/** Sets and commits take as long as they take: an endpoint's name alone can hold a commit for over a minute. */
const transactionTimeoutMs = 60 * 60_000;

/** Applies a plan that isn't empty. Throws what became of the router when it isn't as wanted. */
export async function apply(input: ApplyInput): Promise<Outcome> {
  // what comes before may not have listened
  if (input.signal.aborted) throw interrupted(input.signal, 'interrupted; nothing was done');
  const transcript = await transact(input);
  if (!transcript.records.has('committed')) throw await withoutCommit(input, transcript);
  // the router counts for itself: after that, a proof is worth nothing
  const window = windowOf(input);
  const proof: Proof = {
    transcript,
    probes: [],
    signal: window.signal,
    digest: '',
    hasRecord: false,
  };
  const end = await proveAndConfirm(input, proof).finally(() => window.close());
  if (end !== 'saved') throw end;
  const { probes, digest, hasRecord, held } = proof;
  const { id } = input.options;
  input.onEvent(held === undefined ? { kind: 'saved' } : { kind: 'held', id, ...held });
  const commands = input.plan.commits.flatMap(commit => commit.run).length;
  const { keys } = transcript;
  return { id, probes, keys, commands, digestAfter: digest, hasRecord, ...(held && { held }) };
}

/** Aborted when the router undoes by itself, or by the person. */
function windowOf({ options, signal }: ApplyInput): { readonly signal: AbortSignal; close(): void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal.reason);
  const timer = setTimeout(
    () => controller.abort(new Error('the time for the proof is up')),
    options.confirmWithin * 1000,
  );
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    close() {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    },
  };
}

async function transact(input: ApplyInput): Promise<Transcript> {
  const { connection, plan, reading, options, onEvent, signal } = input;
  const nonce = newNonce();
  const transcript: Transcript = { records: new Map(), keys: [] };
  const total = plan.commits.flatMap(commit => commit.run).filter(({ op }) => op !== 'prune').length;
  let done = (): void => {};
  const committed = new Promise<void>(resolve => {
    done = resolve;
  });
  const reader = new RecordReader(nonce, record => {
    transcript.records.set(record.name, record);
    // the last that it says; the proof needn't wait for the end of its channel
    if (record.name === 'committed') {
      transcript.committedAt = input.now();
      done();
    }
    if (record.name === 'canary' && input.canary !== undefined) baking = letBake(input.canary);
    const event = eventOf(record, options.confirmWithin, plan.commits.length, total);
    if (event?.kind === 'key') transcript.keys.push(event);
    if (event !== undefined) onEvent(event);
  });
  const over = new AbortController();
  let baking: Promise<void> | undefined;
  const letBake = async (canary: Canary): Promise<void> => {
    const before = handshakesOf(transcript);
    const whole = AbortSignal.any([signal, over.signal]);
    const why = await bake(input, canary, before, whole);
    if (why !== undefined) transcript.unwell = why;
  };
  // the first interruption asks the router to stop at its next safe point; the transaction's own answer is still waited for
  const stop = (): void => void stopAt(connection, input).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  const canaryCommits = input.canary?.plan.canary.commits;
  const made = {
    ...options,
    nonce,
    ...seenBy(reading),
    ...(canaryCommits !== undefined && { canaryCommits }),
  };
  const execOptions = {
    input: transactionInput(plan, reading.running, made),
    timeoutMs: transactionTimeoutMs,
    onStdout: (chunk: Buffer) => reader.push(chunk),
  };
  const ended = connection.exec(transactionCommand(), execOptions).then(
    ({ exit }) => {
      if (exit === undefined) transcript.lost = new Error('the router closed the channel');
    },
    (error: unknown) => {
      transcript.lost = error;
    },
  );
  await Promise.race([ended, committed]);
  signal.removeEventListener('abort', stop);
  over.abort();
  await baking;
  return transcript;
}

/** Before the commit; undefined when the router did not tell. */
function handshakesOf({ records }: Transcript): string | undefined {
  const { exit, output } = records.get('handshakes') ?? {};
  return exit === 0 ? output : undefined;
}

const seenBy = ({ facts: { seal, savedDigest, interrupted } }: Reading) => ({
  seal,
  savedDigest,
  interrupted: interrupted.map(({ id }) => id),
});

/** Where sshd allows one channel only, the transaction has it: then over another connection. */
async function stopAt(connection: Connection, { dialer, options }: ApplyInput): Promise<void> {
  try {
    await askSwitch(connection, options.id, 'undo');
  } catch {
    const other = await dialer.dial();
    await askSwitch(other, options.id, 'undo').finally(() => other.close());
  }
}

function eventOf(record: Record, seconds: number, commits: number, total: number): ApplyEvent | undefined {
  const [name = '', detail = ''] = record.name.split(/:(.*)/s);
  if (name === 'armed') return { kind: 'armed', seconds };
  if (name === 'key' && record.exit === 0 && isKey(record.output.trim()))
    return { kind: 'key', tunnel: detail, publicKey: record.output.trim() };
  if (name === 'step') return { kind: 'set', done: Number(detail), total };
  if (name === 'waiting') return { kind: 'waiting-for-lock' };
  if (name === 'commit' && record.exit === 0)
    return { kind: 'committed', number: Number(detail), total: commits };
  if (name === 'putting-back') return { kind: 'putting-back' };
  return undefined;
}

async function proveAndConfirm(input: ApplyInput, proof: Proof): Promise<'saved' | EdgewgError> {
  const { dialer, connection: first, onEvent, signal } = input;
  const { committedAt } = proof.transcript;
  const end = (unfinished: Unfinished): Promise<'saved' | EdgewgError> =>
    ending(input, { ...unfinished, ...(committedAt !== undefined && { committedAt }) });
  if (signal.aborted) return end({ why: 'interrupted', connection: first });
  onEvent({ kind: 'proving' });
  let connection: Connection;
  try {
    // to look, and to ask the switch
    connection = await dialer.dial(proof.signal, 2);
  } catch (error) {
    // the old connection may still be good enough to have it undone at once
    onEvent({ kind: 'putting-back' });
    return end({ why: `no new login after the commit: ${messageOf(error)}`, connection: first });
  }
  try {
    const unfinished = await settle(input, connection, proof);
    return unfinished === undefined ? 'saved' : await end(unfinished);
  } finally {
    void connection.close();
  }
}

/** Over the new connection: undefined when all is well and the router has saved. */
async function settle(
  input: ApplyInput,
  connection: Connection,
  proof: Proof,
): Promise<Unfinished | undefined> {
  const { options, onEvent, signal } = input;
  let isConfirmed = false;
  try {
    const failed = await probe(input, connection, proof);
    if (failed !== undefined || signal.aborted) {
      onEvent({ kind: 'putting-back' });
      return signal.aborted || failed === undefined ? { why: 'interrupted', connection } : failed;
    }
    if (options.hold !== undefined) return await hold(input, connection, proof, options.hold);
    onEvent({ kind: 'confirming' });
    isConfirmed = true;
    const answer = await confirm(connection, options.id);
    const reason =
      answer.result === 'saved'
        ? await unproven(input, connection, proof, answer)
        : notSaved(answer.reason, options.confirmWithin);
    return reason === undefined ? undefined : { why: reason, isConfirmed, answer, connection };
  } catch (error) {
    onEvent({ kind: 'putting-back' });
    if (signal.aborted) return { why: 'interrupted', isConfirmed };
    const why = proof.signal.aborted
      ? notSaved('time is up', options.confirmWithin)
      : `the line was lost during the proof: ${messageOf(error)}`;
    return { why, isConfirmed };
  }
}

/** Undefined when the router has promised to wait: it is its switch that said so, and that counts from now on. */
async function hold(
  { options: { id } }: ApplyInput,
  connection: Connection,
  proof: Proof,
  seconds: number,
): Promise<Unfinished | undefined> {
  const word = { verb: 'until', until: `+${seconds}`, proven: proof.digest } as const;
  const answer = await askSwitch(connection, id, word);
  if (answer.secondsLeft === undefined)
    return { why: 'the router did not promise to wait', answer, connection };
  proof.held = { seconds: answer.secondsLeft };
  return undefined;
}

/** Why the proof failed: another router, or the first probe that did. */
async function probe(
  input: ApplyInput,
  connection: Connection,
  proof: Proof,
): Promise<Unfinished | undefined> {
  const { probes, transcript, signal } = proof;
  const { plan, replan, moreProbes, onEvent } = input;
  const { reading, strange, shown } = await secondLook(input, connection, signal);
  // what has to be undone is behind the first connection
  if (strange !== undefined) return { why: strange, connection: input.connection };
  proof.digest = reading.facts.digest;
  const onProbe = (one: Probe): void => onEvent({ kind: 'probe', probe: one });
  const judged = (found: readonly Probe[]): Unfinished | undefined => {
    probes.push(...found);
    const failed = found.find(({ ok }) => !ok);
    return failed && { why: `the proof failed: ${failed.name} — saw ${failed.saw ?? 'nothing'}`, connection };
  };
  const found = [...prove(reading, replan(reading), touchedInterfaces(plan)), ...shown];
  found.forEach(onProbe);
  const failed = judged(found);
  if (failed !== undefined || moreProbes === undefined) return failed;
  const handshakesBefore = handshakesOf(transcript);
  const since = transcript.committedAt ?? input.now();
  const asked = { connection, reading, running: reading.running, handshakesBefore, since, signal, onProbe };
  return judged(await moreProbes(asked));
}

/**
 * What speaks against the router's word that it has saved; undefined when nothing does. What it compared config.boot with is what was
 * proven, or, where somebody else has committed since, still what is wanted.
 */
async function unproven(
  { replan, reading: before }: ApplyInput,
  connection: Connection,
  proof: Proof,
  { saved }: Answer,
): Promise<string | undefined> {
  if (saved === undefined || saved.bootId !== before.facts.bootId)
    return 'the router says that it has saved, but not that it has compared what it saved';
  proof.hasRecord = saved.hasRecord;
  if (saved.digest === proof.digest) return undefined;
  const now = await readAgain(connection, before.facts, undefined, ['saved']);
  const isAsWanted = isInPlace(replan(now)) && now.facts.isDriftKnown && now.facts.drift.length === 0;
  proof.digest = now.facts.digest;
  return isAsWanted ? undefined : 'somebody else committed between the proof and the save';
}

function notSaved(reason: string, seconds: number): string {
  if (reason.startsWith('time is up')) return `the proof took longer than --confirm-within ${seconds}`;
  return `the router did not save: ${reason || 'it does not say why'}`;
}

/** What became of a transaction that didn't get as far as the proof. */
async function withoutCommit(input: ApplyInput, { records, lost, unwell }: Transcript): Promise<EdgewgError> {
  const { plan, reading, connection, signal } = input;
  if (records.has('held')) return held(records);
  if (records.has('outcome:untouched')) {
    if (signal.aborted) return interrupted(signal, 'interrupted; nothing was done');
    return await untouched(records, plan, reading, () => readRouter(connection));
  }
  if (records.size === 0 && lost === undefined)
    return new NoAccess(
      'no-transaction',
      'the router did not run the transaction',
      'an admin needs `sg vyattacfg`; a key with a forced command can only plan',
    );
  const said = unwell ?? reasonOf(plan, records);
  const why = lost === undefined ? said : `the line was lost during the change: ${messageOf(lost)}`;
  const unfinished = {
    why: records.has('moved') ? (now: Reading) => `${said}${moved(reading, now)}` : why,
    ...(lost === undefined ? { connection } : {}),
  };
  const end = await ending(input, unfinished);
  if (end !== 'saved') return end;
  return new StateUnknown('saved-unproven', `${why}; yet the router has saved`, 'run `edgewg plan`');
}
