// `init`: the first site file. Asks what it can't read from the router, and ends with a plan; touches nothing there.

import { Exit } from '../errors.ts';
import type { Router } from '../import/reduce-to-empty-plan.ts';
import { tunnel } from '../objects/tunnel.ts';
import { visible } from '../report/visible.ts';
import { answerOptions, askAnswers } from './answers.ts';
import { ciOptions, writeCi } from './ci.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';
import { accessOptions } from './live.ts';
import { parseRouter, readRouting, refuseExisting, routerOptions, writeSite } from './site-file.ts';

export const command = defineCommand({
  command: 'init',
  describe: 'write a first site file: asks little, reads the rest from the router, ends with a plan',
  options: {
    ...routerOptions,
    ...accessOptions,
    file: {
      alias: 'f',
      type: 'string',
      default: 'edgewg.yaml',
      describe: 'the site file to write; - for standard output',
      requiresArg: true,
    },
    ...answerOptions,
    ...ciOptions,
    force: { type: 'boolean', describe: 'write over a file that is there' },
  },
  examples: [
    ['edgewg init', 'asks; at a terminal'],
    [
      'edgewg init --router ubnt@192.168.2.1 --address 10.9.0.1/32 --public-key KEY --allowed-ips 10.9.0.2/32',
      'asks nothing',
    ],
    ['edgewg init --ci github', 'the jobs that review and apply it'],
  ],
  async run(args, io) {
    if (args.ci !== undefined) {
      await writeCi(args.ci, args, io);
      return Exit.done;
    }
    await refuseExisting(
      args.file,
      args.force === true,
      io,
      'add a tunnel to it with `edgewg tunnel add`, change it there, or say --force',
    );
    const access = await routerOf(args, io);
    const found = await readRouting(args, access, io);
    const { running } = found.router;
    tellFound(found.router, io);
    const answers = await askAnswers(args, running, io);
    const { initialSite } = await import('../import/initial-site.ts');
    const { loadSite } = await import('../site/load.ts');
    const text = initialSite(running, found.access, answers);
    const loaded = loadSite(text, args.file === '-' ? 'standard output' : args.file);
    await writeSite(args.file, text, io);
    if (!io.isQuiet && args.file !== '-')
      io.stderr.write(
        `wrote ${visible(args.file)}; for editors: edgewg schema > edgewg.schema.json. What it would change:\n\n`,
      );
    const { makePlan } = await import('../plan/make.ts');
    const { checks } = await import('../checks/all.ts');
    const { showPlan } = await import('./output.ts');
    const plan = makePlan(
      { site: loaded.site, placeOf: path => loaded.place(path), ...found.router },
      checks,
    );
    const shown = args.file === '-' ? { ...io, stdout: io.stderr } : io;
    await showPlan(plan, { format: 'text', inverse: undefined }, shown, { allowed: new Map() });
    return Exit.done;
  },
});

/** Asked for only where neither a flag nor a saved configuration stands in its place. */
async function routerOf(
  args: { readonly router: string | undefined; readonly running: string | undefined },
  io: Io,
) {
  if (args.router !== undefined) return parseRouter(args.router);
  if (args.running !== undefined || io.ask === undefined) return undefined;
  return parseRouter((await io.ask('Router, as [USER@]HOST[:PORT]: ')).trim());
}

/** What the router said that a person may want to know before answering. */
function tellFound({ running, facts }: Router, io: Io): void {
  if (io.isQuiet) return;
  const there = tunnel.names(running);
  const model = facts === undefined ? '' : `${visible(`${facts.model} ${facts.version}`.trim())}; `;
  const tunnels =
    there.length === 0 ? 'no WireGuard interface yet' : `it has ${there.map(visible).join(', ')}`;
  io.stderr.write(`${model}${tunnels}\n`);
  if (there.length > 0)
    io.stderr.write(
      'note: to have those in a site file too, write it with `edgewg import` and add the new tunnel there\n',
    );
}
