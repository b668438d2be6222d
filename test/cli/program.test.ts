import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHere } from '../support/run-here.ts';

describe('the bundled program', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgewg-program-'));
    for (const path of ['bin', 'dist/bundle', 'package.json'])
      cpSync(path, join(folder, path), { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (env: Record<string, string> = {}): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [join(folder, 'bin/edgewg.js'), 'plan', '--help'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder, ...env },
    });

  it('needs no library beside it', () => {
    const { status, stdout, stderr } = run();
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.match(stdout, /^edgewg plan/);
  });

  it('says the same as its source, signs that are no letters of ASCII too', async () => {
    const blog = ['-f', 'fixtures/blog/site.yaml', '--running', 'fixtures/blog/router.commands'];
    for (const words of [
      ['plan', ...blog, '--format', 'markdown'],
      ['graph', ...blog, '--format', 'mermaid'],
    ]) {
      const here = await runHere(words);
      const env = { PATH: process.env['PATH'], HOME: folder, NODE_DISABLE_COMPILE_CACHE: '1' };
      const bundled = spawnSync(process.execPath, [join(folder, 'bin/edgewg.js'), ...words], {
        encoding: 'utf8',
        env,
      });
      assert.match(here.stdout, /[…−→]/);
      assert.equal(bundled.stdout, here.stdout);
      assert.equal(bundled.status, here.exit);
    }
  });

  it('runs where nothing can be kept of what was compiled', () => {
    writeFileSync(join(folder, 'file'), '');
    const { status, stderr } = run({ XDG_CACHE_HOME: join(folder, 'file') });
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });

  it('has many routers at once without a warning of Node.js', async () => {
    mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
    writeFileSync(join(folder, '.ssh/config'), 'ConnectTimeout 1\n', { mode: 0o600 });
    // of a process that waits for another one: it takes connections, and says nothing
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const sites = Array.from({ length: 12 }, (_, i) => join(folder, `r${i}.yaml`));
    for (const site of sites)
      writeFileSync(site, `version: 1\nrouter: { host: 127.0.0.1, port: ${port} }\ntunnels: {}\n`);
    const words = [join(folder, 'bin/edgewg.js'), 'plan', ...sites, '--jobs', '12'];
    // what it loads isn't kept for the tests below
    const env = { PATH: process.env['PATH'], HOME: folder, NODE_DISABLE_COMPILE_CACHE: '1' };
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', env });
    silent.close();
    assert.equal(stderr, '');
    assert.equal(stdout.match(/didn't answer within 1 s/g)?.length, 12, stdout);
    assert.equal(status, 4);
  });

  it('loads no SSH, no lab and no cluster for a plan from a snapshot', () => {
    const names = readdirSync(join(folder, 'dist/bundle'));
    for (const part of ['lab', 'connection', 'cluster'])
      assert.ok(
        names.some(name => name.startsWith(`${part}-`)),
        part,
      );
    const words = ['plan', '-f', 'fixtures/blog/site.yaml', '--running', 'fixtures/blog/router.commands'];
    const cache = join(folder, 'one-run');
    const { stderr } = spawnSync(process.execPath, [join(folder, 'bin/edgewg.js'), ...words], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder, NODE_DEBUG: 'module', XDG_CACHE_HOME: cache },
    });
    const [kept = ''] = readdirSync(join(cache, 'edgewg'));
    const bytes = readFileSync(join(cache, 'edgewg', kept));
    const head = bytes.toString('latin1', 8, 8 + bytes.readUInt32LE(0));
    const loaded = [...head.matchAll(/"key":"([\w-]+\.cjs) /g)].map(found => found[1] ?? '');
    assert.ok(
      loaded.some(name => name.startsWith('plan-')),
      head,
    );
    const ofNode = [...stderr.matchAll(/load built-in module node:(\S+)/g)].map(found => found[1] ?? '');
    assert.ok(ofNode.includes('fs'), stderr.slice(0, 2000));
    assert.deepEqual(
      ofNode.filter(name => /^(crypto|child_process|readline.*|net|tty)$/.test(name)),
      [],
    );
    assert.deepEqual(
      loaded.filter(name => /^(lab|connection|cluster)-/.test(name)),
      [],
    );
  });

  it('says of a clone that is not built how to build it', () => {
    rmSync(join(folder, 'dist'), { recursive: true });
    const { status, stderr } = run();
    assert.equal(status, 1);
    assert.match(stderr, /not built\n.*npm ci && npm run build/);
  });
});
