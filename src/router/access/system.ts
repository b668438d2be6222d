// The real outside: files through node:fs, questions at the terminal, commands through sh. What is not a value comes in by argument.
import { spawn } from 'node:child_process';
import { appendFile, type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { Secret } from '../../secret.ts';
import type { Access, Files } from './access.ts';
import { askAt, type Terminal } from './ask.ts';
import { ByteSink } from './byte-sink.ts';

const mostBytes = (16 << 20) + 1;
const mostOutput = 64 * 1024;
const commandMs = 60_000;

export interface System {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly acceptNewHostKey: boolean;
  /** Ends open questions and running commands. */
  readonly signal?: AbortSignal;
  hide?(secret: Secret): void;
  notice(line: string): void;
}

/** Access by this machine's own files and terminal; a person is asked only where stdin and stderr are a terminal. */
export function systemAccess(system: System): Access {
  const { env, terminal, signal } = system;
  const user = localUser(env);
  return {
    env,
    home: env['HOME'] || homedir(),
    localUser: user.username,
    localHost: hostname(),
    uid: user.uid < 0 ? undefined : user.uid,
    etc: '/etc/ssh',
    acceptNewHostKey: system.acceptNewHostKey,
    files: systemFiles,
    ask:
      terminal.input.isTTY === true && terminal.output.isTTY === true ? askAt(terminal, signal) : undefined,
    run: command => run(command, env, signal),
    hide: secret => system.hide?.(secret),
    notice: system.notice,
  };
}

/** A container may run as a user that has no name. */
function localUser(env: System['env']): { username: string; uid: number } {
  try {
    return userInfo();
  } catch {
    return { username: env['USER'] || env['LOGNAME'] || '', uid: -1 };
  }
}

const systemFiles: Files = {
  async read(path) {
    const file = await open(path).catch(missing);
    if (file === undefined) return undefined;
    try {
      const { mode, uid } = await file.stat();
      return { bytes: await readUpTo(file, mostBytes), mode: mode & 0o777, owner: uid };
    } finally {
      await file.close();
    }
  },
  list: async directory => ((await readdir(directory).catch(missing)) ?? []).sort(),
  async append(path, text) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const before = await systemFiles.read(path);
    const unfinished = before !== undefined && before.bytes.length > 0 && before.bytes.at(-1) !== 0x0a;
    await appendFile(path, (unfinished ? '\n' : '') + text, { mode: 0o600 });
  },
};

/** Not readFile: what is named may be a device without end. */
async function readUpTo(file: FileHandle, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let size = 0; size < most; ) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
    if (bytesRead === 0) break;
    chunks.push(chunk.subarray(0, bytesRead));
    size += bytesRead;
  }
  return Buffer.concat(chunks);
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}

/** The command sees the person's terminal, but none of our own secrets. */
function run(command: string, env: System['env'], signal: AbortSignal | undefined): Promise<Secret> {
  const cleared = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('EDGEWG_')));
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      env: cleared,
      shell: true,
      stdio: ['inherit', 'pipe', 'inherit'],
      timeout: commandMs,
      ...(signal && { signal }),
    });
    const output = new ByteSink();
    child.stdout.on('data', (chunk: Buffer) => {
      if (output.length + chunk.length > mostOutput) child.kill();
      else output.add(chunk);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(new Secret(output.bytes().toString('utf8')));
      else
        reject(new Error(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`));
    });
  });
}
