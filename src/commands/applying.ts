// What every command that changes a router shares: its options, the question, the progress, the record.
import { dirname, resolve } from 'node:path';
import { EdgewgError, Refused } from '../errors.ts';
import { configurationAfter } from '../plan/after.ts';
import { type Allowed, refusals } from '../plan/allow.ts';
import { type CanaryPlan, proofsOfCanary } from '../plan/canary.ts';
import type { ApplyEvent, Outcome, Probe } from '../plan/types/outcome.ts';
import { isEmpty, type Plan } from '../plan/types/plan.ts';
import type { Proof } from '../plan/types/proof.ts';
import { printDuration, timeAfter } from '../report/duration.ts';
import type { AskedProbes, Canary } from '../router/apply-input.ts';
import type { Reading } from '../router/read.ts';
import type { Connection } from '../ssh/connection.ts';
import type { Tree } from '../vyatta/tree.ts';
import { allowOptions, readAllowed } from './allow.ts';
import type { Io } from './io.ts';
import type { Live } from './live.ts';
import {
  type AskedProofs,
  clientChecks,
  type ProofArgs,
  proofOptions,
  proofsFor,
  readProofs,
  refuseImpossible,
} from './proofs.ts';

export const applyingOptions = {
  yes: { alias: 'y', type: 'boolean', describe: 'apply without asking' },
  ...allowOptions,
  'confirm-within': {
    type: 'string',
    describe: 'seconds for the proof after the commit; then the router undoes by itself',
    defaultDescription: '120, or 30 more than the slowest proof may take',
    requiresArg: true,
  },
  'lock-timeout': {
    type: 'string',
    default: '30',
    describe: 'seconds to wait for another edgewg, or for the lock of another commit',
    requiresArg: true,
  },
  ...proofOptions,
  'last-resort': {
    choices: ['none', 'reboot'],
    default: 'none',
    describe: "what the router does when it can't undo: nothing more, or reboot into the saved configuration",
    requiresArg: true,
  },
} as const;

export interface ApplyingArgs extends ProofArgs {
  readonly yes: boolean | undefined;
  readonly allow: readonly string[];
  readonly 'confirm-within': string | undefined;
  readonly 'lock-timeout': string;
  readonly 'last-resort': 'none' | 'reboot';
}

export interface Applying {
  readonly yes: boolean;
  readonly allowed: Allowed;
  /** Undefined: what the proofs need. */
  readonly confirmWithin: number | undefined;
  readonly lockTimeout: number;
  readonly proofs: AskedProofs;
  readonly lastResort: 'none' | 'reboot';
  /** Seconds to leave it unsaved for a person's word. */
  readonly hold?: number;
  /** The tunnel that goes first, and how long it is proven before the rest follows. */
  readonly canary?: { readonly tunnel: string; readonly seconds: number };
}

/** Throws {@link Refused} with code `usage` before anything is contacted. */
export function readApplying(args: ApplyingArgs): Applying {
  const { 'expect-handshake': handshake, 'confirm-within': within } = args;
  return {
    yes: args.yes === true,
    allowed: readAllowed(args.allow),
    confirmWithin: within === undefined ? undefined : readSeconds('confirm-within', within, 1),
    lockTimeout: readSeconds('lock-timeout', args['lock-timeout'], 0),
    proofs: readProofs(
      args,
      handshake === undefined ? undefined : readSeconds('expect-handshake', handshake, 1),
    ),
    lastResort: args['last-resort'],
  };
}

function readSeconds(name: string, text: string, least: number): number {
  const seconds = Number(text);
  if (!/^\d{1,5}$/.test(text) || seconds < least)
    throw new Refused(
      'usage',
      `--${name} takes a whole number of seconds from ${least}, not ${text}`,
      `such as --${name} 60`,
    );
  return seconds;
}

/** Throws when a finding refuses the plan, or nobody says yes. */
export async function mayApply(plan: Plan, { allowed, yes }: Applying, io: Io): Promise<void> {
  const refused = refusals(plan.diagnostics, allowed);
  if (refused.length > 0) {
    const codes = [...new Set(refused.map(({ code }) => code))].join(', ');
    throw new Refused('unsafe', `the plan is refused: ${codes}`, 'see the findings above');
  }
  if (yes || isEmpty(plan)) return;
  if (io.ask === undefined)
    throw new Refused(
      'not-confirmed',
      'nobody is there to confirm the plan',
      'give --yes, or run it at a terminal',
    );
  const answer = await io.ask(`\nApply this to ${plan.router}? Only "yes" does it: `);
  if (answer.trim() !== 'yes') throw new Refused('not-confirmed', 'not confirmed; nothing was done');
}

/** What is applied, and what says that it has been. */
export interface Planned {
  readonly plan: Plan;
  readonly replan: (reading: Reading) => Plan;
  /** The site file that it is of. */
  readonly file: string;
}

/** Applies with progress on stderr, and leaves the record where edgewg runs; the router keeps its own. */
export async function runApply(
  live: Pick<Live, 'dialer' | 'reading' | 'secrets' | 'withheld'> & {
    readonly connection: Connection;
    /** The apply that is taken back. */
    readonly undoes?: string;
  },
  { plan, replan, file }: Planned,
  applying: Applying,
  io: Io,
): Promise<Outcome> {
  const { apply } = await import('../router/apply.ts');
  const { runProofs } = await import('../router/proof/run.ts');
  const { windowFor } = await import('../plan/proofs.ts');
  const { newApplyId, recordOf } = await import('../router/history.ts');
  const { startProgress } = await import('../report/progress.ts');
  const { lockTimeout, lastResort, allowed } = applying;
  const proofs = proofsFor(plan, live.reading.running, applying.proofs);
  const after = configurationAfter(live.reading.running, plan.commits);
  await refuseImpossible(proofs, live.connection, applying.proofs, after);
  const confirmWithin = applying.confirmWithin ?? windowFor(proofs);
  const progress = startProgress(io.isQuiet ? { ...io.stderr, write: () => undefined } : io.stderr, io.now);
  progress.expect(plan.duration);
  const since = new Date();
  const id = newApplyId(since);
  const { undoes } = live;
  const from = live.reading.facts.session?.from;
  const begun = { id, since, who: io.who, from, file, ...(undoes !== undefined && { undoes }) };
  const record = recordOf(plan, begun);
  await io.writeState(`applies/${id}.json`, record);
  let last: ApplyEvent['kind'] | undefined;
  const tell = (event: ApplyEvent): void => {
    last = event.kind === 'interrupted' ? last : event.kind;
    progress.event(event);
  };
  const probing =
    (some: readonly Proof[]) =>
    (asked: AskedProbes): Promise<Probe[]> =>
      runProofs(some, { ...asked, now: io.now, client });
  const client = clientChecks(io, dirname(resolve(io.cwd, file)), live.withheld);
  const left = leaving(io, () => stateLeft(last, id, confirmWithin + (applying.hold ?? 0)));
  io.signal.addEventListener('abort', () => tell({ kind: 'interrupted' }), { once: true });
  try {
    const applied = apply({
      ...live,
      plan,
      replan,
      options: {
        id,
        since,
        who: io.who,
        record,
        confirmWithin,
        lockTimeout,
        lastResort,
        file,
        ...(applying.hold !== undefined && { hold: applying.hold, proofs }),
        secrets: live.secrets,
        allowDrift: allowed.has('drift'),
        tellHandshakes: proofs.some(proof => proof.do === 'handshake'),
      },
      ...(proofs.length > 0 && { moreProbes: probing(proofs) }),
      ...('canary' in plan && {
        canary: bakingOf(plan as CanaryPlan, live.reading.running, applying, { proofs, probing }),
      }),
      now: io.now,
      onEvent: tell,
      signal: io.signal,
    });
    const outcome = await Promise.race([applied, left]);
    if (outcome.held === undefined)
      await noteSaved(id, recordOf(plan, { ...begun, digestAfter: outcome.digestAfter }), outcome, io);
    return outcome;
  } finally {
    progress.end();
  }
}

/** How often the first part takes those of the proofs that it can. */
function bakingOf(
  plan: CanaryPlan,
  running: Tree,
  { canary }: Applying,
  {
    proofs,
    probing,
  }: {
    readonly proofs: readonly Proof[];
    probing(some: readonly Proof[]): (asked: AskedProbes) => Promise<Probe[]>;
  },
): Canary {
  const its = proofsOfCanary(plan, proofs, running);
  return { plan, bakeSeconds: canary?.seconds ?? 0, ...(its.length > 0 && { moreProbes: probing(its) }) };
}

/** The router has saved: nothing that goes wrong here is an error any more. */
async function noteSaved(id: string, record: string, { hasRecord }: Outcome, io: Io): Promise<void> {
  io.noteSaved?.();
  const warn = (text: string): void => io.stderr.write(`warning: ${text}\n`);
  if (!hasRecord)
    warn(
      `the router could not keep the record of apply ${id}: it is saved, and edgewg rollback does not know it`,
    );
  await io
    .writeState(`applies/${id}.json`, record)
    .catch((error: Error) => warn(`apply ${id} is saved; its record here is not: ${error.message}`));
}

/** Rejects when a person doesn't want to wait any longer, with the exit code of the signal; else it never settles. */
function leaving({ leave }: Io, state: () => string): Promise<never> {
  return new Promise((_, reject) => {
    const go = (): void => {
      const exit = leave.reason instanceof EdgewgError ? leave.reason.exit : 130;
      reject(new EdgewgError('left', exit, `interrupted twice; ${state()}`, 'look with `edgewg status`'));
    };
    if (leave.aborted) go();
    else leave.addEventListener('abort', go, { once: true });
  });
}

/** What the router makes of an apply whose client leaves after the event. */
function stateLeft(last: ApplyEvent['kind'] | undefined, id: string, seconds: number): string {
  switch (last) {
    case 'saved':
      return `apply ${id} is saved`;
    case 'held':
      return `apply ${id} is held: the router undoes it by itself within ${seconds} s unless it is confirmed`;
    case 'confirming':
      return `apply ${id} passed its proof, and the word to save it was on its way: the router saves it, or undoes it by itself within ${seconds} s of its commit`;
    case 'baking':
    case 'committed':
    case 'proving':
    case 'probe':
      return `apply ${id} is committed and not confirmed: the router undoes it by itself within ${seconds} s of its commit`;
    case 'putting-back':
    case 'connecting':
      return `apply ${id} is being put back, or the router does it by itself within ${seconds} s of its commit`;
    default:
      return `apply ${id} is not committed as far as it is known: the router puts back by itself what it has begun, within ${seconds} s of a commit`;
  }
}

/** The last words of an apply, for stdout. */
export function applySummary(outcome: Outcome, plan: Plan): string {
  const keys = outcome.keys
    .map(({ tunnel, publicKey }) => `public key of ${tunnel}: ${publicKey}\n`)
    .join('');
  const { create, update, delete: deleted } = plan.summary;
  if (outcome.held !== undefined) {
    const { id, held } = outcome;
    return `\n${keys}Applied and held: ${create} created, ${update} changed, ${deleted} deleted; not saved.
The router undoes apply ${id} at ${timeAfter(new Date(), held.seconds)}, in ${printDuration(held.seconds)}, unless somebody says: edgewg confirm ${id}
Take it back: edgewg undo ${id}   More time: edgewg extend ${id} --by 30m\n`;
  }
  const undo = outcome.hasRecord ? ` Undo it with: edgewg rollback ${outcome.id}` : '';
  return `\n${keys}Applied: ${create} created, ${update} changed, ${deleted} deleted; saved.${undo}\n`;
}
