// A folder of golden files: the same names with the same texts, and none besides.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { assertGolden } from './golden.ts';

/** `files` by their path below `folder`, which ends with a slash. */
export function assertGoldenFolder(files: ReadonlyMap<string, string>, folder: URL): void {
  if (process.env['UPDATE_GOLDEN'] === '1') {
    rmSync(folder, { recursive: true, force: true });
    for (const path of files.keys()) mkdirSync(new URL('.', new URL(path, folder)), { recursive: true });
  }
  for (const [path, text] of files) assertGolden(text, new URL(path, folder));
  const there = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder.pathname, `${entry.parentPath}/${entry.name}`));
  assert.deepEqual(there.sort(), [...files.keys()].sort());
}
