// A pull request from start to end, as scripts/play-review.mjs plays it, word for word.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fixture, project } from '../support/fixtures.ts';
import { assertGolden } from '../support/golden.ts';

describe('a pull request', () => {
  it('goes from snapshot to review, apply, drift and rollback', () => {
    const script = fileURLToPath(project('scripts/play-review.mjs'));
    const ran = spawnSync(process.execPath, [script, '--plain'], { encoding: 'utf8', timeout: 500_000 });
    assert.equal(ran.status, 0, `${ran.stdout}\n${ran.stderr}`);
    assertGolden(ran.stdout, fixture('review/transcript.txt'));
  });
});
