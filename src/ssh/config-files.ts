// Reads ~/.ssh/config and /etc/ssh/ssh_config with what they include into one tree of lines. The text is taken apart by the
// ssh-config package; its `compute` is not used, because that starts processes (Match exec, nslookup) and knows no Include.
import SSHConfig, { type Line } from 'ssh-config';
import { NoAccess } from '../errors.ts';
import type { Access } from './access.ts';
import { matchesPattern } from './pattern.ts';

/** One line of ssh_config, its keyword in lower case; a Host or Match line holds what stands below it. */
export type ConfigLine =
  | { readonly kind: 'set'; readonly keyword: string; readonly words: readonly string[] }
  | {
      readonly kind: 'host' | 'match';
      readonly words: readonly string[];
      readonly lines: readonly ConfigLine[];
    }
  | { readonly kind: 'include'; readonly lines: readonly ConfigLine[] };

const deepest = 16; // as OpenSSH
/** Of files read in all: one that includes itself twice would be read 65536 times before it is too deep. */
const mostFiles = 1000;
const biggest = 1 << 20;

/** The user's file first: of two values the first counts. */
export async function readConfigFiles(access: Access): Promise<readonly ConfigLine[]> {
  const [home, etc] = [`${access.home}/.ssh`, access.etc];
  const all = { access, files: 0, bytes: 0 };
  const own = await readConfig(`${home}/config`, { all, base: home, depth: 0, isOwn: true });
  const system = await readConfig(`${etc}/ssh_config`, { all, base: etc, depth: 0, isOwn: false });
  return [
    { kind: 'include', lines: own },
    { kind: 'include', lines: system },
  ];
}

/** How a file came to be read. */
interface Reading {
  readonly all: { readonly access: Access; files: number; bytes: number };
  /** The folder of relative paths. */
  readonly base: string;
  readonly depth: number;
  /** The user's, or what it includes: nobody else may write it. */
  readonly isOwn: boolean;
}

async function readConfig(path: string, reading: Reading): Promise<ConfigLine[]> {
  const { all, depth, isOwn } = reading;
  const { access } = all;
  if (depth > deepest) throw broken(path, `files are included more than ${deepest} deep`);
  if (++all.files > mostFiles) throw broken(path, `more than ${mostFiles} files are included`);
  const file = await access.files.read(path).catch((error: unknown) => {
    throw broken(path, error instanceof Error ? error.message : String(error));
  });
  if (file === undefined) return [];
  all.bytes += file.bytes.length;
  if (all.bytes > biggest) throw broken(path, 'with all that is included it is larger than 1 MiB');
  if (isOwn && access.uid !== undefined) checkRights(access.uid, path, file);
  const lines: ConfigLine[] = [];
  for (const line of parse(path, file.bytes.toString('utf8'))) {
    const read = await readLine(line, path, reading);
    if (read !== undefined) lines.push(read);
  }
  return lines;
}

function checkRights(uid: number, path: string, file: { mode: number; owner: number }): void {
  if ((file.owner === uid || file.owner === 0) && (file.mode & 0o022) === 0) return;
  throw new NoAccess('ssh-config-rights', `${path} can be written by others`, `run: chmod go-w ${path}`);
}

function parse(path: string, text: string): Line[] {
  try {
    return [...SSHConfig.parse(text.replaceAll('\r\n', '\n'))];
  } catch (error) {
    throw broken(path, error instanceof Error ? error.message : String(error));
  }
}

async function readLine(line: Line, path: string, reading: Reading): Promise<ConfigLine | undefined> {
  if (!('param' in line)) return undefined;
  const keyword = line.param.toLowerCase();
  if (/[\r\n]/.test(keyword)) throw broken(path, `'${keyword.split(/[\r\n]/)[0]}' has no value`);
  const words = typeof line.value === 'string' ? [line.value] : line.value.map(({ val }) => val);
  if (keyword === 'include') return { kind: 'include', lines: await include(words, reading) };
  if (keyword !== 'host' && keyword !== 'match') return { kind: 'set', keyword, words };
  const lines: ConfigLine[] = [];
  for (const inner of 'config' in line ? line.config : []) {
    const read = await readLine(inner, path, reading);
    if (read !== undefined) lines.push(read);
  }
  return { kind: keyword, words, lines };
}

async function include(patterns: readonly string[], reading: Reading): Promise<ConfigLine[]> {
  const { all, base, depth } = reading;
  const lines: ConfigLine[] = [];
  for (const pattern of patterns) {
    const home = pattern.startsWith('~/') ? `${all.access.home}${pattern.slice(1)}` : pattern;
    const full = home.startsWith('/') ? home : `${base}/${home}`;
    for (const path of await glob(all.access, full))
      lines.push(...(await readConfig(path, { ...reading, depth: depth + 1 })));
  }
  return lines;
}

/** Files that match a path with `*` and `?` in any of its parts. */
async function glob(access: Access, pattern: string): Promise<string[]> {
  let found = [''];
  for (const part of pattern.split('/').slice(1)) {
    const next: string[] = [];
    for (const folder of found) {
      if (!/[*?]/.test(part)) next.push(`${folder}/${part}`);
      else {
        const names = await access.files.list(folder === '' ? '/' : folder);
        const visible = names.filter(name => name.startsWith('.') === part.startsWith('.'));
        next.push(...visible.filter(name => matchesPattern(name, part)).map(name => `${folder}/${name}`));
      }
    }
    found = next;
  }
  return found;
}

function broken(path: string, why: string): NoAccess {
  return new NoAccess(
    'ssh-config-broken',
    `${path} can't be read: ${why}`,
    'correct it; `ssh -G HOST` shows what ssh makes of it',
  );
}
