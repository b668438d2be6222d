// Most files are read without zod: whether a file is right must come out the same with it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { siteSchema } from '../../src/site/schema/schema.ts';
import { fitting, z } from '../../src/site/schema/shape.ts';
import { siteShape } from '../../src/site/schema/site.ts';
import { readYaml } from '../../src/site/yaml.ts';

function* siteFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* siteFiles(path);
    else if (/\.ya?ml$/.test(entry.name)) yield path;
  }
}

const written = [...siteFiles('fixtures')]
  .map(path => readYaml(readFileSync(path, 'utf8')).data)
  .filter(data => data !== undefined);

/** All places of a value, with what stands there. */
function* places(value: unknown, path: (string | number)[] = []): Generator<(string | number)[]> {
  yield path;
  if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) yield* places(inner, [...path, key]);
}

function withValue(data: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const copy = structuredClone(data) as Record<string | number, unknown>;
  copy[step] = withValue(copy[step], rest, value);
  return copy;
}

const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    'x',
    ' ',
    -1,
    0,
    1.5,
    1e300,
    Number.NaN,
    true,
    [],
    {},
    { x: 1 },
    [1],
    ['x'],
    'auto',
  ),
  fc.anything({ maxDepth: 2 }),
);

describe('the shape of a site file without zod', () => {
  it('is right wherever zod says so, and hands out the same data', () => {
    let right = 0;
    for (const data of written) {
      const checked = siteSchema.safeParse(data);
      assert.equal(JSON.stringify(fitting(siteShape, data)), JSON.stringify(checked.data));
      right += checked.success ? 1 : 0;
    }
    assert.ok(right > 50, String(right));
  });

  it('is wrong wherever zod says so, with any value at any place', () => {
    const right = written.filter(data => siteSchema.safeParse(data).success);
    fc.assert(
      fc.property(fc.constantFrom(...right), fc.nat(), strange, (data, at, value) => {
        const all = [...places(data)];
        const other = withValue(data, all[at % all.length] ?? [], value);
        assert.deepEqual(fitting(siteShape, other), siteSchema.safeParse(other).data);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves to zod what it does not know', () => {
    const foreign = { parse: () => 'x' } as unknown as Parameters<typeof fitting>[0];
    assert.equal(fitting(z.strictObject({ x: foreign }), { x: 'x' }), undefined);
  });
});
