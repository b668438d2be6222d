// Another program, run for what it prints: a password manager, a decryption. The one place where edgewg starts any but the
// pager (src/cli/pager.ts): with a time limit, and nothing in its environment that is edgewg's own secret.
import { type StdioOptions, spawn } from 'node:child_process';
import { Secret } from './secret.ts';

/** What became of a program. Its stderr is the program's own text: scrub it before it is shown. */
export type Ran =
  | { readonly kind: 'ended'; readonly exit: number; readonly stdout: Secret; readonly stderr: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly stderr: string }
  | { readonly kind: 'timeout'; readonly seconds: number }
  | { readonly kind: 'too-much' | 'missing' | 'forbidden' };

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Variables that hold secrets of others than this program. */
  readonly withheld: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Its time; a password manager may ask a person. */
  readonly seconds?: number;
  /** The one word is a command for the system's shell; by default none runs it. */
  readonly isShell?: boolean;
  /** It may ask the person at this process's terminal; by default its stdin is closed, and its stderr is kept. */
  readonly mayAsk?: boolean;
}

/** A key has 45 bytes; whoever prints this much prints something else. */
const most = 64 * 1024;

/** Rejects only with the reason of the signal. The process is killed with its time; what it started itself is not. */
export function runProgram(words: readonly string[], options: ProgramOptions): Promise<Ran> {
  const [program = '', ...args] = words;
  const { cwd, signal, seconds = 60, isShell: shell = false, mayAsk = false } = options;
  const stdio: StdioOptions = mayAsk ? ['inherit', 'pipe', 'inherit'] : ['ignore', 'pipe', 'pipe'];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...(cwd && { cwd }), env: cleared(options), shell, stdio });
    const stdout = new Held(() => end({ kind: 'too-much' }));
    const stderr = new Held(() => {});
    const end = (ran: Ran | undefined): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      child.kill('SIGKILL');
      // whoever inherited the pipes must not keep us
      child.stdout?.destroy();
      child.stderr?.destroy();
      if (ran === undefined) reject(signal?.reason);
      else resolve(ran);
    };
    const abort = (): void => end(undefined);
    const timer = setTimeout(() => end({ kind: 'timeout', seconds }), seconds * 1000);
    signal?.addEventListener('abort', abort, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => stdout.add(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.add(chunk));
    child.once('error', (error: NodeJS.ErrnoException) =>
      end({ kind: error.code === 'EACCES' ? 'forbidden' : 'missing' }),
    );
    child.once('close', (exit, killed) => {
      if (exit === null) end({ kind: 'killed', signal: killed ?? 'a signal', stderr: stderr.text() });
      else end({ kind: 'ended', exit, stdout: new Secret(stdout.text()), stderr: stderr.text() });
    });
    if (signal?.aborted === true) abort();
  });
}

export function cleared({ env, withheld }: ProgramOptions): Record<string, string | undefined> {
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
    return Buffer.concat(this.#chunks).subarray(0, most).toString('utf8');
  }
}
