// The README shows what edgewg really says: its plan is that of its own site file.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, runCli } from '../support/run-cli.ts';

const text = readFileSync(new URL('README.md', root), 'utf8');
const block = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? assert.fail(`README has no ${pattern}`);

describe('README', () => {
  it('shows the plan of its site file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-readme-'));
    try {
      writeFileSync(join(folder, 'edgewg.yaml'), block(/```yaml\n(.*?)```/s));
      const running = fileURLToPath(new URL('fixtures/blog/router.commands', root));
      const { stdout, exit } = await runCli(['plan', '--running', running], {
        cwd: folder,
        env: { COLUMNS: '90' },
      });
      assert.equal(exit, 0);
      const [head = '', tail = ''] = block(/## A plan.*?```\n(.*?)```/s).split('    ...\n');
      assert.ok(stdout.startsWith(head), stdout);
      assert.ok(stdout.endsWith(tail), stdout);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('names commands that there are', async () => {
    const { stdout } = await runCli(['--help']);
    for (const [, name] of block(/## Use it.*?```sh\n(.*?)```/s).matchAll(/^edgewg (\w+)/gm))
      assert.match(stdout, new RegExp(`edgewg ${name}\\b`));
  });
});
