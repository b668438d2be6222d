// One run of a client as a whole process: wall time, CPU and peak memory as the system accounts for them (GNU time).
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `{ exit, stdout, stderr, wall, cpu, memory }`: seconds and MiB. The processes that it waits for count as its own. */
export async function measure(
  [command, ...words],
  { env = process.env, stdin = '', cwd, limit = 3600 } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-time-'));
  const figures = join(folder, 'figures');
  const begun = performance.now();
  const child = spawn('/usr/bin/time', ['-q', '-f', '%U %S %M', '-o', figures, command, ...words], {
    env,
    cwd,
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'])
    child[name].setEncoding('utf8').on('data', text => {
      said[name] += text;
    });
  child.stdin.on('error', () => undefined).end(stdin);
  const overdue = setTimeout(() => child.kill('SIGKILL'), limit * 1000);
  const exit = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve(code));
  });
  const wall = (performance.now() - begun) / 1000;
  clearTimeout(overdue);
  const [user = 0, system = 0, memory = 0] = readFileSync(figures, 'utf8').trim().split(' ').map(Number);
  rmSync(folder, { recursive: true });
  return { exit, ...said, wall, cpu: user + system, memory: memory / 1024 };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
