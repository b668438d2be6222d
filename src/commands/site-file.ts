// What the commands that write a site file share: where the router is, what it has, and the care for a file that is there.
import { Refused } from '../errors.ts';
import type { Access } from '../import/import.ts';
import type { Router } from '../import/reduce-to-empty-plan.ts';
import { visible } from '../report/visible.ts';
import { routerHost, userName } from '../site/grammar/names.ts';
import { value } from '../vyatta/tree.ts';
import type { Io } from './io.ts';
import { openDialer } from './live.ts';

export const routerOptions = {
  router: {
    type: 'string',
    describe: 'the router, as [USER@]HOST[:PORT]; a name, an address, or an alias of ~/.ssh/config',
  },
  running: {
    type: 'string',
    describe:
      'a saved configuration (`show configuration commands` or config.boot) in place of a router; - for standard input',
  },
} as const;

/** `ubnt@192.168.2.1:22`, `[2001:db8::1]:22`, `home`. Throws {@link Refused}. */
export function parseRouter(text: string): Access {
  const found =
    /^(?:([^@]*)@)?(?:\[([^\]]*)\]|([^:[\]]+)|([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*))(?::(\d{1,5}))?$/.exec(
      text,
    );
  const [, user, bracketed, name, address, port] = found ?? [];
  const host = bracketed ?? name ?? address;
  const fault =
    (host === undefined ? { message: 'has another form' } : routerHost.check(host)) ??
    (user === undefined ? undefined : userName.check(user)) ??
    (port !== undefined && (Number(port) < 1 || Number(port) > 65535)
      ? { message: 'has a wrong port' }
      : undefined);
  if (host === undefined || fault !== undefined)
    throw new Refused(
      'usage',
      `--router ${visible(text)} names no router: it ${fault?.message}`,
      'write [USER@]HOST[:PORT], an IPv6 address with a port in brackets',
    );
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

/** What the router has now, or what a file of it says; without secrets. */
export async function readRouting(
  args: { readonly running: string | undefined; readonly 'accept-new-host-key': boolean | undefined },
  access: Access | undefined,
  io: Io,
): Promise<{ router: Router; access: Access }> {
  if (args.running !== undefined) {
    const router = { running: await readSaved(args.running, io) };
    return { router, access: access ?? guessed(router, io) };
  }
  if (access === undefined)
    throw new Refused(
      'usage',
      'which router?',
      'give --router [USER@]HOST, or a saved configuration with --running',
    );
  const { readRouter } = await import('../router/read.ts');
  const at = { site: { router: { at: ['router'], legacyAlgorithms: [], ...access } } };
  const dialer = await openDialer(at, { 'accept-new-host-key': args['accept-new-host-key'] }, io);
  const connection = await dialer.dial(io.signal);
  try {
    return { router: await readRouter(connection, io.signal), access };
  } finally {
    await connection.close();
  }
}

async function readSaved(file: string, io: Io): Promise<Router['running']> {
  const { mostBytes, readConfiguration } = await import('../vyatta/running.ts');
  const { redact } = await import('../vyatta/redact.ts');
  const name = file === '-' ? 'standard input' : file;
  return redact(readConfiguration(await io.readFile(file, mostBytes), name));
}

/** A saved configuration doesn't say how its router is reached; its own name is the best guess. */
function guessed({ running }: Router, io: Io): Access {
  const name = value(running, ['system', 'host-name']) ?? '';
  const host = routerHost.check(name) === undefined ? name : 'router';
  if (!io.isQuiet)
    io.stderr.write(
      `note: router.host is a guess, ${host}: correct it in the file, or say it with --router\n`,
    );
  return { host };
}

/** A site file is for git and for others to read. */
const siteMode = 0o644;

/** Refuses to write over a file unless that is said. */
export async function refuseExisting(file: string, isForced: boolean, io: Io, hint: string): Promise<void> {
  if (file === '-' || isForced) return;
  if ((await readIfThere(file, io)) !== undefined)
    throw new Refused('file-exists', `${visible(file)} exists, and is not written over`, hint);
}

/** Undefined when there is no such file. */
export async function readIfThere(file: string, io: Io): Promise<Buffer | undefined> {
  try {
    return await io.readFile(file, 1 << 20);
  } catch (error) {
    if (error instanceof Refused && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
      return undefined;
    throw error;
  }
}

/** To the file, or to stdout for `-`. */
export async function writeSite(file: string, text: string, io: Io): Promise<void> {
  if (file === '-') io.stdout.write(text);
  else await io.writeFile(file, text, siteMode);
}
