// `apply`: plans, shows, asks, and lets the router do it: the plan just shown and confirmed, or a saved one.
import { Exit, Refused } from '../errors.ts';
import { type Allowed, refusals } from '../plan/allow.ts';
import type { Outcome } from '../plan/outcome.ts';
import { isEmpty, type Plan } from '../plan/plan.ts';
import type { LoadedSite } from '../site/load.ts';
import { allowOptions, readAllowed } from './allow.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';
import { accessOptions, type Live, openDoor, planLive, readSite, siteOptions } from './live.ts';
import { showPlan } from './output.ts';

const options = {
  ...siteOptions,
  ...accessOptions,
  yes: { alias: 'y', type: 'boolean', describe: 'apply without asking' },
  ...allowOptions,
  'confirm-within': {
    type: 'string',
    default: '120',
    describe: 'seconds for the proof after the commit; then the router undoes by itself',
    requiresArg: true,
  },
  'lock-timeout': {
    type: 'string',
    default: '30',
    describe: 'seconds to wait for another edgewg, or for the lock of another commit',
    requiresArg: true,
  },
  'expect-handshake': {
    type: 'string',
    describe: 'undo unless every changed tunnel has a new handshake within so many seconds',
    requiresArg: true,
  },
  ping: {
    type: 'boolean',
    describe: "undo unless the far tunnel addresses answer a ping of the tunnel's full MTU",
  },
  'last-resort': {
    choices: ['none', 'reboot'],
    default: 'none',
    describe:
      'what the router does when it can not undo: nothing more, or reboot into the saved configuration',
    requiresArg: true,
  },
} as const;

export const command = defineCommand({
  command: 'apply [plan]',
  describe: 'apply the plan, prove it over a new connection, and save',
  positionals: {
    plan: { type: 'string', describe: 'a plan saved by `plan --out`; refused when it is stale' },
  },
  options,
  examples: [
    ['edgewg apply', 'plan, ask, apply'],
    ['edgewg apply plan.json --yes', 'apply the reviewed plan or nothing'],
    ['edgewg apply --allow delete=2', 'although it removes two things'],
  ],
  async run(args, io) {
    const allowed = readAllowed(args.allow);
    const seconds = {
      confirmWithin: readSeconds('confirm-within', args['confirm-within'], 1),
      lockTimeout: readSeconds('lock-timeout', args['lock-timeout'], 0),
      handshake:
        args['expect-handshake'] === undefined
          ? undefined
          : readSeconds('expect-handshake', args['expect-handshake'], 1),
    };
    const loaded = await readSite(args.file, io);
    const door = await openDoor(loaded, args['accept-new-host-key'] === true, io);
    const live = await planLive(loaded, door, io);
    try {
      const plan = args.plan === undefined ? live.plan : await readSavedPlan(args.plan, live, io);
      await showPlan(plan, { format: 'text', inverse: undefined }, io, { allowed });
      const refused = refusals(plan.diagnostics, allowed);
      if (refused.length > 0)
        throw new Refused(
          'unsafe',
          `the plan is refused: ${refused.map(({ code }) => code).join(', ')}`,
          'see the findings above',
        );
      if (isEmpty(plan)) return Exit.done;
      if (args.yes !== true) await confirm(plan, io);
      const outcome = await run(live, plan, loaded, io, {
        ...seconds,
        allowed,
        ping: args.ping === true,
        lastResort: args['last-resort'],
      });
      io.stdout.write(summary(outcome, plan));
      return Exit.done;
    } finally {
      await live.connection.close();
    }
  },
});

function readSeconds(name: string, text: string, least: number): number {
  const seconds = Number(text);
  if (!/^\d{1,5}$/.test(text) || seconds < least)
    throw new Refused('usage', `--${name} takes a whole number of seconds from ${least}, not ${text}`);
  return seconds;
}

async function confirm(plan: Plan, io: Io): Promise<void> {
  if (io.ask === undefined)
    throw new Refused(
      'not-confirmed',
      'nobody is there to confirm the plan',
      'give --yes, or run it at a terminal',
    );
  const answer = await io.ask(`\nApply this to ${plan.router}? Only "yes" does it: `);
  if (answer.trim() !== 'yes') throw new Refused('not-confirmed', 'not confirmed; nothing was done');
}

interface RunOptions {
  readonly confirmWithin: number;
  readonly lockTimeout: number;
  readonly handshake: number | undefined;
  readonly ping: boolean;
  readonly allowed: Allowed;
  readonly lastResort: 'none' | 'reboot';
}

async function run(
  live: Live,
  plan: Plan,
  loaded: LoadedSite,
  io: Io,
  options: RunOptions,
): Promise<Outcome> {
  const { apply } = await import('../router/apply.ts');
  const { furtherProbes } = await import('../router/probes.ts');
  const { newApplyId, recordOf } = await import('../router/history.ts');
  const { startProgress } = await import('../report/progress.ts');
  const progress = startProgress(io.isQuiet ? { ...io.stderr, write: () => undefined } : io.stderr, io.now);
  const since = new Date();
  const id = newApplyId(since);
  const record = recordOf(plan, { id, since, who: io.who, file: loaded.place([]).file });
  await io.writeState(`applies/${id}.json`, record);
  try {
    return await apply({
      ...live,
      plan,
      options: {
        id,
        since,
        who: io.who,
        record,
        confirmWithin: options.confirmWithin,
        lockTimeout: options.lockTimeout,
        allowDrift: options.allowed.has('drift'),
        lastResort: options.lastResort,
      },
      moreProbes: furtherProbes(plan, { handshake: options.handshake, ping: options.ping }),
      onEvent: progress.event,
      signal: io.signal,
    });
  } finally {
    progress.end();
  }
}

/** Bound to the router's host key and its running configuration: anything else is another plan. */
async function readSavedPlan(path: string, live: Live, io: Io): Promise<Plan> {
  const { readPlanFile, refuseStale } = await import('./plan-file.ts');
  const saved = await readPlanFile(path, io);
  refuseStale(saved, live);
  return saved.plan;
}

function summary(outcome: Outcome, plan: Plan): string {
  const keys = outcome.keys
    .map(({ tunnel, publicKey }) => `public key of ${tunnel}: ${publicKey}\n`)
    .join('');
  const { create, update, delete: deleted } = plan.summary;
  return `\n${keys}Applied: ${create} created, ${update} changed, ${deleted} deleted; saved. Undo it with: edgewg rollback ${outcome.id}\n`;
}
