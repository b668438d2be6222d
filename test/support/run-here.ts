// The program without a process of its own: the same words, environment and streams, the same exit code, in a tenth of the time.
// What a process alone has (signals, a closed pipe, the start before anything is loaded) is for run-cli.ts.
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Host } from '../../src/cli/node-io.ts';
import { run } from '../../src/cli/run.ts';
import { type Ran, type RunOptions, root } from './run-cli.ts';

/** stdin is empty unless `input` is given; no colours, no HOME. */
export async function runHere(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const texts = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr'): PassThrough => {
    const stream = new PassThrough();
    stream.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
    return Object.assign(stream, { isTTY: false, fd: -1 });
  };
  const stdin = new PassThrough();
  stdin.on('error', () => {});
  stdin.end(options.input ?? '');
  const host = {
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...options.env },
    stdin,
    stdout: output('stdout'),
    stderr: output('stderr'),
    cwd: () => options.cwd ?? fileURLToPath(root),
  };
  const { signal } = new AbortController();
  const exit = await run(args, host as unknown as Host, { signal, leave: signal });
  return { ...texts, exit, signal: null };
}
