import { strict as assert } from 'node:assert';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { openCodeCache } from '../src/code-cache.ts';

const files = { 'program.cjs': '(function(){return 1})', 'part.cjs': '(function(){return 2})' };
type Files = Readonly<Record<string, string>>;

describe('what was compiled of the program', () => {
  let home: string;
  let folder: string;
  let kept: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'edgewg-code-'));
    folder = join(home, 'edgewg');
    kept = join(folder, `plan-${process.version}-${process.arch}`);
  });
  afterEach(() => rmSync(home, { recursive: true }));

  /** One start and its end: which of the files were found. */
  function start(of: Files, words = ['-f', 'site.yaml', 'plan'], env: Record<string, string> = {}): string[] {
    const ends: (() => void)[] = [];
    const { pid, version, arch } = process;
    const cache = openCodeCache(words, {
      env: { XDG_CACHE_HOME: home, ...env },
      ...{ pid, version, arch },
      getuid: () => process.getuid?.() ?? 0,
      once: (_, write) => ends.push(write),
    });
    const found = Object.entries(of).filter(([name, source]) => {
      const cachedData = cache?.find(name, Buffer.from(source));
      const script = new Script(source, cachedData && { cachedData });
      cache?.keep(name, script);
      return script.cachedDataRejected === false;
    });
    for (const end of ends) end();
    return found.map(([name]) => name);
  }
  const both = Object.keys(files);

  it('is found the next time, in a file that its user alone can read', () => {
    assert.deepEqual(start(files), []);
    assert.deepEqual(readdirSync(folder), [`plan-${process.version}-${process.arch}`]);
    assert.equal(statSync(kept).mode & 0o777, 0o600);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    const before = statSync(kept).ino;
    assert.deepEqual(start(files), both);
    assert.equal(statSync(kept).ino, before, 'nothing new, and still written');
  });

  it('takes the place of what another version of Node.js kept, and of nothing else', () => {
    start(files);
    for (const name of ['plan-v20.0.0-x64', 'ssh-command-v20.0.0-x64.77', 'notes', 'v20.0.0-x64'])
      writeFileSync(join(folder, name), '');
    start(files, ['apply']);
    const own = ['apply', 'plan'].map(command => `${command}-${process.version}-${process.arch}`);
    assert.deepEqual(readdirSync(folder).sort(), [...own, 'notes', 'v20.0.0-x64'].sort());
  });

  it('has a file for each command, and one for whatever is none', () => {
    for (const words of [['plan'], ['status', 'plan'], ['../plan'], []]) start(files, words);
    assert.deepEqual(
      readdirSync(folder).map(name => name.split('-')[0]),
      ['none', 'plan', 'status'],
    );
  });

  it('grows by what one run needs and another does not', () => {
    const { 'program.cjs': program, 'part.cjs': part } = files;
    start({ 'program.cjs': program, 'part.cjs': part });
    assert.deepEqual(start({ 'program.cjs': program, 'more.cjs': part }), ['program.cjs']);
    assert.deepEqual(start({ ...files, 'more.cjs': part }), [...both, 'more.cjs']);
  });

  it('is of exactly these sources: of another build nothing stays', () => {
    start(files);
    const other = { ...files, 'program.cjs': files['program.cjs'].replace('1', '3') };
    assert.deepEqual(start(other), []);
    assert.deepEqual(start(other), both);
    const size = statSync(kept).size;
    start(files);
    assert.equal(statSync(kept).size, size);
    assert.deepEqual(start({ ...files, 'part.cjs': other['program.cjs'] }), ['program.cjs']);
  });

  it('counts as not there when it is damaged, at any byte or cut off, and is written anew', () => {
    start(files);
    const whole = readFileSync(kept);
    for (let at = 0; at < whole.length; at += 1 + Math.floor(whole.length / 40)) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(kept, damaged);
      assert.deepEqual(start(files), [], `byte ${at}`);
      assert.deepEqual(start(files), both, `byte ${at}`);
    }
    for (const size of [0, 4, 8, 100, whole.length - 1]) {
      writeFileSync(kept, whole.subarray(0, size));
      assert.deepEqual(start(files), [], `cut at ${size}`);
    }
  });

  it('is neither read nor written where others can write', () => {
    start(files);
    const whole = readFileSync(kept);
    chmodSync(folder, 0o720);
    assert.deepEqual(start(files), []);
    rmSync(kept);
    start(files);
    assert.equal(existsSync(kept), false);
    chmodSync(folder, 0o700);
    writeFileSync(kept, whole);
    assert.deepEqual(start(files), both);
    chmodSync(kept, 0o602);
    assert.deepEqual(start(files), []);
  });

  it('is not read through a link', () => {
    start(files);
    copyFileSync(kept, join(home, 'other'));
    rmSync(kept);
    symlinkSync(join(home, 'other'), kept);
    assert.deepEqual(start(files), []);
    renameSync(folder, join(home, 'elsewhere'));
    symlinkSync(join(home, 'elsewhere'), folder);
    assert.deepEqual(start(files), []);
  });

  it('is not kept where NODE_DISABLE_COMPILE_CACHE is set, nor where it cannot be', () => {
    start(files, ['plan'], { NODE_DISABLE_COMPILE_CACHE: '1' });
    assert.equal(existsSync(folder), false);
    writeFileSync(folder, '');
    assert.deepEqual(start(files), []);
    assert.equal(readFileSync(folder, 'utf8'), '');
  });
});
