// The world as Node gives it: streams that may be closed under us, files written as a whole or not at all.
import { randomBytes } from 'node:crypto';
import { fstatSync } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
} from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { Chalk } from 'chalk';
import type { Io, Output } from '../commands/io.ts';
import { Refused } from '../errors.ts';
import { widest } from '../report/wrap.ts';
import { runProgram } from '../run-program.ts';
import { maskCommand, withoutOrders } from './mask.ts';
import { page } from './pager.ts';
import { fileError, readAll, readWhole, reasons } from './read-file.ts';

/** What is needed of `process`. */
export interface Host {
  readonly env: Io['env'];
  readonly stdin: ReadStream;
  readonly stdout: WriteStream & { readonly fd: number };
  readonly stderr: WriteStream & { readonly fd: number };
  readonly hrtime: { bigint(): bigint };
  cwd(): string;
}

/** Narrower lines hold no key, and wrapping helps nobody. */
const narrowest = 40;

type Streams = Pick<Io, 'stdout' | 'stderr'>;

export function outputs(host: Host, wantsColor: boolean): Streams {
  const output = (stream: WriteStream, isData: boolean): Output => {
    goOnWithout(stream);
    const level = wantsColor ? colorLevel(host.env, stream) : 0;
    return {
      write: text => void (text !== '' && stream.write(withoutOrders(text, host.env, isData))),
      order: text => void (text !== '' && stream.write(text)),
      isTerminal: stream.isTTY === true,
      columns: stream.columns || 80,
      wrapAt: wrapAt(stream, host.env),
      paint: new Chalk({ level }),
    };
  };
  return { stdout: output(host.stdout, true), stderr: output(host.stderr, false) };
}

/** COLUMNS, as the shell tells it to who asks, over what the stream is. */
function wrapAt(stream: WriteStream, { COLUMNS: said = '' }: Io['env']): number {
  const columns = /^[1-9]\d{1,3}$/.test(said) ? Number(said) : stream.isTTY === true ? stream.columns : 0;
  return columns > 0 ? Math.max(narrowest, Math.min(columns, widest)) : Number.POSITIVE_INFINITY;
}

/** FORCE_COLOR over NO_COLOR over what the stream is, as Node does it itself. */
function colorLevel(env: Io['env'], stream: WriteStream): 0 | 1 {
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force === '0' || force === 'false' ? 0 : 1;
  if (env['NO_COLOR']) return 0;
  return stream.isTTY === true && env['TERM'] !== 'dumb' ? 1 : 0;
}

/** Why a stream took no more, by the stream. */
const lost = new WeakMap<Writable, string>();

/**
 * A reader that went away (`edgewg plan | head`), or a disk that is full, must not stop an apply half way: what follows is not printed.
 */
function goOnWithout(stream: Writable): void {
  if (stream.listenerCount('error') > 0) return;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') lost.set(stream, reasons[error.code ?? ''] ?? error.message);
  });
}

/** Why data was lost on its way to a file; a closed pipe is the reader's own wish. Resolves when all that was written is on its way. */
export async function lostData({ stdout }: Host): Promise<string | undefined> {
  await new Promise(resolve => setImmediate(resolve));
  return lost.get(stdout);
}

export function nodeIo(
  host: Host,
  streams: Streams,
  more: Pick<Io, 'isVerbose' | 'isQuiet' | 'signal' | 'leave' | 'noteSaved'>,
): Io {
  // standard input is opened where somebody asks for it
  const canAsk = host.stderr.isTTY === true && host.stdin.isTTY === true;
  return {
    ...streams,
    ...more,
    env: host.env,
    cwd: host.cwd(),
    now: () => Number(host.hrtime.bigint()) / 1e6,
    readFile: async (path, most, only) => {
      if (path === '-') return await readAll(host.stdin, 'standard input', most, more.signal);
      return await readWhole(resolve(host.cwd(), path), path, { most, only, signal: more.signal });
    },
    linkTarget: path => readlink(resolve(host.cwd(), path)).catch(() => undefined),
    listFolder: path => readdir(resolve(host.cwd(), path)).catch(() => []),
    writeFile: (path, text, mode = 0o600) => writeWhole(resolve(host.cwd(), path), path, text, () => mode),
    rewriteFile: (path, text) => writeWhole(resolve(host.cwd(), path), path, text, before => before ?? 0o600),
    writeBelow: async (folder, path, text, mode = 0o644) => {
      const name = join(folder, path);
      const target = resolve(host.cwd(), name);
      await makeFolder(dirname(target), dirname(name), mode === 0o600 ? 0o700 : 0o755);
      await writeWhole(target, name, text, () => mode);
    },
    removeBelow: (folder, path) => removeBelow(resolve(host.cwd(), folder), path, join(folder, path)),
    writeState: async (name, text) => {
      const path = join(stateFolder(host.env), name);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeWhole(path, path, text, () => 0o600);
    },
    page: text => page(text, host.stdout, host.env, streams.stdout.write),
    run: (words, options) => runProgram(words, { ...options, env: host.env, signal: more.signal }),
    hide: secret => {
      const order = maskCommand(secret, host.env, isOwnStream(host.stderr.fd, host.stdout.fd));
      if (order !== '') host.stderr.write(order);
    },
    get who() {
      return `${userInfo().username}@${hostname()}`;
    },
    get terminal() {
      return { input: host.stdin, output: host.stderr };
    },
    ...(canAsk ? { ask: (question: string) => ask(host, question, more.signal) } : {}),
  };
}

/**
 * Read by somebody as it comes; a file would keep what is written. One that is stdout's as well isn't the runner's but a pipe into the
 * next program, `2>&1 | tee FILE`: the runner has one for each.
 */
function isOwnStream(fd: number, stdout: number): boolean {
  try {
    const [own, other] = [fstatSync(fd), fstatSync(stdout)];
    return (own.isFIFO() || own.isSocket()) && (own.ino !== other.ino || own.dev !== other.dev);
  } catch {
    return false;
  }
}

/** As the XDG base directory specification has it. */
function stateFolder(env: Io['env']): string {
  const state = env['XDG_STATE_HOME'];
  return join(state?.startsWith('/') ? state : join(env['HOME'] || homedir(), '.local', 'state'), 'edgewg');
}

async function makeFolder(path: string, name: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode });
  } catch (error) {
    throw fileError("can't make the folder", name, error);
  }
}

/** A folder in between that is a link leads elsewhere: there nothing is removed. */
async function removeBelow(folder: string, path: string, name: string): Promise<void> {
  try {
    const parent = await realpath(dirname(join(folder, path))).catch(() => undefined);
    if (parent === undefined || parent !== dirname(join(await realpath(folder), path))) return;
    await rm(join(parent, basename(path)), { force: true });
    for (let at = dirname(path); at !== '.'; at = dirname(at)) await rmdir(join(folder, at));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw fileError("can't remove", name, error);
  }
}

/** `modeOf` tells the permission bits from those of the file that is there. */
async function writeWhole(
  path: string,
  name: string,
  text: string | Buffer,
  modeOf: (before: number | undefined) => number,
): Promise<void> {
  let temporary: string | undefined;
  try {
    const target = await realpath(path).catch(() => path);
    const there = await stat(target).catch(() => undefined);
    if (there !== undefined && !there.isFile()) throw new Error('it is no regular file');
    const unfinished = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
    const handle = await open(unfinished, 'wx', 0o600);
    temporary = unfinished;
    await fill(handle, text, modeOf(there && there.mode & 0o777));
    await rename(unfinished, target);
  } catch (error) {
    if (temporary !== undefined) await unlink(temporary).catch(() => {});
    throw fileError("can't write", name, error);
  }
}

async function fill(handle: FileHandle, text: string | Buffer, mode: number): Promise<void> {
  try {
    await handle.chmod(mode);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function ask(host: Host, question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: host.stdin, output: host.stderr });
  try {
    const left = new Promise<never>((_, reject) => {
      lines.once('close', () =>
        reject(
          new Refused(
            'no-answer',
            'no answer: the input was closed',
            'answer the question, or give --yes where a command has it',
          ),
        ),
      );
    });
    return await Promise.race([lines.question(question, { signal }), left]);
  } finally {
    lines.removeAllListeners('close').close();
  }
}
