// The lab as its users start it: `edgewg lab` in a process of its own, as whoever is wanted.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';

export interface LabProcess {
  readonly child: ChildProcess;
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly hostKey: string;
  /** The line for known_hosts. */
  readonly hostKeyLine: string;
  /** What is `/` inside. */
  readonly root: string;
  /** Gives the exit code, or the signal that ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

/** Where this may be run as nobody: only root can become somebody else. */
export const canBeNobody = process.getuid?.() === 0;

/** Rejects with what it says when it doesn't start. */
export async function startLabProcess(words: readonly string[] = [], asNobody = false): Promise<LabProcess> {
  const node = [realpathSync(process.execPath), 'bin/edgewg.js', 'lab', ...words];
  const drop = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const [command = '', ...rest] = asNobody ? [...drop, ...node] : node;
  const env = { PATH: process.env['PATH'], HOME: asNobody ? '/nonexistent' : process.env['HOME'] };
  const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const end = once(child, 'close');
  const ready = new Promise<void>(resolve => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('EDGEWG_HOST_KEY')) resolve();
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await Promise.race([ready, end.then(() => Promise.reject(new Error(said)))]);
  const word = (pattern: RegExp): string => pattern.exec(said)?.[1] ?? '';
  return {
    child,
    host: '127.0.0.1',
    port: Number(word(/ssh -p (\d+)/)),
    user: word(/ (\S+)@127/),
    password: word(/password +(\S+)/),
    hostKey: word(/KEY='(.*)'/),
    hostKeyLine: word(/known_hosts +(.*)/),
    root: word(/files +(.*)/),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const [code, killed] = (await end) as [number | null, NodeJS.Signals | null];
      return code ?? killed;
    },
  };
}
