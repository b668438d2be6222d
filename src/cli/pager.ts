// A long text by the person's pager, as man and git show theirs: $PAGER, else less. Where it can't be started the text is printed.
import { spawn } from 'node:child_process';
import type { WriteStream } from 'node:tty';
import { cleared } from '../run-program.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Resolves when the person has left the pager; at once where `stream` is no terminal, or the text fits onto it. */
export async function page(
  text: string,
  stream: WriteStream,
  env: Env,
  write: (text: string) => void,
): Promise<void> {
  const lines = text.split('\n').length;
  const command = env['PAGER'] ?? 'less';
  if (stream.isTTY !== true || lines <= stream.rows || command.trim() === '') return write(text);
  if (!(await pageBy(command, text, env))) write(text);
}

/** False when the command isn't there or can't be run: a shell says so with 126 and 127. */
function pageBy(command: string, text: string, env: Env): Promise<boolean> {
  // quit when it fits, keep colours, leave the text on the screen: what git gives it
  const settings = { LESS: env['LESS'] ?? 'FRX', ...cleared({ env, withheld: [] }) };
  return new Promise(resolve => {
    const child = spawn('sh', ['-c', command], { env: settings, stdio: ['pipe', 'inherit', 'ignore'] });
    child.once('error', () => resolve(false));
    child.once('close', exit => resolve(exit !== 126 && exit !== 127));
    // who leaves early doesn't read the rest
    child.stdin.on('error', () => {});
    child.stdin.end(text);
  });
}
