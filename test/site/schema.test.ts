// The JSON Schema for editors: up to date, accepted by a validator, and of one mind with the reader.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv, type AnySchema } from 'ajv';
import { parse } from 'yaml';
import { siteJsonSchema, siteJsonSchemaText } from '../../src/site/json-schema.ts';
import { legacyAlgorithms } from '../../src/site/schema/site.ts';
import { legacyNames } from '../../src/ssh/algorithms.ts';
import { fixture, project } from '../support/fixtures.ts';
import { assertGolden } from '../support/golden.ts';

const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
  siteJsonSchema() as AnySchema,
);
const read = (path: string): unknown => parse(readFileSync(fixture(path), 'utf8'));

/** Keys of `properties`, anywhere. */
function* properties(
  schema: unknown,
  path: string,
): Generator<{ path: string; schema: Record<string, unknown> }> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties')
      for (const [name, below] of Object.entries(value as Record<string, Record<string, unknown>>))
        yield { path: `${path}.${name}`, schema: below };
    yield* properties(value, `${path}.${key}`);
  }
}

describe('the JSON Schema of the site file', () => {
  it('is the one at the top of the project', () =>
    assertGolden(siteJsonSchemaText(), project('edgewg.schema.json')));

  for (const path of [
    'blog/site.yaml',
    ...readdirSync(fixture('specs/valid')).map(name => `specs/valid/${name}`),
  ])
    if (path.endsWith('.yaml'))
      it(`accepts ${path}`, () => assert.ok(validate(read(path)), JSON.stringify(validate.errors)));

  for (const name of [
    'shape-unknown-keys',
    'shape-wrong-types',
    'shape-missing-keys',
    'leaf-tunnel-names',
    'leaf-endpoint',
    'shape-cluster',
    'shape-version-2',
    'leaf-rules',
  ])
    it(`refuses ${name}`, () => assert.ok(!validate(read(`specs/invalid/${name}.yaml`))));

  it('describes every key', () => {
    const silent = [...properties(siteJsonSchema(), '')].filter(({ schema }) => !schema['description']);
    assert.deepEqual(silent, []);
  });

  it('has examples that its own patterns accept', () => {
    const walk = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { pattern, examples } = schema as { pattern?: string; examples?: string[] };
      if (pattern !== undefined)
        for (const example of examples ?? []) assert.match(example, new RegExp(pattern));
      for (const below of Object.values(schema)) walk(below);
    };
    walk(siteJsonSchema());
  });

  it('names the old algorithms that the SSH client has', () => {
    assert.deepEqual([...legacyNames].sort(), [...legacyAlgorithms].sort());
    assert.equal(new Set(legacyAlgorithms).size, legacyAlgorithms.length);
  });
});
