// docs/contributing/dependencies.md is what the lock file says.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { project } from '../support/fixtures.ts';
import { root } from '../support/run-cli.ts';

describe('docs/contributing/dependencies.md', () => {
  it('lists what package-lock.json installs, with a reason for each direct one', () => {
    const args = ['scripts/list-dependencies.mjs', '--check'];
    const { stderr, status } = spawnSync(process.execPath, args, {
      cwd: fileURLToPath(root),
      encoding: 'utf8',
    });
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });

  it('names every library in the bundle, at its version; beside it nothing is installed', () => {
    assert.equal(JSON.parse(readFileSync(project('package.json'), 'utf8')).dependencies, undefined);
    const listed = readFileSync(project('docs/contributing/dependencies.md'), 'utf8');
    const bundled = readFileSync(project('dist/bundle/LICENSES.txt'), 'utf8');
    const libraries = [...bundled.matchAll(/^([a-z0-9@/-]+) (\d+\.\d+\.\d+) \(.*\)$/gm)];
    assert.ok(libraries.length > 8);
    for (const [, name = '', version = ''] of libraries)
      assert.match(listed, new RegExp(`^\\| ${name} +\\| ${version.replaceAll('.', '\\.')} +\\|`, 'm'));
  });

  it('is installed without running any of it', () => {
    assert.match(readFileSync(project('.npmrc'), 'utf8'), /^ignore-scripts=true$/m);
    const { packages } = JSON.parse(readFileSync(project('package-lock.json'), 'utf8'));
    const withScripts = Object.keys(packages).filter(path => packages[path].hasInstallScript);
    // the first two make ssh2 faster where they can be compiled, the third picks a binary that is there anyway; another one has to be looked at
    const known = ['cpu-features', 'ssh2', 'esbuild'].map(name => `node_modules/${name}`);
    assert.deepEqual(
      withScripts.filter(path => !known.includes(path)),
      [],
    );
  });
});
