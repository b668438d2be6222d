// Another program, run for what it prints: a password manager, a decryption. No shell, no stdin, a time limit, and nothing
// in its environment that is edgewg's own secret.
import { spawn } from 'node:child_process';
import type { Ran } from '../keys/references.ts';
import { Secret } from '../secret.ts';

export interface ProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Variables that hold secrets of others than this program. */
  readonly withheld: readonly string[];
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** A key has 45 bytes; whoever prints this much prints something else. */
const most = 64 * 1024;

/** Rejects only with the reason of the signal. The process is killed with its time; what it started itself is not. */
export function runProgram(words: readonly string[], options: ProgramOptions): Promise<Ran> {
  const [program = '', ...args] = words;
  const { cwd, signal, seconds } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: cleared(options),
      shell: false,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout = new Held(() => end({ kind: 'too-much' }));
    const stderr = new Held(() => {});
    const end = (ran: Ran | undefined): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      child.kill('SIGKILL');
      // whoever inherited the pipes must not keep us
      child.stdout.destroy();
      child.stderr.destroy();
      if (ran === undefined) reject(signal.reason);
      else resolve(ran);
    };
    const abort = (): void => end(undefined);
    const timer = setTimeout(() => end({ kind: 'timeout', seconds }), seconds * 1000);
    signal.addEventListener('abort', abort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
    child.once('error', (error: NodeJS.ErrnoException) =>
      end({ kind: error.code === 'EACCES' ? 'forbidden' : 'missing' }),
    );
    child.once('close', (exit, killed) => {
      if (exit === null) end({ kind: 'killed', signal: killed ?? 'a signal', stderr: stderr.text() });
      else end({ kind: 'ended', exit, stdout: new Secret(stdout.text()), stderr: stderr.text() });
    });
    if (signal.aborted) abort();
  });
}

function cleared({ env, withheld }: ProgramOptions): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('EDGEWG_') && !withheld.includes(name)),
  );
}

/** Up to {@link most} bytes; told once when there are more, which are dropped. */
class Held {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  readonly #full: () => void;

  constructor(full: () => void) {
    this.#full = full;
  }

  add(chunk: Buffer): void {
    if (this.#size > most) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > most) this.#full();
  }

  text(): string {
    return Buffer.concat(this.#chunks).subarray(0, most).toString('latin1');
  }
}
