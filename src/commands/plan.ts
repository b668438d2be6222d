// `plan`: what a site file changes on a router. Reads, computes, shows; touches nothing.
import { Exit, Refused } from '../errors.ts';
import { refusals } from '../plan/allow.ts';
import type { Comparison } from '../plan/compare.ts';
import { isEmpty, type Plan } from '../plan/types/plan.ts';
import { visible } from '../report/visible.ts';
import type { Tree } from '../vyatta/tree.ts';
import { allowOptions, readAllowed } from './allow.ts';
import { withAnnotatedMistakes } from './annotate.ts';
import { defineCommand } from './command.ts';
import { fleetOptions, sitesPositional } from './fleet.ts';
import type { Io } from './io.ts';
import { accessOptions, readSite, siteOptions } from './live.ts';
import { checkOutput, outputOptions, showPlan } from './output.ts';
import { type Made, planFor } from './planning.ts';
import { checkTraces, showTraces, traceOptions, tracesAsData } from './trace.ts';

export const command = defineCommand({
  command: 'plan [sites..]',
  describe: 'show what would change on the router and why; touches nothing',
  positionals: sitesPositional,
  fleet: { stopsOnFailure: false, jobs: 4, onlyAlone: ['running', 'compare', 'router'], writes: '.json' },
  options: {
    ...siteOptions,
    running: {
      type: 'string',
      describe:
        'a snapshot, `show configuration commands` or config.boot in place of a router; - for standard input',
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
    out: {
      type: 'string',
      describe: 'write the plan to a file (JSON, readable by you alone); of several site files, to a folder',
    },
    compare: {
      type: 'string',
      describe: 'a plan that was reviewed: say whether this one does the same, and exit with 2 if not',
      requiresArg: true,
    },
    'detailed-exitcode': { type: 'boolean', describe: 'exit with 2 when there is something to do' },
    ...fleetOptions,
  },
  examples: [
    ['edgewg plan', 'against the router that the site file names'],
    ['edgewg plan --running router.commands', 'against a saved configuration'],
    ['edgewg plan --trace 10.42.4.7', 'with the way that packets to a pod take'],
    ['edgewg plan --trace 192.168.2.20 10.42.4.7', 'from a client at home, with the tunnel and without it'],
    ['edgewg plan --out plan.json', 'for `edgewg apply plan.json`'],
    ['edgewg plan sites/*.yaml', 'for several routers, four at once'],
    ['edgewg plan sites/*.yaml --out plans', 'for `edgewg apply plans`'],
    ['edgewg plan --running router.snapshot --format markdown', 'for a comment on a pull request'],
    [
      'edgewg plan --compare reviewed.json --out plan.json',
      'before the apply: is it still what was reviewed?',
    ],
  ],
  async run(args, io) {
    checkOutput(args);
    checkTraces(args.trace);
    if (args.compare !== undefined && args['detailed-exitcode'] === true)
      throw new Refused(
        'usage',
        '--compare and --detailed-exitcode both mean something by 2',
        'take one of them',
      );
    const allowed = readAllowed(args.allow);
    const loaded = await withAnnotatedMistakes(args.format, io, readSite(args.file, io));
    const made = await planFor(loaded, args, io);
    const { plan, running, origin } = made;
    const comparison = args.compare === undefined ? undefined : await compareWith(args.compare, made, io);
    const diff = args.diff === true ? { diff: await diffOf(plan, running, args.format, io) } : {};
    const compared = { comparison, reviewed: args.compare };
    const isData = args.format === 'json';
    const traces = args.trace ?? [];
    const beside =
      isData && traces.length > 0 ? { beside: { traces: await tracesAsData(traces, made, io) } } : {};
    const shown = { allowed, running, origin, file: args.out, ...compared, ...diff, ...beside };
    await showPlan(plan, args, io, shown);
    if (!isData) await showTraces(traces, made, io);
    if (args.out !== undefined) await save(made, args.out, args.file, io);
    if (refusals(plan.diagnostics, allowed).length > 0) return Exit.refused;
    if (comparison !== undefined) return comparison.isSame ? Exit.done : Exit.difference;
    return args['detailed-exitcode'] === true && !isEmpty(plan) ? Exit.difference : Exit.done;
  },
});

async function compareWith(file: string, { plan, running, origin }: Made, io: Io): Promise<Comparison> {
  const { compare } = await import('../plan/compare.ts');
  const { readPlanFile, runningLines } = await import('./plan-file.ts');
  return compare(await readPlanFile(file, io), { plan, running: runningLines(running), origin });
}

async function diffOf(plan: Plan, before: Tree, format: string, io: Io): Promise<string> {
  const { Chalk } = await import('chalk');
  const { configurationAfter } = await import('../plan/after.ts');
  const { printCommands } = await import('../vyatta/commands.ts');
  const { isMulti } = await import('../vyatta/nodes.ts');
  const { unifiedDiff } = await import('../report/diff.ts');
  const paint = format === 'markdown' ? new Chalk({ level: 0 }) : io.stdout.paint;
  const after = configurationAfter(before, plan.commits);
  return unifiedDiff(printCommands(before, isMulti), printCommands(after, isMulti), paint);
}

async function save({ plan, bindings }: Made, file: string, site: string, io: Io): Promise<void> {
  const { renderJson } = await import('../report/json.ts');
  await io.writeFile(file, renderJson(plan, { ...bindings(), site }));
  if (!io.isQuiet) io.stderr.write(`wrote the plan to ${visible(file)}\n`);
}
