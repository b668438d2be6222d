// `apply`: plans, shows, asks, and lets the router do it: the plan just shown and confirmed, or a saved one.
import { Exit } from '../errors.ts';
import { isEmpty } from '../plan/types/plan.ts';
import { applyingOptions, applySummary, mayApply, readApplying, runApply } from './applying.ts';
import { defineCommand } from './command.ts';
import { fleetApplyOptions } from './fleet.ts';
import type { Io } from './io.ts';
import { accessOptions, type Live, openDialer, planLive, readSite, siteOptions } from './live.ts';
import { commandsOption, showPlan } from './output.ts';

export const command = defineCommand({
  command: 'apply [what..]',
  describe: 'apply the plan, prove it over a new connection, and save',
  positionals: {
    what: {
      type: 'string',
      array: true,
      describe:
        'a plan saved by `plan --out` (.json), refused when it is stale; or site files (.yaml), each of a router of its own',
      defaultDescription: 'that of --file',
    },
  },
  fleet: { stopsOnFailure: true, jobs: 1, onlyAlone: ['router'] },
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
    const [saved] = args.what ?? [];
    const loaded = await readSite(args.file, io);
    const refuseOther = saved === undefined ? undefined : await bindingOf(saved, io);
    const dialer = await openDialer(loaded, args, io);
    const live = await planLive(loaded, dialer, io, 'all');
    try {
      refuseOther?.(live);
      const { plan } = live;
      await showPlan(plan, { format: 'text', inverse: undefined, commands: args.commands }, io, {
        allowed: applying.allowed,
        isKnown: saved !== undefined && applying.yes && !io.isVerbose,
      });
      await mayApply(plan, applying, io);
      if (isEmpty(plan)) return Exit.done;
      const outcome = await runApply(live, plan, live.replan, applying, args.file, io);
      io.stdout.write(applySummary(outcome, plan));
      return Exit.done;
    } finally {
      await live.connection.close();
    }
  },
});

/**
 * A saved plan is bound to the router's host key and its running configuration. What is applied is the plan made just now,
 * which has the same commands: nobody's edit of the file takes a finding away.
 */
async function bindingOf(path: string, io: Io): Promise<(live: Live) => void> {
  const { readPlanFile, refuseStale } = await import('./plan-file.ts');
  const file = await readPlanFile(path, io);
  return live => refuseStale(file, live);
}
