// `doctor`: is the router itself fit for its tunnels, now and after the next boot? `--heal` brings back what a firmware upgrade or a
// boot took away, by a plan and an apply like any other.
import { Exit, Refused } from '../errors.ts';
import type { Health, Patient } from '../health/finding.ts';
import { isEmpty, type Plan } from '../plan/types/plan.ts';
import type { Reading } from '../router/read.ts';
import type { LoadedSite } from '../site/load.ts';
import type { Connection, Dialer } from '../ssh/connection.ts';
import {
  type Applying,
  applyingOptions,
  applySummary,
  mayApply,
  readApplying,
  runApply,
} from './applying.ts';
import { defineCommand } from './command.ts';
import { fleetOptions, sitesPositional } from './fleet.ts';
import type { Io } from './io.ts';
import { accessOptions, formatOptions, openDialer, readSite, siteOptions } from './live.ts';
import { showPlan } from './output.ts';

export const command = defineCommand({
  command: 'doctor [sites..]',
  describe: 'check the router itself: package, upgrades, lost nodes, keys, names, disk, clock',
  positionals: sitesPositional,
  fleet: { stopsOnFailure: false, jobs: 4, onlyAlone: ['router', 'heal'] },
  options: {
    ...siteOptions,
    ...fleetOptions,
    ...accessOptions,
    ...formatOptions,
    json: { type: 'boolean', describe: 'the same as --format json' },
    heal: {
      type: 'boolean',
      describe: 'load back the WireGuard nodes that config.boot has and the running configuration lost',
    },
    'before-upgrade': {
      type: 'boolean',
      describe: 'tell what to do before a firmware upgrade, in order, and what of it is done',
    },
    ...applyingOptions,
  },
  examples: [
    ['edgewg doctor', 'exits with 2 when something failed'],
    ['edgewg doctor --format json', 'the same for programs'],
    ['edgewg doctor --before-upgrade', 'before the upgrade to EdgeOS 3'],
    ['edgewg doctor --heal', 'after a firmware upgrade, when the package is installed again'],
  ],
  async run(args, io) {
    const applying = readApplying(args);
    const json = args.json === true || args.format === 'json';
    if (args.heal === true && json)
      throw new Refused('usage', '--json has no place beside --heal', 'heal first, then ask for --json');
    if (args.heal === true && args['before-upgrade'] === true)
      throw new Refused('usage', '--before-upgrade has no place beside --heal', 'take one after the other');
    const loaded = await readSite(args.file, io);
    const dialer = await openDialer(loaded, args, io);
    const { readRouter } = await import('../router/read.ts');
    const connection = await dialer.dial(io.signal);
    try {
      let reading = await readRouter(connection, io.signal);
      if (
        args.heal === true &&
        (await heal({ loaded, dialer, connection, reading, applying }, args.file, io))
      )
        reading = await readRouter(connection, io.signal);
      const look = args['before-upgrade'] === true ? 'before-upgrade' : 'health';
      return await show(loaded, reading, { look, json }, io);
    } finally {
      await connection.close();
    }
  },
});

interface Shown {
  readonly look: 'health' | 'before-upgrade';
  readonly json: boolean;
}

async function show(loaded: LoadedSite, reading: Reading, { look, json }: Shown, io: Io): Promise<number> {
  const { probeInterface } = await import('../router/prove.ts');
  const { healthData, renderHealth } = await import('../report/doctor.ts');
  const { tunnel } = await import('../objects/tunnel.ts');
  const { running, facts } = reading;
  const probes = tunnel.names(running).flatMap(name => probeInterface(reading, name));
  const now = Math.floor(Date.now() / 1000);
  const healths = await lookAt(look, { site: loaded.site, running, facts, now, probes });
  if (json) {
    const { printJson } = await import('../report/json.ts');
    io.stdout.write(printJson(healthData(loaded.site.router.host, healths)));
  } else io.stdout.write(renderHealth(healths, io.stdout.paint, io.stdout.wrapAt));
  return hasFailed(healths) ? Exit.difference : Exit.done;
}

async function lookAt(look: Shown['look'], patient: Patient): Promise<Health[]> {
  if (look === 'before-upgrade') return (await import('../health/before-upgrade.ts')).beforeUpgrade(patient);
  return (await import('../health/doctor.ts')).examine(patient);
}

const hasFailed = (healths: readonly Health[]): boolean =>
  healths.some(({ findings }) => findings.some(({ status }) => status === 'failed'));

interface Healing {
  readonly loaded: LoadedSite;
  readonly dialer: Dialer;
  readonly connection: Connection;
  readonly reading: Reading;
  readonly applying: Applying;
}

/** True when something was done. */
async function heal({ loaded, applying, ...live }: Healing, file: string, io: Io): Promise<boolean> {
  const { planHeal } = await import('../health/heal.ts');
  const { peerNames } = await import('../plan/peer-names.ts');
  const replan = (reading: Reading): Plan => ({
    ...planHeal(reading, loaded.site.router.host),
    peers: peerNames(loaded.site, reading.running),
  });
  const plan = replan(live.reading);
  if (isEmpty(plan) && plan.diagnostics.length === 0) {
    io.stdout.write('nothing is lost: there is nothing to heal\n\n');
    return false;
  }
  await showPlan(plan, { format: 'text', inverse: undefined }, io, { allowed: applying.allowed });
  await mayApply(plan, applying, io);
  if (isEmpty(plan)) return false;
  // what config.boot has and the router hasn't is the very thing to be healed; other drift was refused above
  const allowed = new Map([...applying.allowed, ['drift', Number.POSITIVE_INFINITY]] as const);
  const { secretVariables } = await import('../keys/references.ts');
  const outcome = await runApply(
    { ...live, secrets: new Map(), withheld: secretVariables(loaded.site) },
    { plan, replan, file },
    { ...applying, allowed },
    io,
  );
  io.stdout.write(`${applySummary(outcome, plan)}\n`);
  return true;
}
