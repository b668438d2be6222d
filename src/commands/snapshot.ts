// `snapshot`: the running configuration without secrets, for a repository; a plan against it needs no router.
import { Exit } from '../errors.ts';
import { visible } from '../report/visible.ts';
import { defineCommand } from './command.ts';
import { fleetOptions, sitesPositional } from './fleet.ts';
import type { Io } from './io.ts';
import { accessOptions, openDialer, readSite, siteOptions } from './live.ts';

export const command = defineCommand({
  command: 'snapshot [sites..]',
  describe: 'write the running configuration without secrets, for plans without a router',
  positionals: sitesPositional,
  fleet: { stopsOnFailure: false, jobs: 4, onlyAlone: ['router'], writes: '.snapshot', needsOut: true },
  options: {
    ...siteOptions,
    ...fleetOptions,
    ...accessOptions,
    out: {
      type: 'string',
      describe:
        'the file; left as it is when only the time would change; of several site files a folder, which they need. Default: standard output',
      requiresArg: true,
    },
  },
  examples: [
    ['edgewg snapshot --out router.snapshot', 'to be committed beside the site file'],
    ['edgewg plan --running router.snapshot', 'what a pull request can do without access'],
    ['edgewg lab --seed router.snapshot', 'a router like yours to try things on'],
  ],
  async run(args, io) {
    const loaded = await readSite(args.file, io);
    const dialer = await openDialer(loaded, args, io);
    const { readRouter } = await import('../router/read.ts');
    const { printSnapshot } = await import('../plan/snapshot.ts');
    const connection = await dialer.dial(io.signal);
    try {
      const { running, facts } = await readRouter(connection, io.signal);
      const text = printSnapshot(loaded.site.router.host, running, facts);
      if (args.out === undefined) io.stdout.write(text);
      else await keep(args.out, text, io);
      return Exit.done;
    } finally {
      await connection.close();
    }
  },
});

/** A nightly job makes no commit that says nothing. */
async function keep(file: string, text: string, io: Io): Promise<void> {
  const { mostBytes } = await import('../vyatta/running.ts');
  const { isSameSnapshot } = await import('../plan/snapshot.ts');
  const old = await io.readFile(file, mostBytes).then(
    bytes => bytes.toString('utf8'),
    () => undefined,
  );
  const isSame = old !== undefined && isSameSnapshot(old, text);
  if (!isSame) await io.writeFile(file, text);
  if (!io.isQuiet)
    io.stderr.write(
      isSame
        ? `${visible(file)} is up to date: the router is as it was\n`
        : `wrote ${text.split('\n').length - 1} lines to ${visible(file)}\n`,
    );
}
