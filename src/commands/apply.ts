// `apply`: plans, shows, asks, and lets the router do it: the plan just shown and confirmed, or a saved one.
import { Exit, Refused } from '../errors.ts';
import { isEmpty, type Plan } from '../plan/types/plan.ts';
import { visible } from '../report/visible.ts';
import {
  type Applying,
  type ApplyingArgs,
  applyingOptions,
  applySummary,
  mayApply,
  readApplying,
  runApply,
} from './applying.ts';
import { defineCommand } from './command.ts';
import { fleetApplyOptions } from './fleet.ts';
import type { Io } from './io.ts';
import {
  type AccessArgs,
  accessOptions,
  type Live,
  openDialer,
  planLive,
  readSite,
  siteOptions,
} from './live.ts';
import { commandsOption, showPlan } from './output.ts';

export const command = defineCommand({
  command: 'apply [what..]',
  describe: 'apply the plan, prove it over a new connection, and save',
  positionals: {
    what: {
      type: 'string',
      array: true,
      describe:
        'a plan saved by `plan --out` (.json), refused when it is stale, or a folder of them; or site files (.yaml), each of a router of its own',
      defaultDescription: 'that of --file',
    },
  },
  fleet: { stopsOnFailure: true, jobs: 1, onlyAlone: ['router'], prepare },
  options: {
    ...siteOptions,
    ...accessOptions,
    commands: commandsOption,
    ...applyingOptions,
    ...fleetApplyOptions,
  },
  examples: [
    ['edgewg apply', 'plan, ask, apply'],
    ['edgewg apply plan.json --yes', 'apply the reviewed plan or nothing'],
    ['edgewg apply --allow delete=2', 'although it removes two things'],
    [
      'edgewg apply sites/*.yaml --yes --canary home',
      'several routers, one after the other, home.yaml first',
    ],
  ],
  async run(args, io) {
    const applying = readApplying(args);
    return await withPlan({ ...args, shownBefore: undefined }, applying, io, live =>
      carryOut(live, applying, io),
    );
  },
});

/** Plans and shows it. The connection isn't kept until its turn comes, and then the plan must still be the one that was shown. */
async function prepare(args: ApplyArgs, io: Io): Promise<(io: Io) => Promise<number>> {
  const applying = readApplying(args);
  const { planFileOf, refuseStale } = await import('./plan-file.ts');
  const shown = await withPlan(args, applying, io, async live => {
    await mayApply(live.plan, applying, io);
    return { ...planFileOf(live), file: live.file };
  });
  if (isEmpty(shown.plan)) return async () => Exit.done;
  const again = { ...args, what: undefined, file: shown.file };
  const seen = new Set(shown.plan.diagnostics.map(textOf));
  const shownBefore = (live: Live): Plan => {
    refuseStale(shown, live);
    return { ...live.plan, diagnostics: live.plan.diagnostics.filter(one => !seen.has(textOf(one))) };
  };
  return own => withPlan({ ...again, shownBefore }, applying, own, live => carryOut(live, applying, own));
}

interface ApplyArgs extends AccessArgs, ApplyingArgs {
  readonly what?: readonly string[] | undefined;
  /** Undefined where the saved plan names it. */
  readonly file?: string | undefined;
  readonly commands?: boolean | undefined;
  /** Refuses a plan that isn't the one which was shown; else what is new in it. */
  readonly shownBefore?: ((live: Live) => Plan) | undefined;
}

type LiveOf = Live & { readonly file: string };

/** Shows the plan; the connection is closed after `work`. */
async function withPlan<T>(
  args: ApplyArgs,
  applying: Applying,
  io: Io,
  work: (live: LiveOf) => Promise<T>,
): Promise<T> {
  const [saved] = args.what ?? [];
  const file = args.file ?? (await siteOf(saved ?? '', io));
  const loaded = await readSite(file, io);
  const refuseOther = args.shownBefore ?? (saved === undefined ? undefined : await bindingOf(saved, io));
  const dialer = await openDialer(loaded, args, io);
  const live = await planLive(loaded, dialer, io, 'all');
  try {
    const fresh = refuseOther?.(live) ?? live.plan;
    await showPlan(fresh, { format: 'text', inverse: undefined, commands: args.commands }, io, {
      allowed: applying.allowed,
      isKnown: refuseOther !== undefined && applying.yes && !io.isVerbose,
    });
    return await work({ ...live, file });
  } finally {
    await live.connection.close();
  }
}

const textOf = (one: Plan['diagnostics'][number]): string => JSON.stringify(one);

async function carryOut(live: LiveOf, applying: Applying, io: Io): Promise<number> {
  const { plan, replan, file } = live;
  await mayApply(plan, applying, io);
  if (isEmpty(plan)) return Exit.done;
  const outcome = await runApply(live, { plan, replan, file }, applying, io);
  io.stdout.write(applySummary(outcome, plan));
  return Exit.done;
}

async function siteOf(saved: string, io: Io): Promise<string> {
  const { readPlanFile } = await import('./plan-file.ts');
  const { site } = await readPlanFile(saved, io);
  if (site !== undefined) return site;
  throw new Refused(
    'plan-without-site',
    `${visible(saved)} doesn't name its site file`,
    'apply it alone, with --file',
  );
}

/**
 * A saved plan is bound to the router's host key and its running configuration. What is applied is the plan made just now,
 * which has the same commands: nobody's edit of the file takes a finding away.
 */
async function bindingOf(path: string, io: Io): Promise<(live: Live) => Plan> {
  const { readPlanFile, refuseStale } = await import('./plan-file.ts');
  const file = await readPlanFile(path, io);
  return live => {
    refuseStale(file, live);
    return live.plan;
  };
}
