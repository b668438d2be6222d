// What V8 compiled of the program, kept for the next start: compiling is a third of a plan. One file a command and version of Node.js,
// below $XDG_CACHE_HOME/edgewg. Whoever can write it can run code as this user, so it is read only where nobody else can; what doesn't
// belong to exactly these sources, or is damaged, counts as not there; and no failure of it is anybody else's.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { commandNames } from './commands/names.ts';

export interface CodeCache {
  /** What was compiled of a file of the program, by its name and its bytes. The first file is the one that names all others. */
  find(name: string, source: Uint8Array): Buffer | undefined;
  /** Keeps what there is of it when the process ends. */
  keep(name: string, script: Script): void;
}

/** Where in what follows the head something is; `key` is the name of a file and the checksum of its source. */
interface Entry {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** What is needed of `process`. */
export interface CacheHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly version: string;
  readonly arch: string;
  getuid?(): number;
  once(event: 'exit', write: () => void): unknown;
}

/** Undefined where nothing is kept: NODE_DISABLE_COMPILE_CACHE says so, as to Node.js itself, or files have no owner (Windows). */
export function openCodeCache(argv: readonly string[], host: CacheHost): CodeCache | undefined {
  const own = host.getuid?.();
  if (host.env['NODE_DISABLE_COMPILE_CACHE'] || own === undefined) return undefined;
  const command = argv.find(word => commandNames.some(name => name === word)) ?? 'none';
  try {
    const cache = host.env['XDG_CACHE_HOME'] ?? '';
    const folder = join(isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'edgewg');
    return cacheIn(folder, `${command}-${host.version}-${host.arch}`, own, host);
  } catch {
    return undefined;
  }
}

function cacheIn(folder: string, file: string, own: number, host: CacheHost): CodeCache {
  const path = join(folder, file);
  const found = read(folder, path, own);
  const keys = new Map<string, string>();
  const scripts = new Map<string, Script>();
  const write = (): void => {
    try {
      for (const [key, script] of scripts) found.set(key, script.createCachedData());
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (!isOwnAlone(lstatSync(folder), own)) return;
      writeWhole(path, `${path}.${host.pid}`, pack(found));
      for (const name of readdirSync(folder))
        if (isOfOther(name, host.version)) unlinkSync(join(folder, name));
    } catch {
      // a folder that can't be written, a disk that is full: the next start compiles again
    }
  };
  let isOutdated = false;
  return {
    find(name, source) {
      const key = `${name} ${crc32(source)}`;
      // of another build nothing stays
      if (keys.size === 0 && !found.has(key)) found.clear();
      keys.set(name, key);
      return found.get(key);
    },
    keep(name, script) {
      scripts.set(keys.get(name) ?? name, script);
      if (script.cachedDataRejected === false || isOutdated) return;
      isOutdated = true;
      // only then is it known what was used
      host.once('exit', write);
    },
  };
}

/** What was compiled, by the keys of {@link Entry}. */
function read(folder: string, path: string, own: number): Map<string, Buffer> {
  try {
    if (!isOwnAlone(lstatSync(folder), own)) return new Map();
    const bytes = readOwn(path, own);
    const rest = bytes.subarray(8);
    // V8 itself would run what is damaged
    if (bytes.readUInt32LE(4) !== crc32(rest)) return new Map();
    const size = bytes.readUInt32LE(0);
    const entries: Entry[] = JSON.parse(rest.toString('latin1', 0, size));
    const data = rest.subarray(size);
    return new Map(entries.map(({ key, from, to }) => [key, data.subarray(from, to)]));
  } catch {
    // there is none
    return new Map();
  }
}

function readOwn(path: string, own: number): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!isOwnAlone(fstatSync(fd), own)) throw new Error("somebody else's");
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Of another version of Node.js, which may never run again: whoever has two of them compiles once more where they take turns. */
function isOfOther(name: string, version: string): boolean {
  const written = /^[a-z-]+-(v\d+\.\d+\.\d+)-\w+(?:\.\d+)?$/.exec(name)?.[1];
  return written !== undefined && written !== version;
}

const isOwnAlone = ({ uid, mode }: Stats, own: number): boolean => uid === own && (mode & 0o022) === 0;

/** Size of the head and checksum of all that follows, 4 bytes each; the head, JSON; what was compiled. */
function pack(compiled: ReadonlyMap<string, Buffer>): Buffer {
  const entries: Entry[] = [];
  for (const [key, { length }] of compiled) {
    const from = entries.at(-1)?.to ?? 0;
    entries.push({ key, from, to: from + length });
  }
  const head = Buffer.from(JSON.stringify(entries), 'latin1');
  const rest = Buffer.concat([head, ...compiled.values()]);
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32LE(head.length, 0);
  numbers.writeUInt32LE(crc32(rest), 4);
  return Buffer.concat([numbers, rest]);
}

function writeWhole(path: string, unfinished: string, bytes: Buffer): void {
  try {
    writeFileSync(unfinished, bytes, { flag: 'wx', mode: 0o600 });
    renameSync(unfinished, path);
  } catch {
    unlinkSync(unfinished);
  }
}
