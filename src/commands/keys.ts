// `keys`: the keys of a router as a list; with --make those that the site file's new tunnels will need. `keys rotate TUNNEL` gives an
// interface another one.
import { Exit, Refused } from '../errors.ts';
import type { Reading } from '../router/read.ts';
import type { LoadedSite } from '../site/load.ts';
import type { Connection } from '../ssh/connection.ts';
import { applyingOptions } from './applying.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';
import { accessOptions, formatOptions, openDialer, readSite, siteOptions } from './live.ts';

export const command = defineCommand({
  command: 'keys [action] [tunnel]',
  describe: 'list the keys on the router: files, public halves, age, who must know them; or rotate one',
  positionals: {
    action: {
      type: 'string',
      choices: ['rotate'],
      describe: 'give the tunnel another private key, step by step',
    },
    tunnel: { type: 'string', describe: 'whose key' },
  },
  options: {
    ...siteOptions,
    ...accessOptions,
    to: {
      type: 'string',
      describe:
        'rotate: where the next key comes from (env:NAME, file:PATH, command:WORDS, or a file on the router); default: made on the router',
      requiresArg: true,
    },
    switch: { type: 'boolean', describe: 'rotate: let the interface use the next key, prove it, save' },
    finish: {
      type: 'boolean',
      describe: 'rotate: take the old key files away, when peers work with the new one',
    },
    ...applyingOptions,
    make: {
      type: 'boolean',
      describe:
        'make the missing keys of tunnels that are not on the router yet, and print their public halves',
    },
    ...formatOptions,
  },
  examples: [
    ['edgewg keys', 'where keys lie, and what is wrong with them'],
    ['edgewg keys --make', 'before the first apply, so that the other end can be set up first'],
    ['edgewg keys rotate wg4', 'make the next key, and say what the other end must do'],
    ['edgewg keys rotate wg4 --switch --expect-handshake 60', 'use it, or go back by itself'],
    ['edgewg keys rotate wg4 --finish', 'take the old key away'],
  ],
  async run(args, io) {
    if (args.action === 'rotate') {
      if (args.make === true || args.format !== 'text')
        throw new Refused('usage', '--make and --format have no place in keys rotate', 'leave them out');
      const { rotate } = await import('./rotate.ts');
      return await rotate(args, io);
    }
    const stray = (['to', 'switch', 'finish'] as const).find(name => args[name] !== undefined);
    if (stray !== undefined)
      throw new Refused('usage', `--${stray} belongs to a rotation`, 'edgewg keys rotate TUNNEL');
    const loaded = await readSite(args.file, io);
    const dialer = await openDialer(loaded, args, io);
    const { readRouter } = await import('../router/read.ts');
    const { listKeys } = await import('../keys/list.ts');
    const connection = await dialer.dial(io.signal);
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
  const { privateKeyOf, tunnel: tunnelKind } = await import('../objects/tunnel.ts');
  const wanted = site.tunnels.flatMap(tunnel => {
    const source = privateKeyOf(tunnel);
    const isNew = !tunnelKind.has(running, tunnel.name);
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
