// `plan`: what a site file changes on a router. Reads, computes, shows; touches nothing.
import { Exit } from '../errors.ts';
import { refusals } from '../plan/allow.ts';
import { isEmpty, type Plan } from '../plan/plan.ts';
import { visible } from '../report/visible.ts';
import type { LoadedSite } from '../site/load.ts';
import type { Tree } from '../vyatta/tree.ts';
import { allowOptions, readAllowed } from './allow.ts';
import { defineCommand } from './command.ts';
import { fleetOptions, sitesPositional } from './fleet.ts';
import type { Io } from './io.ts';
import { accessOptions, openDoor, planLive, readSite, siteOptions } from './live.ts';
import { checkOutput, outputOptions, showPlan } from './output.ts';
import { checkTraces, showTraces, traceOptions } from './trace.ts';

export const command = defineCommand({
  command: 'plan [sites..]',
  describe: 'show what would change on the router and why; touches nothing',
  positionals: sitesPositional,
  fleet: { stopsOnFailure: false, jobs: 4, onlyAlone: ['out', 'running'] },
  options: {
    ...siteOptions,
    running: {
      type: 'string',
      describe:
        'a saved configuration (`show configuration commands` or config.boot) in place of a router; - for standard input',
    },
    ...accessOptions,
    ...outputOptions,
    diff: { type: 'boolean', describe: 'with a unified diff of the configuration before and after' },
    ...traceOptions,
    ...allowOptions,
    'run-commands': {
      type: 'boolean',
      describe: "also run the site file's command: references, so that the plan knows their keys",
    },
    out: { type: 'string', describe: 'write the plan to a file (JSON, readable by you alone)' },
    'detailed-exitcode': { type: 'boolean', describe: 'exit with 2 when there is something to do' },
    ...fleetOptions,
  },
  examples: [
    ['edgewg plan', 'against the router that the site file names'],
    ['edgewg plan --running router.commands', 'against a saved configuration'],
    ['edgewg plan --trace 10.42.4.7', 'with the way that packets to a pod take'],
    ['edgewg plan --out plan.json', 'for `edgewg apply plan.json`'],
    ['edgewg plan sites/*.yaml', 'for several routers, four at once'],
  ],
  async run(args, io) {
    checkOutput(args);
    checkTraces(args.trace);
    const allowed = readAllowed(args.allow);
    const loaded = await readSite(args.file, io);
    const made =
      args.running === undefined
        ? await fromRouter(loaded, args, io)
        : await fromFile(loaded, args.running, io);
    const { plan, running } = made;
    const diff = args.diff === true ? { diff: await diffOf(plan, running, io) } : {};
    await showPlan(plan, args, io, { allowed, ...diff });
    if (args.trace !== undefined) await showTraces(args.trace, made, io);
    if (args.out !== undefined) await save(made, args.out, io);
    if (refusals(plan.diagnostics, allowed).length > 0) return Exit.refused;
    return args['detailed-exitcode'] === true && !isEmpty(plan) ? Exit.difference : Exit.done;
  },
});

interface Made {
  readonly plan: Plan;
  /** Without secrets. */
  readonly running: Tree;
  /** Lines of `ip route show`, where a router was asked. */
  readonly live?: readonly string[];
  /** What a saved plan needs to be applied; a plan for a file can only be shown. */
  readonly bindings: Readonly<Record<string, unknown>>;
}

interface RouterArgs {
  readonly 'accept-new-host-key': boolean | undefined;
  readonly 'run-commands': boolean | undefined;
}

/** A site file may be a stranger's: its programs run only where somebody says so. */
async function fromRouter(loaded: LoadedSite, args: RouterArgs, io: Io): Promise<Made> {
  const { bindings } = await import('./plan-file.ts');
  const door = await openDoor(loaded, args['accept-new-host-key'] === true, io);
  const live = await planLive(loaded, door, io, args['run-commands'] === true ? 'all' : 'at-hand');
  await live.connection.close();
  return {
    plan: live.plan,
    running: live.reading.running,
    live: live.reading.facts.routes,
    bindings: bindings(live),
  };
}

async function fromFile(loaded: LoadedSite, file: string, io: Io): Promise<Made> {
  const { mostBytes, readConfiguration } = await import('../vyatta/running.ts');
  const { redact } = await import('../vyatta/redact.ts');
  const { makePlan } = await import('../plan/make.ts');
  const { checks } = await import('../plan/checks/all.ts');
  const name = file === '-' ? 'standard input' : file;
  const running = redact(readConfiguration(await io.readFile(file, mostBytes), name));
  if (!running.children.has('interfaces') && !io.isQuiet)
    io.stderr.write(
      `note: ${visible(name)} has no interfaces: of a part of a configuration the rest counts as not there\n`,
    );
  const plan = makePlan({ site: loaded.site, placeOf: path => loaded.place(path), running }, checks);
  return { plan, running, bindings: {} };
}

async function diffOf(plan: Plan, before: Tree, io: Io): Promise<string> {
  const { applied } = await import('../plan/order.ts');
  const { printCommands } = await import('../vyatta/commands.ts');
  const { isMulti } = await import('../vyatta/nodes.ts');
  const { unifiedDiff } = await import('../report/diff.ts');
  const after = applied(
    before,
    plan.commits.flatMap(commit => commit.run),
  );
  return unifiedDiff(printCommands(before, isMulti), printCommands(after, isMulti), io.stdout.paint);
}

async function save({ plan, bindings }: Made, file: string, io: Io): Promise<void> {
  const { renderJson } = await import('../report/json.ts');
  await io.writeFile(file, renderJson(plan, bindings));
  if (!io.isQuiet) io.stderr.write(`wrote the plan to ${visible(file)}\n`);
}
