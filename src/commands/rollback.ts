// `rollback [ID]`: undoes one apply by its inverse commands and keeps what others did since.
import { Exit, Refused } from '../errors.ts';
import { isEmpty, type Plan } from '../plan/types/plan.ts';
import { applyingOptions, applySummary, mayApply, readApplying, runApply } from './applying.ts';
import { defineCommand } from './command.ts';
import { fleetApplyOptions } from './fleet.ts';
import { accessOptions, openDialer, readSite, siteOptions } from './live.ts';
import { showPlan } from './output.ts';

export const command = defineCommand({
  command: 'rollback [id..]',
  describe: 'undo an apply by its inverse commands, and keep what others did since',
  positionals: {
    id: {
      type: 'string',
      array: true,
      describe:
        'which apply; default: the last one that is not rolled back. Or site files (.yaml), for the last one of each router',
    },
  },
  fleet: { stopsOnFailure: true, jobs: 1, onlyAlone: ['router'], sites: /\.ya?ml$/ },
  options: {
    ...siteOptions,
    ...accessOptions,
    list: { type: 'boolean', describe: 'list the applies that the router remembers' },
    ...applyingOptions,
    ...fleetApplyOptions,
  },
  examples: [
    ['edgewg rollback --list', 'what was applied, when and by whom'],
    ['edgewg rollback', 'undo the last apply; again: the one before'],
    ['edgewg rollback sites/*.yaml --list', 'of several routers'],
  ],
  async run(args, io) {
    const [id, ...more] = args.id ?? [];
    if (more.length > 0) throw new Refused('usage', 'one apply is undone at a time', 'give one ID');
    const applying = readApplying(args);
    const loaded = await readSite(args.file, io);
    const dialer = await openDialer(loaded, args, io);
    const { findApply, readApplies } = await import('../router/history.ts');
    // the records, and for one that is undone the reading and the transaction
    const connection = await dialer.dial(io.signal, args.list === true ? 1 : 3);
    try {
      const { history, unread } = await readApplies(connection);
      if (args.list === true) {
        const { renderHistory } = await import('../report/history.ts');
        io.stdout.write(renderHistory(history, unread));
        return Exit.done;
      }
      const apply = findApply(history, id, unread);
      const { readRouter } = await import('../router/read.ts');
      const { rollbackChecks } = await import('../checks/rollback/all.ts');
      const { peerNames } = await import('../plan/peer-names.ts');
      const { planRollback } = await import('../plan/rollback.ts');
      const reading = await readRouter(connection, io.signal);
      const { lostWireguard } = await import('../checks/device/firmware.ts');
      const { appliesHeld } = await import('../checks/device/held.ts');
      const { confirmsPending } = await import('../checks/device/pending-confirm.ts');
      const replan = ({ running, facts }: typeof reading): Plan => {
        const back = planRollback(
          apply,
          { running, digest: facts.digest, keyFiles: facts.keyFiles, helpers: facts.helpers },
          rollbackChecks,
        );
        // a rollback saves too
        return {
          ...back,
          peers: peerNames(loaded.site, running),
          diagnostics: [
            ...lostWireguard(running, facts),
            ...confirmsPending(facts),
            ...appliesHeld(facts),
            ...back.diagnostics,
          ],
        };
      };
      const plan = replan(reading);
      await showPlan(plan, { format: 'text', inverse: undefined }, io, { allowed: applying.allowed });
      await mayApply(plan, applying, io);
      if (isEmpty(plan)) return Exit.done;
      const { secretVariables } = await import('../keys/references.ts');
      const withheld = secretVariables(loaded.site);
      const live = { dialer, connection, reading, secrets: new Map(), withheld, undoes: apply.id };
      const outcome = await runApply(live, { plan, replan, file: args.file }, applying, io);
      io.stdout.write(applySummary(outcome, plan));
      return Exit.done;
    } finally {
      await connection.close();
    }
  },
});
