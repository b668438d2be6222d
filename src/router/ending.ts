// How an apply ended that didn't go straight through: asks the router as long as it takes, and believes what it reads there. What
// the switch says is a hint; the paths that are ours, running and saved, are the proof.
import { EdgewgError, PutBack, StateUnknown } from '../errors.ts';
import { isInPlace, type Plan } from '../plan/types/plan.ts';
import type { Connection } from '../ssh/connection.ts';
import { parseCommands } from '../vyatta/commands.ts';
import { scrub } from '../vyatta/scrub.ts';
import { equal, find, leaves, type Path, startsWith, type Tree } from '../vyatta/tree.ts';
import type { ApplyInput } from './apply-input.ts';
import { loggedResult } from './log.ts';
import { type Reading, readRouter } from './read.ts';
import { committedSince } from './refusal.ts';
import { hasOtherHostKey, routerBehind } from './same-router.ts';
import { type Answer, askSwitch } from './switch.ts';

export interface Unfinished {
  /** What went wrong; may look at what the router has now. */
  readonly why: string | ((now: Reading) => string);
  /** The proof passed and the router was told so: it may have saved. */
  readonly isConfirmed?: boolean;
  /** What the switch has said already. */
  readonly answer?: Answer;
  /** A connection that may still be good. */
  readonly connection?: Connection;
  /** When the router told that it had committed, by the caller's clock. */
  readonly committedAt?: number;
}

/** Gives up on a router that can't be reached for so long after its switch must have fired. */
const marginMs = 60_000;
/** A router that is at it, and says so, gets longer: another commit may hold the lock. */
const busyMs = 20 * 60_000;

/** Resolves to `saved`, or to the error that says what became of the router. Undoes what nobody has decided yet. */
export async function ending(input: ApplyInput, unfinished: Unfinished): Promise<'saved' | EdgewgError> {
  const begun = input.now();
  const window = input.options.confirmWithin * 1000;
  // the router counts from its commit, whenever this side noticed that something is wrong
  const over = Math.max((unfinished.committedAt ?? begun) + window, begun) + marginMs;
  let last = 'the router could not be reached again';
  let until = over;
  let next: Attempt = unfinished;
  for (let attempt = 1; attempt === 1 || input.now() < until; attempt++) {
    if (next.connection === undefined) input.onEvent({ kind: 'connecting', attempt });
    const found = await look(input, unfinished, next, over - input.now());
    if (typeof found === 'string' || found instanceof EdgewgError) return found;
    last = found.why;
    until = found.isBusy ? begun + busyMs : over;
    next = {};
    if (!found.isBusy) await pause(Math.min(attempt, 5) * 1000, input.signal);
  }
  const { why } = unfinished;
  return unknown(input, `${typeof why === 'string' ? why : 'the apply failed'}; and ${last}`);
}

type Attempt = Pick<Unfinished, 'connection' | 'answer'>;

/** What is not decided yet. */
interface Undecided {
  readonly why: string;
  readonly isBusy: boolean;
}

/** Asks the router, over this connection or a new one, and judges by what it reads there. */
async function look(
  input: ApplyInput,
  unfinished: Unfinished,
  { connection: given, answer }: Attempt,
  leftMs: number,
): Promise<'saved' | EdgewgError | Undecided> {
  const signal = AbortSignal.timeout(Math.ceil(Math.max(leftMs, 10_000)));
  let own: Connection | undefined;
  try {
    if (given === undefined) own = await input.dialer.dial(signal);
    const connection = given ?? own;
    if (connection === undefined) throw new Error('no connection');
    if (hasOtherHostKey(input.connection, connection))
      return { why: `${input.dialer.name} leads to another router now`, isBusy: false };
    const said = answer ?? (await askSwitch(connection, input.options.id, 'undo'));
    if (said.result === 'busy') return { why: 'the router is still at it', isBusy: true };
    const now = await readRouter(connection, signal);
    return judge({ input, unfinished, now, said, router: routerBehind(input, connection, now) });
  } catch (error) {
    return { why: `the router could not be reached again: ${messageOf(error)}`, isBusy: false };
  } finally {
    // one that stays open would keep the program from ending
    await own?.close();
  }
}

interface Seen {
  readonly input: ApplyInput;
  readonly unfinished: Unfinished;
  readonly now: Reading;
  readonly said: Answer;
  readonly router: ReturnType<typeof routerBehind>;
}

/** From what was read: the words of the switch tell whether it is over, the configurations what it came to. */
function judge(seen: Seen): 'saved' | EdgewgError | Undecided {
  const { now, said, router } = seen;
  const { plan, reading, signal, replan } = seen.input;
  const isConfirmed = seen.unfinished.isConfirmed === true;
  if (router === 'other')
    return { why: 'what is reached now is another router, or has restarted', isBusy: false };
  const word = wordOf(seen);
  const isOver = router === 'restarted' || word !== '';
  const isKnown = now.facts.isDriftKnown && now.facts.savedDigest !== '';
  const changed = changedPath(plan, reading.running, now.running);
  const isSavedAsBefore = isKnown && savedAsBefore(plan, reading, now);
  const what = `${whyOf(seen)}${router === 'restarted' ? '; the router has restarted meanwhile' : ''}`;
  // a router that restarted after its save has forgotten that there was an apply
  if (word === 'saved' || (router === 'restarted' && isConfirmed && changed !== undefined)) {
    const isSaved = isKnown && !touches(plan, now.facts.drift);
    if (isConfirmed && isSaved && isInPlace(replan(now))) return 'saved';
    return new StateUnknown('saved-unproven', `${what}; yet the router has saved`, 'run `edgewg plan`');
  }
  if (isOver && changed === undefined && isSavedAsBefore) {
    const asBefore = 'running and saved configuration are as before';
    if (signal.aborted) return interrupted(signal, `interrupted; ${asBefore}`);
    return new PutBack('put-back', `${what}; ${asBefore}`);
  }
  const state = !isKnown
    ? 'what is saved could not be compared'
    : changed === undefined
      ? `the running configuration is as before, but the saved one is not`
      : `${changed.join(' ')} is not as it was`;
  const all = [said.reason, state].filter(text => text !== '').join('; ');
  return isOver ? unknown(seen.input, `${what}; ${all}`) : { why: all, isBusy: false };
}

/** The last that the router says of the apply: its answer, else its log. None: it may still be at it. */
function wordOf({ now, said, input }: Seen): string {
  const { id } = input.options;
  if (said.result !== 'gone' && said.result !== '') return said.result;
  const logged = loggedResult(now.facts.applies, id);
  if (logged !== '' && logged !== 'begun') return logged;
  // a script that never arrived, or whose end the router had no room to write down: nobody is at it
  return new RegExp(`^id ${id}$`, 'm').test(now.facts.applies) || logged === 'begun' ? '' : 'nothing';
}

/** What was wrong, and what others did meanwhile. */
function whyOf({ unfinished: { why }, input, now }: Seen): string {
  if (typeof why !== 'string') return why(now);
  const others = committedSince(input.reading, now);
  return `${why}${others.map(line => `; meanwhile committed: ${line.replaceAll(/ +/g, ' ')}`).join('')}`;
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
  return !touches(
    plan,
    now.facts.drift.filter(line => !before.facts.drift.includes(line)),
  );
}

/** Whether one of these `set` and `delete` lines is about a path of ours. */
function touches(plan: Plan, lines: readonly string[]): boolean {
  const paths = ours(plan);
  return lines
    .flatMap(pathsOf)
    .some(path => paths.some(own => startsWith(path, own) || startsWith(own, path)));
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
    `look with \`edgewg status\`; unconfirmed, ${dialer.name} undoes apply ${options.id} by itself within ${options.confirmWithin + (options.hold ?? 0)} seconds of its commit, and /config/user-data/edgewg/log there says so`,
  );
}

export function messageOf(error: unknown): string {
  return scrub(error instanceof Error ? error.message : String(error));
}
