// A folder with rendered files, written again: what is edgewg's there, by a list of what it wrote the last time, and what is somebody else's.
import { createHash } from 'node:crypto';
import type { RenderedFile } from './file.ts';

/** `SHA256  PATH` a line, as sha256sum has it; in the place of a secret's sum stands `-`. */
export const listName = '.edgewg-rendered';

export interface FolderFile extends RenderedFile {
  /** 0600 for secrets. */
  readonly mode: 0o600 | 0o644;
}

export interface Settled {
  readonly write: readonly FolderFile[];
  /** Paths that were rendered before and are not any more. */
  readonly remove: readonly string[];
  /** The same, but changed by somebody since: they stay. */
  readonly left: readonly string[];
  /** Paths that would be written over, though somebody else wrote or changed what is there. */
  readonly taken: readonly string[];
}

/** `there`: the text of each file that is there, of those that are rendered or listed. */
export function settle(
  files: readonly FolderFile[],
  before: ReadonlyMap<string, string>,
  there: ReadonlyMap<string, string>,
): Settled {
  const isOurs = (path: string, text: string): boolean => ['-', sumOf(text)].includes(before.get(path) ?? '');
  const wanted = new Set(files.map(({ path }) => path));
  const gone = [...there].filter(([path]) => !wanted.has(path));
  return {
    write: files.filter(({ path, text, mode }) => mode === 0o600 || there.get(path) !== text),
    remove: gone.filter(([path, text]) => isOurs(path, text)).map(([path]) => path),
    left: gone.filter(([path, text]) => !isOurs(path, text)).map(([path]) => path),
    taken: files
      .filter(({ path, text }) => {
        const now = there.get(path);
        return now !== undefined && now !== text && !isOurs(path, now);
      })
      .map(({ path }) => path),
  };
}

/** `kept`: secrets that are there and stay. */
export function printList(files: readonly FolderFile[], kept: readonly string[]): string {
  const all = [
    ...files.map(({ path, text, mode }) => ({ path, sum: mode === 0o600 ? '-' : sumOf(text) })),
    ...kept.map(path => ({ path, sum: '-' })),
  ];
  return all
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, sum }) => `${sum}  ${path}\n`)
    .join('');
}

/** Sums by path. What leads out of the folder is nobody's. */
export function parseList(text: string): Map<string, string> {
  const found = [...text.matchAll(/^([0-9a-f]{64}|-) {2}(\S+)$/gm)];
  return new Map(found.flatMap(([, sum = '', path = '']) => (isBelow(path) ? [[path, sum]] : [])));
}

const isBelow = (path: string): boolean =>
  path.split('/').every(part => part !== '' && part !== '.' && part !== '..');

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');
