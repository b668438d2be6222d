import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { stories } from '../../src/checks/explain.ts';
import { root } from '../support/run-cli.ts';
import { runHere } from '../support/run-here.ts';

const src = new URL('src/', root);
const codes = new Set(
  readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && file !== 'plan/explain.ts')
    .flatMap(file => [...readFileSync(new URL(file, src), 'utf8').matchAll(/code: '(EW\d+)'/g)])
    .map(match => match[1]),
);

describe('explain', () => {
  it('has a story for every code, and no other', () => {
    assert.deepEqual(Object.keys(stories), [...codes].sort());
  });

  for (const code of Object.keys(stories))
    it(`tells the story of ${code}`, async () => {
      const { stdout, exit } = await runHere(['explain', code.toLowerCase()]);
      assert.equal(exit, 0);
      assert.ok(stdout.startsWith(`${code}: ${stories[code]?.title}\n`));
      assert.ok(stdout.split('\n').every(line => line.length <= 88));
    });

  it('refuses a code that is not there', async () => {
    const { stderr, exit } = await runHere(['explain', '\u001b[2JEW9']);
    assert.equal(stderr, 'error: there is no finding \\u{1b}[2JEW9\n  hint: edgewg explain lists them\n');
    assert.equal(exit, 3);
  });
});
