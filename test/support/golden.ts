// Texts that are kept in files: `UPDATE_GOLDEN=1 npm test` writes them anew, and git shows what has changed.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export function assertGolden(actual: string, file: URL): void {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, actual);
  else assert.ok(existsSync(file), `${file.pathname} is missing: UPDATE_GOLDEN=1 npm test writes it`);
  assert.equal(actual, readFileSync(file, 'utf8'));
}
