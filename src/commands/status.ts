// `status`: the tunnels as they are, what runs but isn't saved, and what became of applies.
import { Exit } from '../errors.ts';
import { defineCommand } from './command.ts';
import { accessOptions, openDoor, planLive, readSite, siteOptions } from './live.ts';

export const command = defineCommand({
  command: 'status',
  describe: 'tunnels as they are: handshakes, transfer, drift, applies under way',
  options: {
    ...siteOptions,
    ...accessOptions,
    json: { type: 'boolean', describe: 'for programs' },
  },
  examples: [
    ['edgewg status', 'exits with 2 when running, saved or wanted configuration differ'],
    ['edgewg status --json', 'the same for programs'],
  ],
  async run(args, io) {
    const loaded = await readSite(args.file, io);
    const door = await openDoor(loaded, args['accept-new-host-key'] === true, io);
    const { connection, reading, plan } = await planLive(loaded, door, io, 'at-hand');
    await connection.close();
    const { renderStatus, statusData } = await import('../report/status.ts');
    const status = { facts: reading.facts, plan };
    if (args.json === true) io.stdout.write(`${JSON.stringify(statusData(status), null, 2)}\n`);
    else io.stdout.write(renderStatus(status, io.stdout.paint));
    return plan.commits.length === 0 && reading.facts.drift.length === 0 ? Exit.done : Exit.difference;
  },
});
