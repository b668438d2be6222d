// What a lab keeps outside the router's own files: its host key, its password, the seed it was made from.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refused } from '../errors.ts';

export interface Folder {
  /** The box's: all that it can change lies below it. */
  readonly box: string;
  /** Where the host key of this type is. */
  hostKey(type: string): string;
  /** Gives what is kept under this name; keeps `make()` when there is nothing. */
  keep(name: string, make: () => string): Promise<string>;
  /** Keeps this under the name, whatever was there. */
  replace(name: string, text: string): Promise<void>;
  /** Removes it, unless it was given. */
  remove(): Promise<void>;
}

/** Whether a lab listens at the socket in this directory (box/hub.ts). */
async function isAnswered(directory: string): Promise<boolean> {
  const handle = await open(directory).catch(() => undefined);
  if (!handle) return false;
  try {
    return await new Promise<boolean>(resolve => {
      const socket = connect(`/proc/self/fd/${handle.fd}/sock`);
      socket.once('error', () => resolve(false)).once('connect', () => resolve(true));
      socket.once('connect', () => socket.destroy());
    });
  } finally {
    await handle.close();
  }
}

/** The folder given, which is made when it isn't there; else a temporary one. */
export async function openFolder(given: string | undefined): Promise<Folder> {
  if (given !== undefined && (await isAnswered(join(given, 'box', 'lab', 'run'))))
    throw new Refused(
      'lab-folder',
      `${given} is in use by another lab`,
      'stop that one, or name another folder',
    );
  const path = given ?? (await mkdtemp(join(tmpdir(), 'edgewg-lab-')));
  // Nobody but the lab's user may read these, not even a client inside.
  const keys = join(path, 'keys');
  await mkdir(keys, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    if (
      given === undefined ||
      !['ENOTDIR', 'EEXIST', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')
    )
      throw error;
    throw new Refused(
      'lab-folder',
      `${given} can't be a folder of the lab`,
      'name a folder of your own, or a new one',
      error,
    );
  });
  return {
    box: join(path, 'box'),
    hostKey: type => join(keys, `ssh_host_${type.replace('ssh-', '')}_key`),
    async keep(name, make) {
      const file = join(keys, name);
      const kept = await readFile(file, 'utf8').catch(() => undefined);
      if (kept !== undefined) return kept;
      const made = make();
      await writeFile(file, made, { mode: 0o600 });
      return made;
    },
    replace: (name, text) => writeFile(join(keys, name), text, { mode: 0o600 }),
    async remove() {
      if (given === undefined) await rm(path, { recursive: true, force: true });
    },
  };
}

export const randomPassword = (): string => randomBytes(12).toString('base64url');
