import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

describe('docs/access.md', () => {
  it('names every code that an access can fail with, and no other', () => {
    const folder = 'src/ssh';
    const sources = readdirSync(folder).map(name => readFileSync(`${folder}/${name}`, 'utf8'));
    const made = [...sources.join('\n').matchAll(/(?:(?:NoAccess|Refused)\(\s*|code: )'([a-z-]+)'/g)].map(
      ([, code]) => code,
    );
    const [, section = ''] = readFileSync('docs/access.md', 'utf8').split('## When it fails');
    const table = section.match(/^\| .*? \|/gm)?.join('') ?? '';
    const told = [...table.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code);
    assert.deepEqual(new Set(told), new Set(made));
  });
});
