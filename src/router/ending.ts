// How an apply ended that didn't go straight through: asks the router as long as it takes, and believes what it reads there. What
// the switch says is a hint; the paths that are ours, running and saved, are the proof.
import { EdgewgError, PutBack, StateUnknown } from '../errors.ts';
import { isEmpty, type Plan } from '../plan/types/plan.ts';
import type { Connection } from '../ssh/connection.ts';
import { parseCommands } from '../vyatta/commands.ts';
import { scrub } from '../vyatta/redact.ts';
import { equal, find, leaves, type Path, startsWith, type Tree } from '../vyatta/tree.ts';
import type { ApplyInput } from './apply.ts';
import { type Reading, readRouter } from './read.ts';
import { committedSince } from './refusal.ts';
import { type Answer, askSwitch, loggedResult } from './switch.ts';

export interface Unfinished {
  /** What went wrong; may look at what the router has now. */
  readonly why: string | ((now: Reading) => string);
  /** The proof passed and the router was told so: it may have saved. */
  readonly isConfirmed?: boolean;
  /** What the switch has said already. */
  readonly answer?: Answer;
  /** A connection that may still be good. */
  readonly connection?: Connection;
}

/** Gives up on a router that can't be reached for so long after its switch must have fired. */
const marginMs = 60_000;
/** How often a switch that is still at it is asked again. */
const mostPatience = 3;

/** Resolves to `saved`, or to the error that says what became of the router. Undoes what nobody has decided yet. */
export async function ending(input: ApplyInput, unfinished: Unfinished): Promise<'saved' | EdgewgError> {
  const deadline = Date.now() + input.options.confirmWithin * 1000 + marginMs;
  let { connection } = unfinished;
  let busy = 0;
  let lost: unknown;
  for (let attempt = 1; attempt === 1 || Date.now() < deadline; attempt++) {
    const isNew = connection === undefined;
    let own: Connection | undefined;
    try {
      if (isNew) input.onEvent({ kind: 'connecting', attempt });
      if (isNew) own = await input.dialer.dial();
      connection ??= own;
      if (connection === undefined) continue;
      const said = unfinished.answer ?? (await askSwitch(connection, input.options.id, 'undo'));
      if (said.result !== 'busy' || ++busy >= mostPatience)
        return judge(input, unfinished, said, await readRouter(connection));
    } catch (error) {
      lost = error;
      if (isNew) await pause(Math.min(attempt, 5) * 1000, input.signal);
    } finally {
      // one that stays open would keep the program from ending
      await own?.close();
      connection = undefined;
    }
  }
  const { why } = unfinished;
  const what = typeof why === 'string' ? why : 'the apply failed';
  return unknown(input, `${what}; and the router could not be reached again: ${messageOf(lost)}`);
}

/** From what was read. */
function judge(
  input: ApplyInput,
  { why, isConfirmed }: Unfinished,
  { result, reason }: Answer,
  now: Reading,
): 'saved' | EdgewgError {
  const { reading, plan, options, signal } = input;
  const word = result === 'gone' || result === '' ? loggedResult(now.facts.applies, options.id) : result;
  if (word === 'saved') return 'saved';
  const others = typeof why === 'string' ? committedSince(reading, now) : [];
  const meanwhile = others.map(line => `; meanwhile committed: ${line.replaceAll(/ +/g, ' ')}`).join('');
  const what = `${typeof why === 'string' ? why : why(now)}${meanwhile}`;
  const changed = changedPath(plan, reading.running, now.running);
  const isSavedAsBefore = savedAsBefore(plan, reading, now);
  if (changed === undefined && isSavedAsBefore) {
    const asBefore = 'running and saved configuration are as before';
    if (signal.aborted) return interrupted(signal, `interrupted; ${asBefore}`);
    return new PutBack('put-back', `${what}; ${asBefore}`);
  }
  // a router that restarted after its save has forgotten that there was an apply
  if (isConfirmed === true && isSavedAsBefore && isEmpty(input.replan(now))) return 'saved';
  const state =
    changed === undefined
      ? 'the running configuration is as before, but the saved one is not'
      : `${changed.join(' ')} is not as it was`;
  return unknown(input, `${what}; ${[reason, state].filter(text => text !== '').join('; ')}`);
}

/** The first of our paths that is not as it was. A literal key that was moved into its file may stay there. */
function changedPath(plan: Plan, before: Tree, now: Tree): Path | undefined {
  const moved = plan.keys.flatMap(({ from }) => (from === undefined ? [] : [from]));
  return ours(plan).find(
    path => !moved.some(leaf => startsWith(path, leaf)) && !same(find(before, path), find(now, path)),
  );
}

const ours = ({ commits }: Plan): Path[] =>
  commits.flatMap(({ run, undo }) => [...run, ...undo]).map(({ path }) => path);

function same(a: Tree | undefined, b: Tree | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equal(a, b);
}

/** Whether the saved configuration agrees with the running one on our paths, as far as it did before. */
function savedAsBefore(plan: Plan, before: Reading, now: Reading): boolean {
  if (now.facts.savedDigest === before.facts.savedDigest) return true;
  const paths = ours(plan);
  return now.facts.drift
    .filter(line => !before.facts.drift.includes(line))
    .flatMap(pathsOf)
    .every(path => !paths.some(own => startsWith(path, own) || startsWith(own, path)));
}

/** Of a `set` or `delete` line. */
function pathsOf(line: string): Path[] {
  const words = /^(?:set|delete) (.*)$/.exec(line)?.[1];
  return words === undefined ? [] : [...leaves(parseCommands(`set ${words}`))].map(({ path }) => path);
}

/** Resolves early when the person wants to leave. */
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

/** With the exit code of the signal. */
export function interrupted(signal: AbortSignal, message: string): EdgewgError {
  const exit: unknown = signal.reason instanceof EdgewgError ? signal.reason.exit : undefined;
  return new EdgewgError('interrupted', typeof exit === 'number' ? exit : 130, message);
}

function unknown({ dialer, options }: ApplyInput, why: string): StateUnknown {
  return new StateUnknown(
    'unknown-state',
    why,
    `look with \`edgewg status\`; unconfirmed, ${dialer.name} undoes apply ${options.id} by itself within ${options.confirmWithin} seconds of its commit, and /config/user-data/edgewg/log there says so`,
  );
}

export function messageOf(error: unknown): string {
  return scrub(error instanceof Error ? error.message : String(error));
}
