// A test that no script of package.json runs would be one that nobody sees fail.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { root } from '../support/run-cli.ts';

const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  scripts: Record<string, string>;
};
const patterns = [
  ...Object.values(scripts)
    .join(' ')
    .matchAll(/dist\/test\/(\S+)\.test\.js/g),
].map(
  ([, pattern = '']) => new RegExp(`^${pattern.replace(/\$\{ONLY:-\*\}/, '*').replaceAll('*', '[^/]*')}$`),
);
/** test/packets/run.ts takes all files of its folder. */
patterns.push(/^packets\/[^/]*$/);

describe('the suites', () => {
  it('run every file of tests that the fast one leaves out', () => {
    const files = ['e2e', 'faults', 'long', 'packets', 'review'].flatMap(folder =>
      readdirSync(new URL(`test/${folder}/`, root))
        .filter(name => name.endsWith('.test.ts'))
        .map(name => `${folder}/${name.replace('.test.ts', '')}`),
    );
    assert.ok(files.length > 30, `${files.length} files`);
    assert.deepEqual(
      files.filter(file => !patterns.some(pattern => pattern.test(file))),
      [],
    );
  });
});
