// One script of a job: in a process group of its own, with nothing on stdin and its outputs in a file, so that what a step leaves running
// neither holds the job up nor outlives it.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Script {
  readonly text: string;
  /** What comes before the script's file: `bash -e -o pipefail`. */
  readonly shell: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** For its file and its outputs. */
  readonly folder: string;
}

export interface Ran {
  /** Of a script that took too long: 124. */
  readonly code: number;
  /** Both outputs, in their order. */
  readonly output: string;
}

const limitMs = 180_000;

export async function runScript({ text, shell, cwd, env, folder }: Script): Promise<Ran> {
  const own = mkdtempSync(join(folder, 'step-'));
  const script = join(own, 'script.sh');
  const out = join(own, 'output');
  writeFileSync(script, text);
  const file = openSync(out, 'a');
  const [command = '', ...words] = shell;
  const child = spawn(command, [...words, script], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', file, file],
  });
  closeSync(file);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    killGroup(child.pid);
  }, limitMs);
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', status => resolve(status ?? 137));
  });
  clearTimeout(timer);
  killGroup(child.pid);
  const output = readFileSync(out, 'utf8');
  return isLate
    ? { code: 124, output: `${output}\nTOOK LONGER THAN ${limitMs / 1000} s\n` }
    : { code, output };
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
