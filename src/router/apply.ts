// One apply: transact on the first connection, prove over a new one, confirm there. The router runs the transaction by itself;
// whatever dies here, it ends undone, or confirmed and saved (design, 'The transaction').
import { EdgewgError, NoAccess, PutBack, Refused, StateUnknown } from '../errors.ts';
import type { ApplyEvent, Outcome, Probe } from '../plan/outcome.ts';
import type { Plan } from '../plan/plan.ts';
import { scrub } from '../vyatta/redact.ts';
import { equal, find, type Tree } from '../vyatta/tree.ts';
import { printCommand } from '../vyatta/words.ts';
import { isKey } from '../wireguard/key.ts';
import type { Connection, Door } from './connection.ts';
import { prove, touchedInterfaces } from './prove.ts';
import { type Reading, readRouter } from './read.ts';
import { newNonce, type Record, RecordReader, readRecords } from './records.ts';
import {
  answerCommand,
  type TransactionOptions,
  transactionCommand,
  transactionInput,
} from './transaction.ts';

export interface ApplyInput {
  readonly door: Door;
  /** Open, and the one on which `reading` was read. */
  readonly connection: Connection;
  readonly reading: Reading;
  readonly plan: Plan;
  /** The plan for what the router has now: empty when everything is as wanted. */
  readonly replan: (reading: Reading) => Plan;
  readonly options: Omit<TransactionOptions, 'nonce'>;
  /** Further probes over the new connection: a handshake, a ping. */
  readonly moreProbes?: (connection: Connection, reading: Reading) => Promise<Probe[]>;
  readonly onEvent: (event: ApplyEvent) => void;
  readonly signal: AbortSignal;
}

/** What the transaction said about itself. */
interface Transcript {
  readonly records: Map<string, Record>;
  readonly keys: { tunnel: string; publicKey: string }[];
  /** Why the line ended before the transaction did. */
  lost?: unknown;
}

/** Sets and commits take as long as they take: an endpoint's name alone can hold a commit for over a minute. */
const transactionTimeoutMs = 20 * 60_000;
const answerSeconds = 400;

/** Applies a plan that isn't empty. Throws what became of the router when it isn't as wanted. */
export async function apply(input: ApplyInput): Promise<Outcome> {
  const transcript = await transact(input);
  if (!transcript.records.has('committed')) throw await explain(input, transcript);
  const { probes, failure } = await proveAndConfirm(input);
  if (failure !== undefined) throw failure;
  input.onEvent({ kind: 'saved' });
  const commands = input.plan.commits.flatMap(commit => commit.run).length;
  return { id: input.options.id, probes, keys: transcript.keys, commands };
}

async function transact(input: ApplyInput): Promise<Transcript> {
  const { connection, plan, reading, options, onEvent, signal } = input;
  const nonce = newNonce();
  const transcript: Transcript = { records: new Map(), keys: [] };
  const total = plan.commits.flatMap(commit => commit.run).filter(({ op }) => op !== 'prune').length;
  const reader = new RecordReader(nonce, record => {
    transcript.records.set(record.name, record);
    const event = eventOf(record, options.confirmWithin, plan.commits.length, total);
    if (event?.kind === 'key') transcript.keys.push(event);
    if (event !== undefined) onEvent(event);
  });
  // the first interruption asks the router to stop at its next safe point; the transaction's own answer is still waited for
  const stop = (): void => void ask(connection, options.id, 'undo').catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await connection.exec(transactionCommand, {
      input: transactionInput(plan, reading.running, { ...options, nonce }),
      timeoutMs: transactionTimeoutMs,
      onStdout: chunk => reader.push(chunk),
    });
  } catch (error) {
    transcript.lost = error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return transcript;
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

/** Asks the switch; undefined when the line died or it didn't answer in time. */
async function ask(
  connection: Connection,
  id: string,
  verb: 'confirm' | 'undo' | 'wait',
): Promise<{ result: string; reason: string } | undefined> {
  const nonce = newNonce();
  const answer = await connection.exec(answerCommand(id, verb, answerSeconds, nonce), {
    timeoutMs: (answerSeconds + 20) * 1000,
  });
  const record = readRecords(answer.stdout, nonce).get('result');
  if (record === undefined) return undefined;
  if (record.exit === 3) return { result: 'gone', reason: '' };
  const [result = '', ...reason] = record.output.trim().split('\n');
  return { result, reason: scrub(reason.join(' ')) };
}

async function proveAndConfirm(input: ApplyInput): Promise<{ probes: Probe[]; failure?: Error }> {
  const { door, options, onEvent, signal, plan } = input;
  onEvent({ kind: 'proving' });
  let connection: Connection;
  try {
    connection = await door.dial(signal);
  } catch (error) {
    return { probes: [], failure: await afterFailedLogin(input, error) };
  }
  try {
    const reading = await readRouter(connection, signal);
    const probes = [
      ...prove(reading, input.replan(reading), touchedInterfaces(plan)),
      ...((await input.moreProbes?.(connection, reading)) ?? []),
    ];
    for (const probe of probes) onEvent({ kind: 'probe', probe });
    const failed = probes.find(probe => !probe.ok);
    if (failed === undefined && !signal.aborted) {
      onEvent({ kind: 'confirming' });
      const answer = await ask(connection, options.id, 'confirm');
      if (answer?.result === 'saved') return { probes };
      return {
        probes,
        failure: await settled(input, connection, answer, `the save failed: ${answer?.reason ?? ''}`),
      };
    }
    onEvent({ kind: 'putting-back' });
    const why =
      failed === undefined
        ? 'interrupted'
        : `the proof failed: ${failed.name} — saw ${failed.saw ?? 'nothing'}`;
    return {
      probes,
      failure: await settled(input, connection, await ask(connection, options.id, 'undo'), why),
    };
  } catch (error) {
    return { probes: [], failure: await afterLostLine(input, error) };
  } finally {
    await connection.close();
  }
}

/** No new login: the old connection may still be good enough to have it undone at once. */
async function afterFailedLogin(input: ApplyInput, error: unknown): Promise<Error> {
  input.onEvent({ kind: 'putting-back' });
  const why = `no new login after the commit: ${messageOf(error)}`;
  try {
    return await settled(input, input.connection, await ask(input.connection, input.options.id, 'undo'), why);
  } catch {
    return await afterLostLine(input, error);
  }
}

/** The line died somewhere: comes back as often as the switch has time, and finds out what became of it. */
async function afterLostLine(input: ApplyInput, error: unknown): Promise<Error> {
  const { door, options, onEvent, signal } = input;
  const deadline = Date.now() + (options.confirmWithin + 60) * 1000;
  for (let attempt = 1; Date.now() < deadline; attempt++) {
    onEvent({ kind: 'connecting', attempt });
    try {
      const connection = await door.dial();
      try {
        const answer = await ask(connection, options.id, 'undo');
        return await settled(input, connection, answer, `the line was lost: ${messageOf(error)}`);
      } finally {
        await connection.close();
      }
    } catch {
      await pause(Math.min(attempt, 5) * 1000, signal);
    }
  }
  return unknown(input, `the line was lost and the router could not be reached again: ${messageOf(error)}`);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(done, signal.aborted ? Math.min(ms, 500) : ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}

/** What became of a transaction that didn't commit. */
async function explain(input: ApplyInput, transcript: Transcript): Promise<Error> {
  const { records } = transcript;
  const outcome = [...records.keys()].find(name => name.startsWith('outcome:'))?.slice('outcome:'.length);
  const why = reasonOf(input.plan, records);
  if (records.has('held'))
    return new NoAccess(
      'held',
      `another edgewg is at work on this router: ${records.get('held')?.output ?? ''}`,
      'wait for it, or give --lock-timeout SECONDS',
    );
  if (outcome === 'untouched') return untouched(records, why);
  if (outcome === 'put-back') return await putBack(input, input.connection, why);
  if (records.size === 0 && transcript.lost === undefined)
    return new NoAccess(
      'no-transaction',
      'the router did not run the transaction',
      'an admin needs `sg vyattacfg`; a key with a forced command can only plan',
    );
  return await afterLostLine(input, transcript.lost ?? new Error(why));
}

function untouched(records: ReadonlyMap<string, Record>, why: string): Error {
  if (records.has('stale'))
    return new Refused(
      'stale',
      'the router changed since the plan was made; nothing was done',
      'plan again, and look at what changed',
    );
  const drift = records.get('drift');
  if (drift !== undefined)
    return new Refused(
      'drift',
      `saved and running configuration differ, and a save would bury it:\n${scrub(drift.output).trimEnd()}`,
      'save or undo that change first, or give --allow drift',
    );
  return new Refused('refused', `${why}; nothing was done`);
}

/** The first thing that went wrong, in the router's words, at the command that it was said of. */
function reasonOf(plan: Plan, records: ReadonlyMap<string, Record>): string {
  const operations = plan.commits.flatMap(commit => commit.run).filter(({ op }) => op !== 'prune');
  for (const { name, exit, output } of records.values()) {
    const words = scrub(output)
      .trim()
      .replaceAll(/\s*\n\s*/g, '; ');
    const [kind, detail = ''] = name.split(/:(.*)/s);
    if (kind === 'refused' && /^\d+$/.test(detail)) {
      const operation = operations[Number(detail) - 1];
      const command =
        operation === undefined
          ? `command ${detail}`
          : printCommand(operation.op === 'set' ? 'set' : 'delete', operation.path);
      return `the router refused \`${command}\`: ${words}`;
    }
    if (kind === 'refused') return `${detail} failed: ${words}`;
    if (kind === 'moved') return 'somebody else committed while the change was being prepared';
    if (kind === 'commit' && exit !== 0) return `the commit failed: ${words || `exit ${exit}`}`;
  }
  return 'the transaction stopped';
}

/** The switch has spoken, or not. */
async function settled(
  input: ApplyInput,
  connection: Connection,
  answer: { result: string; reason: string } | undefined,
  why: string,
): Promise<Error> {
  const result =
    answer?.result === 'gone' ? await loggedResult(connection, input.options.id) : answer?.result;
  if (result === 'undone' || result === 'put') return await putBack(input, connection, why);
  if (result === 'saved')
    return new StateUnknown(
      'saved-anyway',
      `${why}; yet the router had already saved the new configuration`,
      'run `edgewg plan`: it should be empty',
    );
  return unknown(input, `${why}; ${answer?.reason ?? 'the switch on the router did not answer in time'}`);
}

/** What the switch, or the transaction, wrote into the log of the router as its last word. */
async function loggedResult(connection: Connection, id: string): Promise<string> {
  const { facts } = await readRouter(connection);
  const lines = facts.applies.split('\n').filter(line => line.split(' ')[1] === id);
  return lines.at(-1)?.split(' ')[2] ?? 'undone';
}

/** Proven by reading: our paths are what they were before. */
async function putBack(input: ApplyInput, connection: Connection, why: string): Promise<Error> {
  const { plan, reading, signal } = input;
  try {
    const now = await readRouter(connection);
    const moved = plan.keys.flatMap(key => (key.from === undefined ? [] : [key.from.join(' ')]));
    const different = plan.commits
      .flatMap(commit => commit.run)
      .find(
        ({ path }) =>
          !moved.some(leaf => path.join(' ').startsWith(leaf)) && !same(reading.running, now.running, path),
      );
    if (different !== undefined)
      return unknown(input, `${why}; and ${different.path.join(' ')} is not as it was`);
    if (now.facts.savedDigest !== reading.facts.savedDigest && now.facts.drift.length > 0)
      return unknown(input, `${why}; the saved configuration is not as it was`);
    if (signal.aborted)
      return interrupted(signal, 'interrupted; running and saved configuration are as before');
    return new PutBack('put-back', `${why}; running and saved configuration are as before`);
  } catch (error) {
    return unknown(input, `${why}; the router undid it, but could not be read again: ${messageOf(error)}`);
  }
}

function same(before: Tree, now: Tree, path: readonly string[]): boolean {
  const a = find(before, path);
  const b = find(now, path);
  return a === undefined || b === undefined ? a === b : equal(a, b);
}

function interrupted(signal: AbortSignal, message: string): Error {
  const exit: unknown = signal.reason instanceof EdgewgError ? signal.reason.exit : undefined;
  return new EdgewgError('interrupted', typeof exit === 'number' ? exit : 130, message);
}

function unknown({ door, options }: ApplyInput, why: string): Error {
  return new StateUnknown(
    'unknown-state',
    why,
    `look with \`edgewg status\`; unconfirmed, ${door.name} undoes apply ${options.id} by itself within ${options.confirmWithin} seconds of its commit, and /config/user-data/edgewg/log there says so`,
  );
}

function messageOf(error: unknown): string {
  return scrub(error instanceof Error ? error.message : String(error));
}
