// Files, pipes and terminals as they are read, and what is said of one that can't be.
import { constants, createReadStream, openSync, type Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { isatty, ReadStream as TerminalStream } from 'node:tty';
import { Refused } from '../errors.ts';
import { visible } from '../report/visible.ts';

/** A file's bytes; a pipe, a terminal or a device is read until it ends, and never more than `most` bytes. */
export async function readWhole(
  path: string,
  name: string,
  { most, only, signal }: { most: number; only: 'files' | undefined; signal: AbortSignal },
): Promise<Buffer> {
  const there = await stat(path).catch(() => undefined);
  if (only === 'files' && there !== undefined && !there.isFile())
    throw new Refused('file', `can't read ${visible(name)}: it is no regular file`, 'name a file');
  // a file that says its size is read at once, into as much memory; those of /proc say none
  if (there?.isFile() !== true || there.size === 0 || there.size > most)
    return await readAll(openToRead(path, there), name, most, signal);
  try {
    return await readFile(path, { signal });
  } catch (error) {
    throw fileError("can't read", name, error);
  }
}

/** A pipe is opened without waiting for whoever writes into it, and a terminal is read as one: else no signal could end that. */
function openToRead(path: string, there: Stats | undefined): Readable {
  if (there?.isFIFO()) {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return new Socket({ fd, readable: true, writable: false });
  }
  if (there?.isCharacterDevice()) {
    const fd = openSync(path, 'r');
    if (isatty(fd)) return new TerminalStream(fd);
    return createReadStream(path, { fd });
  }
  return createReadStream(path);
}

/** Until it ends. Rejects with {@link Refused} for more than `most` bytes. */
export async function readAll(
  stream: Readable,
  name: string,
  most: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of addAbortSignal(signal, stream)) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > most) break;
    }
  } catch (error) {
    throw fileError("can't read", name, error);
  }
  if (size > most)
    throw new Refused('too-large', `${visible(name)} is larger than ${most} bytes`, 'is it the right file?');
  return Buffer.concat(chunks);
}

/** By the code of the error. */
export const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EEXIST: 'there is a file in its place',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is no directory',
  ENOSPC: 'no space left on the device',
  EROFS: 'the file system is read-only',
};

/** A {@link Refused} for what the system says of a file. */
export function fileError(what: string, name: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name === 'AbortError') return error;
  const { code } = error as NodeJS.ErrnoException;
  // what isn't there yet is no obstacle to writing; its folder is
  if (code === 'ENOENT' && what === "can't write")
    return new Refused('file', `${what} ${visible(name)}: there is no such folder`, 'make it first', error);
  const reason = (code !== undefined && reasons[code]) || visible(error.message);
  if (name === '')
    return new Refused('file', `${what} a file without a name`, 'is a variable of the shell empty?', error);
  const hint = code === 'EISDIR' ? 'name a file in it' : undefined;
  return new Refused('file', `${what} ${visible(name)}: ${reason}`, hint, error);
}
