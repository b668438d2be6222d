// Each finding that there is, shown by a pair that a person can read: where it must be told, and where it must not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Chalk } from 'chalk';
import { explanations } from '../../src/checks/explain.ts';
import type { Finding } from '../../src/plan/types/plan.ts';
import { findingBlocks } from '../../src/report/findings.ts';
import { printJson } from '../../src/report/json.ts';
import { printWord } from '../../src/vyatta/words.ts';
import { cases, fileOf, folder, planOf, type Side } from '../support/check-fixtures.ts';
import { assertGolden } from '../support/golden.ts';

const paint = new Chalk({ level: 0 });
const codeOf = (name: string): string => name.slice(0, 'EW000'.length);

describe('checks', () => {
  it('have a folder of fixtures each', () => {
    assert.deepEqual([...new Set(cases.map(codeOf))], Object.keys(explanations).sort());
  });

  for (const name of cases)
    it(name.replaceAll('-', ' '), () => {
      const code = codeOf(name);
      const told = planOf(name, 'failing').diagnostics.filter(found => found.code === code);
      assert.ok(told.length > 0, `failing must tell ${code}`);
      const passing = planOf(name, 'passing').diagnostics.filter(({ silenced }) => silenced === undefined);
      const wrong = passing.filter(found => found.code === code || found.severity === 'error');
      assert.deepEqual(wrong, [], `passing must not tell ${code}, and could be applied`);
      assertPlaces(name, code, told);
      for (const { hint, allow } of told)
        assert.ok(!allow || !hint?.includes('--allow'), `'lift it with' says it already: ${hint}`);
      const text = findingBlocks(told, { paint, isVerbose: false }).join('\n\n');
      assertGolden(`${text}\n`, new URL(`${name}/findings.txt`, folder));
      assertGolden(printJson(told), new URL(`${name}/findings.json`, folder));
    });
});

const linesOf = (name: string, ending: string, both: string, side: Side = 'failing'): string[] => {
  const file = fileOf(name, side, ending, both);
  return file === undefined ? [] : readFileSync(new URL(`${name}/${file}`, folder), 'utf8').split('\n');
};

/**
 * The lines of the site file that are pointed at are those that say so, `# <- EW101`, at the beginning of a word; and a line of
 * the running configuration is one of the node that the finding names.
 */
function assertPlaces(name: string, code: string, told: readonly Finding[]): void {
  const site = linesOf(name, '.yaml', 'site.yaml');
  const marked = site.flatMap((text, i) => (text.includes(`# <- ${code}`) ? [i + 1] : []));
  const pointed = told.flatMap(({ source }) => source?.line ?? []);
  assert.deepEqual(
    [...new Set(pointed)].sort((a, b) => a - b),
    marked,
    'lines of the site file',
  );
  for (const { source } of told) {
    if (source === undefined) continue;
    const text = site[source.line - 1] ?? '';
    assert.match(text.slice(0, source.column - 1), /(^|[\s[{"'])$/, 'the column begins a word');
    assert.match(text.slice(source.column - 1), /^[^\s,\]}]/);
  }
  const running = linesOf(name, '.commands', 'running.commands');
  for (const { running: node } of told)
    if (node?.line !== undefined)
      assert.ok(
        `${running[node.line - 1]} `.startsWith(`set ${node.path.map(printWord).join(' ')} `),
        'line of the router',
      );
}
