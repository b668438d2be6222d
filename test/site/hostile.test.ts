// Every text of a site file, as a key or as a value, against a corpus of hostile values: refused at its place, or
// nothing that could do harm. And files that are hostile as a whole.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderProblems } from '../../src/report/problems.ts';
import type { Problem, Site } from '../../src/site/load.ts';
import { sizeLimit } from '../../src/site/text.ts';
import { harmful, hostileValues } from '../support/hostile.ts';
import { everything, isAt, type Leaf, load, type Range, texts, withValue } from '../support/hostile-site.ts';

/** Every text of a site but what never leaves the machine that edgewg runs on: reasons and references. */
function* textsForTheRouter(value: unknown, key = ''): Generator<{ key: string; text: string }> {
  if (key === 'at' || key === 'silences' || key === 'unfiltered') return;
  if (typeof value === 'string') yield { key, text: value };
  else if (value instanceof Map) for (const pair of value) yield* textsForTheRouter(pair);
  else if (typeof value === 'object' && value !== null) {
    if ('kind' in value && value.kind !== 'router') return;
    for (const [name, below] of Object.entries(value)) yield* textsForTheRouter(below, name);
  }
}

function assertHarmless(site: Site): void {
  for (const { key, text } of textsForTheRouter(site)) {
    const plain = text.replace(/^!/, '');
    assert.ok(!harmful.test(plain) && !plain.startsWith('-'), JSON.stringify(text));
    // a name of the router's tree is a folder there; a description may have dots
    if (key !== 'description') assert.ok(!plain.split('/').includes('..'), `${key} ${JSON.stringify(text)}`);
  }
}

/** Loads the file with `value` in every leaf at once, then in those that didn't refuse it. Gives how many were. */
function attack(leaves: readonly Leaf[], value: string): number {
  const { text, places } = withValue(leaves, value);
  const outcome = load(text);
  const problems = 'problems' in outcome ? outcome.problems.problems : [];
  assert.ok(!/[^\n -~\p{L}\p{N}\p{P}\p{S}\p{M}]/u.test(renderProblems(problems)), 'shows what it should not');
  const left = leaves.filter(leaf => !problems.some(problem => isAt(problem, places.get(leaf) ?? nowhere)));
  // what each leaf alone would take, they take together; only conflicts have to be looked at one by one
  const again = load(withValue(left, value).text);
  if ('loaded' in again) assertHarmless(again.loaded.site);
  else for (const leaf of left) attackOne(leaf, value);
  return leaves.length - left.length;
}

const nowhere: Range = { line: 0, from: 0, to: 0 };

function attackOne(leaf: Leaf, value: string): void {
  const { text, places } = withValue([leaf], value);
  const outcome = load(text);
  if ('loaded' in outcome) assertHarmless(outcome.loaded.site);
  else {
    const [first] = outcome.problems.problems;
    const place = places.get(leaf) ?? nowhere;
    const found = outcome.problems.problems.some(problem => isAt(problem, place) || mentions(problem, place));
    assert.ok(
      found,
      `${leaf.name} ${JSON.stringify(value)}: ${first?.line}:${first?.column} ${first?.message}`,
    );
  }
}

/** A conflict may be shown at its other end: within the same firewall rule, or naming this one's line. */
const mentions = (problem: Problem, { line }: Range): boolean =>
  Math.abs(problem.line - line) <= 2 || problem.message.includes(`(line ${line})`);

describe('a hostile value', () => {
  const leaves = texts();

  it(`is one of at least 200 (${hostileValues.length}), in each of ${leaves.length} texts`, () => {
    assert.ok(hostileValues.length >= 200);
    assert.ok(leaves.length >= 70);
    const outcome = load(everything);
    assert.ok('loaded' in outcome);
    assertHarmless(outcome.loaded.site);
  });

  for (const round of ['values', 'outer keys', 'inner keys'] as const)
    it(`among the ${round} is refused at its place, or harmless`, () => {
      const mine = leaves.filter(leaf => leaf.round === round);
      let refused = 0;
      let all = 0;
      // every value and every text, but a quarter of the pairs: `npm run test:injection` takes all of them
      for (const [i, value] of hostileValues.entries()) {
        const some = mine.filter((_, n) => (n + i) % 4 === 0);
        refused += attack(some, value);
        all += some.length;
      }
      const share = refused / all;
      assert.ok(share > 0.8, `only ${refused} refused`);
    });
});

describe('a damaged file', () => {
  const pieces = fc.oneof(
    fc.constantFrom(
      '\n',
      '  ',
      ': ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '#',
      '&a ',
      '*a',
      '!x ',
      '|\n',
      '>\n',
      '? ',
      '---\n',
      '\t',
    ),
    fc.constantFrom(
      'null',
      '1',
      'true',
      '<<: ',
      '~',
      '0x1',
      '.inf',
      '2026-01-01',
      ...hostileValues.slice(0, 40),
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const damage = fc.record({ at: fc.nat(everything.length), cut: fc.nat(60), insert: pieces });

  it('is loaded or refused, never a crash', () => {
    let loaded = 0;
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), list => {
        let text = everything;
        for (const { at, cut, insert } of list) text = text.slice(0, at) + insert + text.slice(at + cut);
        const outcome = load(text);
        if ('loaded' in outcome) assertHarmless(outcome.loaded.site);
        else assert.ok(renderProblems(outcome.problems.problems).length > 0);
        if ('loaded' in outcome) loaded++;
      }),
      { numRuns: 100 },
    );
    assert.ok(loaded < 100, 'nothing was damaged');
  });
});

describe('a hostile file', () => {
  const bombs: Record<string, string> = {
    brackets: '['.repeat(sizeLimit),
    braces: '{a: '.repeat(sizeLimit / 4),
    dashes: '- '.repeat(sizeLimit / 2),
    'question marks': '? '.repeat(sizeLimit / 2),
    colons: ': '.repeat(sizeLimit / 2),
    indentation: Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    aliases: `a: &a x\nb: [${'*a,'.repeat(sizeLimit / 4)}]`,
    'nested aliases': [
      'a: &a0 x',
      ...Array.from({ length: 60 }, (_, i) => `b${i}: &a${i + 1} [*a${i}, *a${i}]`),
    ].join('\n'),
    'unknown keys': Array.from({ length: 8000 }, (_, i) => `key${i}: ${i}`).join('\n'),
    'the same key': 'a: 1\n'.repeat(sizeLimit / 8),
    documents: '---\n'.repeat(sizeLimit / 4),
    'a long text': `version: "${'x'.repeat(sizeLimit - 20)}"`,
    'a long line of keys': `tunnels: {${Array.from({ length: 8000 }, (_, i) => `wg${i}: {}`).join(', ')}}`,
    'addresses of one tunnel': `version: 1\nrouter: {host: a}\ntunnels: {wg1: {address: [${Array.from({ length: 8000 }, (_, i) => `10.${i >> 8}.${i & 255}.1/25`).join(', ')}]}}`,
  };
  for (const [name, text] of Object.entries(bombs))
    it(`of ${name} costs no more than its size`, () => {
      const start = process.cpuUsage();
      load(text);
      const { user } = process.cpuUsage(start);
      // about a second on a quiet machine; what is quadratic takes a minute
      assert.ok(user < 10_000_000, `${user / 1000} ms`);
    });

  it('that is too big is not even looked at', () => {
    const outcome = load('#'.repeat(sizeLimit + 1));
    assert.ok('problems' in outcome);
    assert.match(outcome.problems.problems[0]?.message ?? '', /has 524289 bytes/);
  });

  it('leaves the prototypes of JavaScript alone', () => {
    load('version: 1\n__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n');
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  it('never gets a pasted key printed', () => {
    const key = Buffer.alloc(32, 'never to be seen').toString('base64');
    for (const place of [
      `privateKey: ${key}`,
      `"privateKey" : "${key}"`,
      `private-key: ${key}`,
      `presharedKey: ${key.slice(0, 40)}`,
      `description: ${key}`,
      `listenPort: ${key}`,
      `key: [${key}]`,
      `${key}: x`,
      `privateKey: "${key}" x`,
    ]) {
      const outcome = load(`version: 1\nrouter: { host: a }\ntunnels: { wg4: { ${place} } }\n`);
      assert.ok('problems' in outcome, place);
      const shown = renderProblems(outcome.problems.problems) + outcome.problems.message;
      assert.ok(!shown.includes(key.slice(0, 40)), shown);
    }
  });
});
