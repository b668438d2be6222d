// Reads ~/.ssh/config and /etc/ssh/ssh_config with what they include into one tree of lines. The text is taken apart by the
// ssh-config package; its `compute` is not used, because that starts processes (Match exec, nslookup) and knows no Include.
import SSHConfig, { type Line } from 'ssh-config';
import { NoAccess } from '../../errors.ts';
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
const biggest = 1 << 20;

/** The user's file first: of two values the first counts. */
export async function readConfigFiles(access: Access): Promise<readonly ConfigLine[]> {
  const own = await readConfig(access, `${access.home}/.ssh/config`, `${access.home}/.ssh`, 0, true);
  const system = await readConfig(access, `${access.etc}/ssh_config`, access.etc, 0, false);
  return [
    { kind: 'include', lines: own },
    { kind: 'include', lines: system },
  ];
}

async function readConfig(access: Access, path: string, base: string, depth: number, own: boolean) {
  if (depth > deepest) throw broken(path, `files are included more than ${deepest} deep`);
  const file = await access.files.read(path).catch((error: unknown) => {
    throw broken(path, error instanceof Error ? error.message : String(error));
  });
  if (file === undefined) return [];
  if (file.bytes.length > biggest) throw broken(path, 'it is larger than 1 MiB');
  if (own && access.uid !== undefined) checkRights(access.uid, path, file);
  const lines: ConfigLine[] = [];
  for (const line of parse(path, file.bytes.toString('utf8'))) {
    const read = await readLine(line, access, path, base, depth, own);
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

async function readLine(
  line: Line,
  access: Access,
  path: string,
  base: string,
  depth: number,
  own: boolean,
): Promise<ConfigLine | undefined> {
  if (!('param' in line)) return undefined;
  const keyword = line.param.toLowerCase();
  if (/[\r\n]/.test(keyword)) throw broken(path, `'${keyword.split(/[\r\n]/)[0]}' has no value`);
  const words = typeof line.value === 'string' ? [line.value] : line.value.map(({ val }) => val);
  if (keyword === 'include')
    return { kind: 'include', lines: await include(words, access, base, depth, own) };
  if (keyword !== 'host' && keyword !== 'match') return { kind: 'set', keyword, words };
  const lines: ConfigLine[] = [];
  for (const inner of 'config' in line ? line.config : []) {
    const read = await readLine(inner, access, path, base, depth, own);
    if (read !== undefined) lines.push(read);
  }
  return { kind: keyword, words, lines };
}

async function include(patterns: string[], access: Access, base: string, depth: number, own: boolean) {
  const lines: ConfigLine[] = [];
  for (const pattern of patterns) {
    const home = pattern.startsWith('~/') ? `${access.home}${pattern.slice(1)}` : pattern;
    const full = home.startsWith('/') ? home : `${base}/${home}`;
    for (const path of await glob(access, full))
      lines.push(...(await readConfig(access, path, base, depth + 1, own)));
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
