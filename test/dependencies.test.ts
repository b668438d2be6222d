// docs/dependencies.md is what the lock file says.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { root } from './support/run-cli.ts';

describe('docs/dependencies.md', () => {
  it('lists what package-lock.json installs, with a reason for each direct one', () => {
    const args = ['scripts/list-dependencies.mjs', '--check'];
    const { stderr, status } = spawnSync(process.execPath, args, {
      cwd: fileURLToPath(root),
      encoding: 'utf8',
    });
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });
});
