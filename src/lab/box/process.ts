// Starts and ends the box's processes. The line to process 1 is its standard input: if the lab dies, the kernel closes it,
// process 1 ends, and with it everything in its pid namespace.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { firstUid } from './accounts.ts';
import { noNamespaces, type Way } from './namespaces.ts';

export interface BoxProcess {
  /** One line to process 1; see files/init.pl. */
  tell(line: string): void;
  /** Ends everything inside and waits until it is gone. */
  kill(): Promise<void>;
  /** Settles when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Tries each way in turn; `folder` is laid out already. Rejects with {@link noNamespaces} when none works. */
export async function startProcess(
  folder: string,
  hostname: string,
  token: string,
  ways: readonly Way[],
): Promise<BoxProcess> {
  const reasons: string[] = [];
  for (const way of ways) {
    await marker(folder, way);
    const child = enter(folder, hostname, way);
    child.stdin.on('error', () => undefined).write(`${token}\n`);
    const reason = await readyOr(child);
    if (reason === undefined) return handle(child);
    reasons.push(reason);
  }
  throw noNamespaces(reasons.join('; '), process.getuid?.() ?? 0);
}

/** Tells files/ids.pl how users change; where the kernel can't tell them apart, the one it knows has the first's name. */
async function marker(folder: string, { userNamespaces, owner }: Way): Promise<void> {
  const path = join(folder, 'lab', 'run', 'namespaces');
  if (userNamespaces) return writeFile(path, '');
  await rm(path, { force: true });
  const passwd = join(folder, 'root', 'etc', 'passwd');
  const first = (await readFile(passwd, 'utf8')).split('\n').find(line => line.includes(`:${firstUid}:`));
  if (first) await appendFile(passwd, `${first.replace(`:${firstUid}:`, `:${owner}:`)}\n`);
}

function enter(folder: string, hostname: string, way: Way): Child {
  const init = [...way.become, '/usr/bin/perl', '/run/lab/files/init.pl'];
  const [command = '', ...words] = [...way.enter, 'sh', 'lab/run/files/root.sh', hostname, ...init];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' };
  return spawn(command, words, { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Undefined once process 1 has said that it is ready; otherwise why it ended. */
async function readyOr(child: Child): Promise<string | undefined> {
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const failed = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('close', code => resolve(said.join('').trim() || `it ended with exit code ${code}`));
  });
  return Promise.race([once(child.stdout, 'data').then(() => undefined), failed]);
}

function handle(child: Child): BoxProcess {
  const ended = child.exitCode === null ? once(child, 'close').then(() => undefined) : Promise.resolve();
  return {
    ended,
    tell: line => void child.stdin.write(`${line}\n`),
    async kill() {
      child.stdin.end();
      const impatient = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(impatient);
    },
  };
}
