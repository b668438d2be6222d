// The README's picture, and drawings as a browser takes them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { project } from '../support/fixtures.ts';

describe("the README's picture", () => {
  it('is what edgewg prints today: `npm run picture` draws it anew', () => {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-picture-'));
    try {
      const file = join(folder, 'plan.svg');
      const script = fileURLToPath(project('scripts/picture.mjs'));
      const ran = spawnSync(process.execPath, [script, file], { encoding: 'utf8' });
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(readFileSync(file, 'utf8'), readFileSync(project('docs/plan.svg'), 'utf8'));
      assert.match(readFileSync(project('README.md'), 'utf8'), /!\[.*\]\(docs\/plan\.svg\)/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
