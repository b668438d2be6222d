import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isCompiled = (name: string): boolean => /^program\.cjs\..*-/.test(name);

describe('the bundled program', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgewg-program-'));
    for (const path of ['bin', 'dist/bundle', 'package.json'])
      cpSync(path, join(folder, path), { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true }));

  const bundle = (name = ''): string => join(folder, 'dist/bundle', name);
  const compiled = (): string => {
    const [name, ...others] = readdirSync(bundle()).filter(isCompiled);
    assert.deepEqual(others, []);
    return bundle(name ?? assert.fail('nothing is compiled'));
  };
  const help = (env: Record<string, string> = {}): string => {
    const words = [join(folder, 'bin/edgewg.js'), 'plan', '--help'];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder, ...env },
    });
    assert.equal(stderr, '');
    assert.equal(status, 0);
    return stdout;
  };

  it('is ASCII, as it is read', () => {
    assert.deepEqual(readFileSync(bundle('program.cjs')).filter(byte => byte > 0x7f).length, 0);
  });

  it('starts from what was compiled when it was built', () => {
    assert.match(help(), /^edgewg plan/);
  });

  it('compiles anew where that is broken, of other flags, or not there', () => {
    const said = help();
    assert.equal(help({ NODE_OPTIONS: '--interpreted-frames-native-stack' }), said);
    const bytes = readFileSync(compiled());
    writeFileSync(compiled(), bytes.subarray(0, bytes.length / 2));
    assert.equal(help(), said);
    writeFileSync(compiled(), 'nothing that V8 has written');
    assert.equal(help(), said);
    rmSync(compiled());
    assert.equal(help(), said);
  });
});
