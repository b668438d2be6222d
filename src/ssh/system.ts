// The real outside: files through node:fs, questions at the terminal, commands through sh. What is not a value comes in by argument.
import { appendFile, type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { type Ran, runProgram } from '../run-program.ts';
import type { Secret } from '../secret.ts';
import { lastWords } from '../vyatta/scrub.ts';
import type { Access, Files } from './access.ts';
import { askAt, type Terminal } from './ask.ts';

const mostBytes = (16 << 20) + 1;

export interface System {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly acceptNewHostKey: boolean;
  /** Variables that hold secrets of others: no command of ours sees them. */
  readonly withheld?: readonly string[];
  /** Ends open questions and running commands. */
  readonly signal?: AbortSignal;
  hide?(secret: Secret): void;
  notice(line: string): void;
}

/** Access by this machine's own files and terminal; a person is asked only where stdin and stderr are a terminal. */
export function systemAccess(system: System): Access {
  const { env, terminal, signal } = system;
  const user = localUser(env);
  const mayAsk = terminal.input.isTTY === true && terminal.output.isTTY === true;
  return {
    env,
    home: env['HOME'] || homedir(),
    localUser: user.username,
    localHost: hostname(),
    uid: user.uid < 0 ? undefined : user.uid,
    etc: '/etc/ssh',
    acceptNewHostKey: system.acceptNewHostKey,
    files: systemFiles,
    ask: mayAsk ? askAt(terminal, signal) : undefined,
    run: async command =>
      outputOf(
        await runProgram([command], {
          env,
          withheld: system.withheld ?? [],
          signal,
          isShell: true,
          // what it says is for the person; where there is none it may end in somebody's log
          mayAsk,
        }),
      ),
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

/** Throws an error that says what became of it otherwise. */
function outputOf(ran: Ran): Secret {
  if (ran.kind === 'ended' && ran.exit === 0) return ran.stdout;
  throw new Error(`it ${whatBecame(ran)}`);
}

function whatBecame(ran: Ran): string {
  switch (ran.kind) {
    case 'ended':
    case 'killed': {
      const said = lastWords(ran.stderr);
      const how = ran.kind === 'ended' ? `ended with exit code ${ran.exit}` : `was ended by ${ran.signal}`;
      return said === '' ? how : `${how}: ${said}`;
    }
    case 'timeout':
      return `did not end within ${ran.seconds} s`;
    case 'too-much':
      return 'printed far more than a secret';
    case 'missing':
    case 'forbidden':
      return 'could not be started: there is no shell for it';
  }
}
