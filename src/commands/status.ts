// `status`: the tunnels as they are, what runs but isn't saved, and what became of applies.
import { Exit, Refused } from '../errors.ts';
import type { LoadedSite } from '../site/load.ts';
import type { Connection, Dialer } from '../ssh/connection.ts';
import { defineCommand } from './command.ts';
import { fleetOptions, sitesPositional } from './fleet.ts';
import type { Io } from './io.ts';
import { accessOptions, formatOptions, openDialer, readSite, siteOptions } from './live.ts';

export const command = defineCommand({
  command: 'status [sites..]',
  describe: 'show the tunnels as they are: handshakes, transfer, routes, drift, the last apply',
  positionals: sitesPositional,
  fleet: { stopsOnFailure: false, jobs: 4, onlyAlone: ['watch', 'router'] },
  options: {
    ...siteOptions,
    ...accessOptions,
    ...formatOptions,
    json: { type: 'boolean', describe: 'the same as --format json' },
    drift: {
      type: 'boolean',
      describe: 'only what differs from the site file, and who committed; nothing when nothing does',
    },
    watch: { type: 'string', describe: 'again every so many seconds, until Ctrl-C', requiresArg: true },
    ...fleetOptions,
  },
  examples: [
    ['edgewg status', 'exits with 2 when there is drift, or a check failed'],
    ['edgewg status --watch 5', 'again every five seconds'],
    ['edgewg status --format json', 'the same for programs'],
    ['edgewg status --drift', 'for cron: says nothing while the router is as the file wants it'],
  ],
  async run(args, io) {
    const seconds = watchSeconds(args.watch);
    const json = args.json === true || args.format === 'json';
    if (json && args.drift === true)
      throw new Refused('usage', '--drift has no place beside --json', 'the JSON holds the drift');
    const loaded = await readSite(args.file, io);
    const dialer = await openDialer(loaded, args, io);
    let connection = await dialer.dial(io.signal);
    try {
      for (;;) {
        const begun = io.now();
        const { text, exit } = await look(loaded, connection, { json, drift: args.drift }, io);
        if (seconds !== undefined && io.stdout.isTerminal) io.stdout.write('\u001b[H\u001b[2J');
        io.stdout.write(text);
        if (seconds === undefined) return exit;
        await pause(seconds * 1000 - (io.now() - begun), io.signal);
        connection = await alive(connection, dialer, io);
      }
    } finally {
      await connection.close();
    }
  },
});

function watchSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!/^\d{1,5}$/.test(text) || seconds < 1)
    throw new Refused(
      'usage',
      `--watch takes a whole number of seconds from 1, not ${text}`,
      'such as --watch 5',
    );
  return seconds;
}

interface Look {
  readonly json: boolean | undefined;
  readonly drift: boolean | undefined;
}

/** One reading of the router, and what there is to say about it. */
async function look(
  loaded: LoadedSite,
  connection: Connection,
  { json, drift }: Look,
  io: Io,
): Promise<{ text: string; exit: number }> {
  const { readRouter } = await import('../router/read.ts');
  const { readLastApply } = await import('../router/history.ts');
  const { planOf } = await import('./live.ts');
  const { tunnelStatus } = await import('../health/status.ts');
  const { neighborStatus } = await import('../health/neighbor-status.ts');
  const { renderStatus, statusData } = await import('../report/status.ts');
  const reading = await readRouter(connection, io.signal);
  const { running, facts } = reading;
  const plan = (await planOf(loaded, io, 'at-hand')).replan(reading);
  const isDrift = plan.commits.length > 0 || facts.drift.length > 0;
  const tunnels = tunnelStatus(loaded.site, running, facts, plan);
  if (drift === true) {
    const { renderDrift } = await import('../report/drift.ts');
    return {
      text: renderDrift(plan, facts, tunnels, io.stdout.paint, io.stdout.wrapAt),
      exit: isDrift ? Exit.difference : Exit.done,
    };
  }
  // a key that can only plan (docs/least-rights.md) can't ask for the records
  const lastApply = await readLastApply(connection).catch(() => undefined);
  const neighbors = neighborStatus(loaded.site, facts);
  const status = { facts, plan, tunnels, neighbors, lastApply: lastApply && applyOf(lastApply) };
  const isFailed =
    facts.pendingConfirms.length > 0 ||
    !facts.isDriftKnown ||
    [...tunnels, ...neighbors].some(({ failed }) => failed.length > 0);
  return {
    text:
      json === true
        ? `${JSON.stringify(statusData(status), null, 2)}\n`
        : renderStatus(status, io.stdout.paint),
    exit: isDrift || isFailed ? Exit.difference : Exit.done,
  };
}

/** Who and when; the commands are `rollback`'s. */
const applyOf = ({ id, since, who, file }: { id: string; since: string; who: string; file: string }) => ({
  id,
  since,
  who,
  file,
});

/** Waits, or rejects with why edgewg ends. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (!signal.aborted)
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, Math.max(0, ms));
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  if (signal.aborted) throw signal.reason;
}

/** The same connection while it is open; a router that rebooted meanwhile is dialled again. */
async function alive(connection: Connection, dialer: Dialer, io: Io): Promise<Connection> {
  try {
    await connection.exec('true', { timeoutMs: 10_000 });
    return connection;
  } catch {
    await connection.close();
    return await dialer.dial(io.signal);
  }
}
