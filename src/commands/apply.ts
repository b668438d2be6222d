// `apply`: plans, shows, asks, and lets the router do it: the plan just shown and confirmed, or a saved one.
import { Exit, Refused } from '../errors.ts';
import type { Outcome } from '../plan/types/outcome.ts';
import { isEmpty, type Plan } from '../plan/types/plan.ts';
import { longestHold, readDuration, timeAfter } from '../report/duration.ts';
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
  fleet: { stopsOnFailure: true, jobs: 1, onlyAlone: ['router', 'hold', 'bake', 'format'], prepare },
  options: {
    ...siteOptions,
    ...accessOptions,
    commands: commandsOption,
    ...applyingOptions,
    hold: {
      type: 'string',
      describe:
        'once it is proven, leave it unsaved for a time such as 30m: the router undoes it then, unless edgewg confirm comes from anywhere',
      requiresArg: true,
    },
    bake: {
      type: 'string',
      describe:
        'how long the tunnel of --canary is proven again and again before the rest follows, such as 10m',
      requiresArg: true,
    },
    format: {
      choices: ['text', 'json'],
      describe: 'text for people; json for programs, with the plan on standard error; default: text',
      requiresArg: true,
    },
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
    ['edgewg apply --canary wg4 --bake 10m', 'wg4 first, and the rest when it went well for ten minutes'],
    ['edgewg apply --hold 30m', 'not saved until somebody says edgewg confirm, from anywhere'],
  ],
  async run(args, io) {
    const hold =
      args.hold === undefined
        ? {}
        : { hold: readDuration('hold', args.hold, { least: 1, most: longestHold }) };
    const canary = canaryOf(args);
    const applying = { ...readApplying(args), ...hold, ...(canary && { canary }) };
    const own = args.format === 'json' ? { ...io, stdout: io.stderr } : io;
    return await withPlan({ ...args, shownBefore: undefined }, applying, own, async live => {
      const outcome = await carryOut(live, applying, own);
      if (args.format === 'json') io.stdout.write(applyJson(live.plan, outcome));
      return Exit.done;
    });
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
  return own =>
    withPlan({ ...again, shownBefore }, applying, own, async live => {
      await carryOut(live, applying, own);
      return Exit.done;
    });
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
  // to read, and to run the transaction
  const live = await planLive(loaded, dialer, io, 'all', 2);
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

/** Of one router: which tunnel goes first, and for how many seconds. */
function canaryOf(args: { readonly canary: string | undefined; readonly bake: string | undefined }) {
  const { canary: tunnel, bake } = args;
  if (tunnel === undefined && bake !== undefined)
    throw new Refused('usage', '--bake needs --canary, the tunnel that goes first', 'such as --canary wg4');
  if (tunnel === undefined) return undefined;
  if (!/^wg\d{1,3}$/.test(tunnel))
    throw new Refused(
      'usage',
      `--canary ${visible(tunnel)} is no tunnel; of one site file it is the tunnel that goes first`,
      'such as --canary wg4; of several site files it is one of them',
    );
  const seconds = bake === undefined ? 0 : readDuration('bake', bake, { least: 1, most: longestBake });
  return { tunnel, seconds };
}

const longestBake = 3600;

/** Undefined where there was nothing to do. */
async function carryOut(live: LiveOf, applying: Applying, io: Io): Promise<Outcome | undefined> {
  const { plan, replan, file, inFront } = live;
  await mayApply(plan, applying, io);
  if (isEmpty(plan)) return undefined;
  const planned = applying.canary === undefined ? plan : await inFront(applying.canary.tunnel);
  const outcome = await runApply(live, { plan: planned, replan, file }, applying, io);
  io.stdout.write(applySummary(outcome, plan));
  return outcome;
}

/** What the next job wants to know: `id` is null where there was nothing to do. */
function applyJson({ router, summary }: Plan, outcome: Outcome | undefined): string {
  const { held } = outcome ?? {};
  const data = {
    format_version: '1.0',
    router,
    id: outcome?.id ?? null,
    result: outcome === undefined ? 'nothing' : held === undefined ? 'saved' : 'held',
    until: held === undefined ? null : timeAfter(new Date(), held.seconds),
    seconds: held?.seconds ?? null,
    keys: outcome?.keys.map(({ tunnel, publicKey }) => ({ tunnel, public_key: publicKey })) ?? [],
    summary,
  };
  return `${JSON.stringify(data, null, 2)}\n`;
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
