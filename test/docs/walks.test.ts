// CONTRIBUTING's three walks name every file that such a change touches, and no more than a person keeps in mind.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { project } from '../support/fixtures.ts';

const read = (file: string): string => readFileSync(project(file), 'utf8');
const section = read('CONTRIBUTING.md').split('## Three walks\n')[1]?.split('\n## ')[0] ?? '';

/** The numbered files below a heading line that begins so. */
function walk(start: string): string[] {
  const part = section.split(`\n${start}`)[1]?.split('\n\nThen')[0]?.split('\n\nThe help')[0] ?? '';
  return [...part.matchAll(/^\d\. `([^`]+)`/gm)].map(([, file = '']) => file);
}

/** Sources that a regular expression matches. */
function sources(pattern: RegExp, folder = 'src'): string[] {
  return readdirSync(project(folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => `${folder}/${file}`)
    .filter(file => pattern.test(read(file)));
}

describe('the three walks of CONTRIBUTING', () => {
  it('a leaf touches three files at most, and these are all that know of it', () => {
    const files = walk('A leaf');
    assert.equal(files.length, 3);
    assert.ok(files.every(file => /\bfwmark\b/.test(read(file))));
    // the cluster has a mark of its own, the lab is the router, the names that a router may print are the package's, and `ip rule` has the word
    const others = sources(/\bfwmark\b/).filter(
      file => !/cluster|^src\/lab\/|shown-names|model\/kernel/.test(file) && !files.includes(file),
    );
    assert.deepEqual(others, []);
  });

  it('a finding touches two files at most', () => {
    const files = walk('A finding');
    assert.equal(files.length, 2);
    const [check = '', list = ''] = files;
    assert.deepEqual(sources(/\bEW213\b/), [check]);
    const named = check.replace('src/checks/', './');
    assert.deepEqual(sources(new RegExp(named.replaceAll('.', '\\.'))), [list]);
  });

  it('a command touches three files at most', () => {
    const files = walk('A command');
    assert.ok(files.length > 0 && files.length <= 3);
    assert.ok(files.every(file => existsSync(project(file))));
    assert.deepEqual(sources(/'\.\/snapshot\.ts'/, 'src/commands'), ['src/commands/table.ts']);
  });
});
