// The real program, spawned with next to no environment, as a person or a script would start it.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = new URL('../../../', import.meta.url);
export const bin = fileURLToPath(new URL('bin/edgewg.js', root));

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | null;
  readonly signal: string | null;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
}

/** stdin is empty unless `input` is given; no colours, no HOME. */
export function runCli(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return startCli(args, options).end;
}

/** A run that goes on while the test does something else. */
export interface Running {
  readonly end: Promise<Ran>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when stderr matches; rejects when the program ends before. */
  says(pattern: RegExp): Promise<void>;
}

export function startCli(args: readonly string[], options: RunOptions = {}): Running {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: options.cwd ?? fileURLToPath(root),
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...options.env },
  });
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const text = (name: 'stdout' | 'stderr'): string => Buffer.concat(chunks[name]).toString('utf8');
  child.stdout.on('data', chunk => chunks.stdout.push(chunk));
  child.stderr.on('data', chunk => chunks.stderr.push(chunk));
  // a program that refuses early doesn't read its stdin
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const end = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit, signal) =>
      resolve({ stdout: text('stdout'), stderr: text('stderr'), exit, signal }),
    );
  });
  return {
    end,
    kill: signal => void child.kill(signal),
    says: pattern =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(text('stderr'))) resolve();
        };
        child.stderr.on('data', look);
        look();
        void end.then(ran => reject(new Error(`it never said ${pattern}: ${ran.stderr}`)), reject);
      }),
  };
}
