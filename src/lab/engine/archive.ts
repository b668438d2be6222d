// Revisions of the committed configuration: /config/archive/config.boot.N.gz, newest first, and the log beside them
// (docs/edgeos.md 'Archive of commits'; interactive/09 and 12).
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Call } from '../call.ts';
import { valueAt } from './config.ts';
import type { Engine } from './engine.ts';
import { savedText } from './save.ts';

const folder = '/config/archive';

/** One line of the log: `|seconds|user|via|comment|`. */
export interface Revision {
  readonly seconds: number;
  readonly user: string;
  readonly via: string;
  readonly comment: string;
}

/** Keeps the configuration in force as revision 0, unless it is the same as the last one. */
export async function archiveCommit(engine: Engine, call: Call): Promise<void> {
  const limit = Number(valueAt(engine.active, ['system', 'config-management', 'commit-revisions']) ?? 0);
  if (limit === 0) return;
  const { files } = engine.surroundings;
  const text = savedText(engine, true);
  if ((await readRevision(engine, 0)) === text) return;
  const log = await revisions(engine);
  for (let i = Math.min(log.length, limit) - 1; i >= 0; i--) {
    const old = `${folder}/config.boot.${i}.gz`;
    if (i + 1 >= limit) await files.remove(old);
    else await files.rename(old, `${folder}/config.boot.${i + 1}.gz`);
  }
  await files.write(`${folder}/config.boot.0.gz`, gzipSync(text), 0o644);
  await files.write(`${folder}/config.boot`, text, 0o644);
  const { COMMIT_VIA: via = 'other', COMMIT_COMMENT: comment = 'commit' } = call.env;
  const seconds = Math.floor(engine.world.now().getTime() / 1000);
  await writeLog(engine, [{ seconds, user: call.user, via, comment }, ...log].slice(0, limit));
}

async function writeLog(engine: Engine, log: readonly Revision[]): Promise<void> {
  const lines = log.map(one => `|${one.seconds}|${one.user}|${one.via}|${one.comment}|\n`);
  await engine.surroundings.files.write(`${folder}/commits`, lines.join(''), 0o664);
}

/** The log, newest first. */
export async function revisions(engine: Engine): Promise<Revision[]> {
  const text = (await engine.surroundings.files.read(`${folder}/commits`))?.toString('utf8') ?? '';
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [, seconds = '0', user = '', via = '', ...rest] = line.split('|');
      return { seconds: Number(seconds), user, via, comment: rest.slice(0, -1).join('|') };
    });
}

/** The text of revision `number`, or undefined. */
export async function readRevision(engine: Engine, number: number): Promise<string | undefined> {
  const data = await engine.surroundings.files.read(`${folder}/config.boot.${number}.gz`);
  return data === undefined ? undefined : gunzipSync(data).toString('utf8');
}

/** `show system commit` */
export async function printRevisions(engine: Engine): Promise<string> {
  const two = (value: number): string => String(value).padStart(2, '0');
  const log = await revisions(engine);
  return log
    .map(({ seconds, user, via, comment }, i) => {
      const at = new Date(seconds * 1000);
      const day = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
      const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
      const more = comment === 'commit' ? '' : `    ${comment}\n`;
      return `${String(i).padEnd(4)}${day} ${time} by ${user} via ${via}\n${more}`;
    })
    .join('');
}
