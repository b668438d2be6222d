// One run of a client as a whole process: wall time, CPU and peak memory as the system accounts for them (GNU time).
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesBelow } from './tree.mjs';

/**
 * `{ exit, stdout, stderr, wall, cpu, memory }`: seconds and MiB. The processes that it waits for count as its own. What takes longer than
 * `limit` seconds is killed, and rejects.
 */
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
  let isOverdue = false;
  const overdue = setTimeout(() => {
    isOverdue = true;
    // what is measured too: it would hold the streams open, and nothing here would ever end
    for (const { pid } of processesBelow(child.pid)) process.kill(pid, 'SIGKILL');
  }, limit * 1000);
  const exit = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve(code));
  });
  const wall = (performance.now() - begun) / 1000;
  clearTimeout(overdue);
  if (isOverdue) {
    rmSync(folder, { recursive: true });
    throw new Error(
      `${command} ${words.join(' ')}: not done within ${limit} s\n${said.stdout}${said.stderr}`,
    );
  }
  const [user = 0, system = 0, memory = 0] = readFileSync(figures, 'utf8').trim().split(' ').map(Number);
  rmSync(folder, { recursive: true });
  return { exit, ...said, wall, cpu: user + system, memory: memory / 1024 };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
