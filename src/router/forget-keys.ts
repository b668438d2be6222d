// Takes old key files away from the router, which looks itself, under the lock of an apply, that nothing names them any more.
import { NoAccess } from '../errors.ts';
import type { Connection } from '../ssh/connection.ts';
import { scrub } from '../vyatta/scrub.ts';
import { quote } from '../vyatta/words.ts';
import { newNonce, readRecords } from './records.ts';
import { held } from './refusal.ts';
import { forgetKeysScript } from './scripts.ts';
import { scriptCommand } from './transaction.ts';

export interface ForgetOptions {
  /** A name for this run, as an apply has one: `[0-9a-z-]+`. */
  readonly id: string;
  readonly who: string;
  readonly since: Date;
  /** Seconds to wait for another edgewg. */
  readonly lockTimeout: number;
}

export interface Forgotten {
  readonly path: string;
  /** Undefined when the file is gone; else what still names it, or why it stayed. */
  readonly because: string | undefined;
}

/** Rejects with {@link NoAccess} when the router didn't do it; a file that is gone already counts as gone. */
export async function forgetKeys(
  connection: Connection,
  files: readonly string[],
  { id, who, since, lockTimeout }: ForgetOptions,
): Promise<Forgotten[]> {
  const nonce = newNonce();
  const seconds = String(lockTimeout);
  const variables = { nonce, id, who, since: since.toISOString(), lock_timeout: seconds, patience: seconds };
  const input = [
    ...Object.entries(variables).map(([name, text]) => `${name}=${quote(text)}`),
    `files() {\n  :\n${files.map(file => `  forget ${quote(file)}`).join('\n')}\n}`,
    forgetKeysScript(),
    'edgewg_forget',
    '',
  ].join('\n');
  // an apply that was left over is ended first, which may be to undo it
  const { stdout } = await connection.exec(scriptCommand, { input, timeoutMs: 600_000 });
  const records = readRecords(stdout, nonce);
  if (records.has('held')) throw held(records);
  return files.map(path => {
    if (records.has(`gone:${path}`)) return { path, because: undefined };
    const why = records.get(`named:${path}`) ?? records.get(`kept:${path}`);
    if (why !== undefined) {
      const words = scrub(why.output).trim();
      return { path, because: words === '' ? 'the router does not say why' : words };
    }
    const said = [...records.values()].find(({ name }) => name.startsWith('refused:'))?.output ?? '';
    throw new NoAccess(
      'key-not-removed',
      `the router did not take ${path} away${said === '' ? '' : `: ${scrub(said).trim()}`}`,
      'nothing else was done; run it again',
    );
  });
}
