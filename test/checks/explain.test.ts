import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { explanations } from '../../src/checks/explain.ts';
import { root } from '../support/run-cli.ts';
import { runHere } from '../support/run-here.ts';

const src = new URL('src/', root);
/** By file of src/: the codes that it raises, and those that it explains. */
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .map(file => {
    const text = readFileSync(new URL(file, src), 'utf8');
    return {
      file,
      raised: codesIn(text, /code(?::| =) '(EW\d+)'/g),
      explained: codesIn(text, /^ +(EW\d+): \{/gm),
    };
  });

function codesIn(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, code = '']) => code))];
}

describe('explain', () => {
  it('has one explanation for every code, and no other', () => {
    assert.deepEqual(Object.keys(explanations), [...new Set(files.flatMap(({ raised }) => raised))].sort());
    const all = files.flatMap(({ explained }) => explained);
    assert.deepEqual(all.toSorted(), [...new Set(all)].sort());
  });

  it('has it in the file that raises the code, below src/checks', () => {
    for (const { file, raised, explained } of files)
      if (raised.length > 0) {
        assert.match(file, /^checks\//);
        assert.deepEqual(
          raised.filter(code => !explained.includes(code)),
          [],
          file,
        );
      }
  });

  for (const code of Object.keys(explanations))
    it(`explains ${code}`, async () => {
      const { stdout, exit } = await runHere(['explain', code.toLowerCase()]);
      assert.equal(exit, 0);
      assert.ok(stdout.startsWith(`${code}: ${explanations[code]?.title}\n`));
      assert.ok(stdout.split('\n').every(line => line.length <= 88));
    });

  it('refuses a code that is not there', async () => {
    const { stderr, exit } = await runHere(['explain', '\u001b[2JEW9']);
    assert.equal(stderr, 'error: there is no finding \\u{1b}[2JEW9\n  hint: edgewg explain lists them\n');
    assert.equal(exit, 3);
  });
});
