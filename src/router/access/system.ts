// The real outside: files through node:fs, questions at the terminal, commands through sh. What is not a value comes in by argument.
import { exec } from 'node:child_process';
import { appendFile, mkdir, open, readdir } from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { Secret } from '../../secret.ts';
import type { Access, Files } from './access.ts';
import { askAt, type Terminal } from './ask.ts';

export interface System {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly acceptNewHostKey: boolean;
  notice(line: string): void;
}

/** Access by this machine's own files and terminal; a person is asked only where stdin and stderr are a terminal. */
export function systemAccess(system: System): Access {
  const { env, terminal } = system;
  const user = userInfo();
  return {
    env,
    home: env['HOME'] || homedir(),
    localUser: user.username,
    localHost: hostname(),
    uid: user.uid < 0 ? undefined : user.uid,
    etc: '/etc/ssh',
    acceptNewHostKey: system.acceptNewHostKey,
    files: systemFiles,
    ask: terminal.input.isTTY === true && terminal.output.isTTY === true ? askAt(terminal) : undefined,
    run: command => run(command, env),
    notice: system.notice,
  };
}

export const systemFiles: Files = {
  async read(path) {
    const file = await open(path).catch(missing);
    if (file === undefined) return undefined;
    try {
      const { mode, uid } = await file.stat();
      return { bytes: await file.readFile(), mode: mode & 0o777, owner: uid };
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

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}

function run(command: string, env: Readonly<Record<string, string | undefined>>): Promise<Secret> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...env }, timeout: 60_000, maxBuffer: 64 * 1024 };
    exec(command, options, (error, stdout) => {
      if (error)
        reject(
          new Error(
            error.killed ? 'it took longer than a minute' : `it ended with ${error.code ?? error.signal}`,
          ),
        );
      else resolve(new Secret(stdout));
    });
  });
}
