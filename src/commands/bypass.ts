// `bypass TUNNEL`: takes the routes to the tunnel's public addresses out, for the day when the tunnel is broken; --restore puts them back.

import { Exit, Refused } from '../errors.ts';
import { tunnel as tunnelKind } from '../objects/tunnel.ts';
import { isEmpty, type Plan } from '../plan/types/plan.ts';
import { visible } from '../report/visible.ts';
import type { Reading } from '../router/read.ts';
import type { Tunnel } from '../site/site.ts';
import type { Tree } from '../vyatta/tree.ts';
import { applyingOptions, applySummary, mayApply, readApplying, runApply } from './applying.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';
import { accessOptions, openDialer, readSite, siteOptions } from './live.ts';
import { showPlan } from './output.ts';

export const command = defineCommand({
  command: 'bypass <tunnel>',
  describe: "reach a tunnel's public addresses directly while the tunnel is broken",
  positionals: { tunnel: { type: 'string', demandOption: true, describe: 'a tunnel of the site file' } },
  options: {
    ...siteOptions,
    ...accessOptions,
    restore: { type: 'boolean', describe: 'put the routes back' },
    ...applyingOptions,
  },
  examples: [
    ['edgewg bypass wg4', 'its public addresses go by the default route, in clear'],
    ['edgewg bypass wg4 --restore', 'and through the tunnel again'],
  ],
  async run(args, io) {
    const applying = readApplying(args);
    const loaded = await readSite(args.file, io);
    const { bypassSite, publicRoutes } = await import('../plan/bypass.ts');
    const tunnel = tunnelOf(args.tunnel, loaded.site.tunnels);
    const routes = publicRoutes(tunnel).map(({ prefix }) => prefix);
    if (routes.length === 0)
      throw new Refused(
        'nothing-to-bypass',
        `${tunnel.name} routes no public address into the tunnel, so nothing needs a way around it`,
      );
    const isRestored = args.restore === true;
    const site = bypassSite(loaded.site, tunnel, isRestored);
    const { makePlan } = await import('../plan/make.ts');
    const { bypassChecks } = await import('../checks/all.ts');
    const { secretVariables } = await import('../keys/references.ts');
    const { readRouter } = await import('../router/read.ts');
    const replan = ({ running, facts }: Reading): Plan =>
      makePlan({ site, placeOf: path => loaded.place(path), running, facts }, bypassChecks);
    const dialer = await openDialer(loaded, args, io);
    const connection = await dialer.dial(io.signal);
    try {
      const reading = await readRouter(connection, io.signal);
      refuseMissing(tunnel, reading.running);
      const plan = replan(reading);
      await showPlan(plan, { format: 'text', inverse: undefined }, io, { allowed: applying.allowed });
      if (!isEmpty(plan)) tell(tunnel.name, routes, isRestored, io);
      await mayApply(plan, applying, io);
      if (isEmpty(plan)) return Exit.done;
      const withheld = secretVariables(loaded.site);
      const live = { dialer, connection, reading, secrets: new Map(), withheld };
      io.stdout.write(
        applySummary(await runApply(live, { plan, replan, file: args.file }, applying, io), plan),
      );
      return Exit.done;
    } finally {
      await connection.close();
    }
  },
});

function tunnelOf(name: string, tunnels: readonly Tunnel[]): Tunnel {
  const found = tunnels.find(tunnel => tunnel.name === name);
  if (found !== undefined) return found;
  throw new Refused(
    'no-such-tunnel',
    `the site file has no tunnel ${visible(name)}`,
    `it has ${tunnels.map(tunnel => tunnel.name).join(', ') || 'none'}`,
  );
}

/** Restoring must not make an interface of which nothing but routes is known. */
function refuseMissing(tunnel: Tunnel, running: Tree): void {
  if (tunnelKind.has(running, tunnel.name)) return;
  throw new Refused('no-such-tunnel', `${tunnel.name} is not on the router`, 'edgewg apply makes it');
}

function tell(name: string, routes: readonly string[], isRestored: boolean, io: Io): void {
  if (io.isQuiet) return;
  const text = isRestored
    ? `${routes.join(', ')}: through ${name} again`
    : `${routes.join(', ')}: directly and in clear, until edgewg bypass ${name} --restore or the next edgewg apply`;
  io.stderr.write(`\n${text}\n`);
}
