// `import`: the site file of what a router has, proven by an empty plan. Reads the router, writes a file here, touches nothing there.

import { Exit, Refused } from '../errors.ts';
import type { Imported } from '../import/import.ts';
import { tunnel } from '../objects/tunnel.ts';
import { plural } from '../plural.ts';
import { visible } from '../report/visible.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';
import { accessOptions } from './live.ts';
import { isProven, proofOf } from './proven.ts';
import { parseRouter, readRouting, refuseExisting, routerOptions, writeSite } from './site-file.ts';

export const command = defineCommand({
  command: 'import',
  describe: "write the site file of a router's WireGuard as it is, proven by an empty plan",
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
    manages: {
      type: 'boolean',
      describe: "make interfaces the file's as a whole where that changes nothing today",
    },
    update: {
      type: 'boolean',
      describe: 'edit the site file that is there to what the router has; comments and order stay',
    },
    force: { type: 'boolean', describe: 'write over a file that is there' },
  },
  examples: [
    ['edgewg import --router ubnt@192.168.2.1', 'the first site file of a router that has tunnels'],
    ['edgewg import --running router.commands -f -', 'of a saved configuration, to standard output'],
    ['edgewg import --update', 'take over into edgewg.yaml what somebody changed on the router'],
  ],
  async run(args, io) {
    if (args.update === true) {
      const { updateSite } = await import('./update-site.ts');
      return await updateSite(args, io);
    }
    const access = args.router === undefined ? undefined : parseRouter(args.router);
    await refuseExisting(args.file, args.force === true, io, 'edit it with --update, or say --force');
    const found = await readRouting(args, access, io);
    if (tunnel.names(found.router.running).length === 0)
      throw new Refused(
        'nothing-to-import',
        'there is no WireGuard interface in the configuration',
        'begin with `edgewg init`; of a part of a configuration, save all of it',
      );
    const { importSite } = await import('../import/import.ts');
    const imported = importSite(found.router, found.access, {
      manages: args.manages === true,
      file: args.file === '-' ? 'standard output' : args.file,
      checks: (await import('../checks/all.ts')).checks,
    });
    if (imported.tunnels === 0)
      throw new Refused(
        'nothing-to-import',
        `no WireGuard interface of the configuration can stand in a site file: ${leftOutOf(imported)}`,
        'they go on as they are: edgewg reads them and never touches them',
      );
    await writeSite(args.file, imported.text, io);
    tell(imported, args.file, io);
    return isProven(imported) ? Exit.done : Exit.difference;
  },
});

function tell(imported: Imported, file: string, io: Io): void {
  if (io.isQuiet) return;
  const { unmanaged, tunnels } = imported;
  for (const line of unmanagedLines(unmanaged)) io.stderr.write(`${line}\n`);
  if (imported.leftOut.length > 0) io.stderr.write(`not in the file: ${leftOutOf(imported)}\n`);
  const name = file === '-' ? 'the site file' : `wrote ${visible(file)}`;
  io.stderr.write(`${name}: ${plural(tunnels, 'tunnel')}; ${proofOf(imported)}\n`);
}

const leftOutOf = ({ leftOut }: Imported): string =>
  leftOut.map(({ name, why }) => `${visible(name)}, ${visible(why)}`).join('; ');

/** Line by line, what stays on the router without a word in the file. */
export function unmanagedLines(unmanaged: Imported['unmanaged']): string[] {
  if (unmanaged.length === 0) return [];
  return [
    `not in the file, and left on the router as it is (${plural(unmanaged.length, 'line')}):`,
    ...unmanaged.flatMap(({ line, command, why }) => [
      `    ${line === undefined ? '' : `${line}: `}${visible(command)}`,
      `        ${visible(why)}`,
    ]),
  ];
}
