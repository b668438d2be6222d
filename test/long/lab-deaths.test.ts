// A channel of the lab ends whenever its process dies. The signal of a death may come right before the system call that
// waits for one: rare enough (four in 6,400 execs on one machine) that it takes many to see it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { oneOf } from '../support/one-of.ts';
import { root } from '../support/run-cli.ts';

describe('channels of the lab', () => {
  it('end with their processes', async function () {
    this.timeout(600_000);
    const count = Math.ceil(8000 / oneOf);
    const path = (name: string): string => fileURLToPath(new URL(name, root));
    const { stdout } = await promisify(execFile)('perl', [
      path('test/long/lab-deaths.pl'),
      path('src/lab/files'),
      `${count}`,
    ]);
    assert.equal(stdout, `${count} of ${count} ended\n`);
  });
});
