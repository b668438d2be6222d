// `keys`: the keys of a router as a list; with --make those that the site file's new tunnels will need.
import { Exit } from '../errors.ts';
import type { Connection } from '../router/connection.ts';
import type { Reading } from '../router/read.ts';
import type { LoadedSite } from '../site/load.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';
import { accessOptions, openDoor, readSite, siteOptions } from './live.ts';

export const command = defineCommand({
  command: 'keys',
  describe: 'list the keys on the router: files, public halves, age, who must know them',
  options: {
    ...siteOptions,
    ...accessOptions,
    make: {
      type: 'boolean',
      describe:
        'make the missing keys of tunnels that are not on the router yet, and print their public halves',
    },
    format: {
      choices: ['text', 'json'],
      default: 'text',
      describe: 'text for people, json for programs',
      requiresArg: true,
    },
  },
  examples: [
    ['edgewg keys', 'where keys lie, and what is amiss'],
    ['edgewg keys --make', 'before the first apply, so that the other end can be set up first'],
  ],
  async run(args, io) {
    const loaded = await readSite(args.file, io);
    const door = await openDoor(loaded, args['accept-new-host-key'] === true, io);
    const { readRouter } = await import('../router/read.ts');
    const { listKeys } = await import('../plan/key-list.ts');
    const connection = await door.dial(io.signal);
    try {
      let reading = await readRouter(connection, io.signal);
      if (args.make === true && (await makeMissing(loaded, connection, reading, io)))
        reading = await readRouter(connection, io.signal);
      const list = listKeys(loaded.site, reading.running, reading.facts);
      if (args.format === 'json') {
        const { printJson } = await import('../report/json.ts');
        io.stdout.write(printJson({ format_version: '1.0', ...list }));
      } else {
        const { renderKeys } = await import('../report/keys.ts');
        io.stdout.write(renderKeys(list, io.stdout.paint));
      }
      return Exit.done;
    } finally {
      await connection.close();
    }
  },
});

/** True when something was made. Only for interfaces that don't exist: a mistyped path must not change an identity. */
async function makeMissing(
  { site }: LoadedSite,
  connection: Connection,
  { running, facts }: Reading,
  io: Io,
): Promise<boolean> {
  const { has } = await import('../vyatta/tree.ts');
  const { privateKeyOf } = await import('../plan/wanted/tunnel.ts');
  const wanted = site.tunnels.flatMap(tunnel => {
    const source = privateKeyOf(tunnel);
    const isNew = !has(running, ['interfaces', 'wireguard', tunnel.name]);
    return isNew && source.kind === 'router' && !facts.keyFiles.has(source.path)
      ? [{ tunnel: tunnel.name, path: source.path }]
      : [];
  });
  if (wanted.length === 0) return false;
  const { makeKeys } = await import('../router/make-keys.ts');
  for (const { tunnel, publicKey } of await makeKeys(connection, wanted))
    if (!io.isQuiet) io.stderr.write(`made the key of ${tunnel}: its public half is ${publicKey}\n`);
  return true;
}
