// `npm run build`: everything below dist, in one go, and nothing at all where dist is of these sources already, so that every suite can
// begin with it. What was built from is known by the digest of its files, which stands in dist/.sources.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const stamp = 'dist/.sources';
/** What the steps read; data that tests read as they run is not built. */
const sources = ['src', 'test', 'scripts', 'docs', 'package.json', 'package-lock.json', 'tsconfig.json'];
/** What the last steps write: dist may have been taken apart by hand. */
const results = ['dist/src/help.txt', 'dist/docs/safety.txt', 'dist/edgewg.1', 'dist/bundle/main.cjs'];
const steps = [
  ['node_modules/typescript/bin/tsc'],
  ['scripts/copy-shell.mjs'],
  ['scripts/write-help.mjs'],
  ['scripts/write-topics.mjs'],
  ['scripts/manual.mjs', 'man', 'dist/edgewg.1'],
  ['scripts/bundle.mjs'],
];

function* filesOf(path) {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries)
    if (!entry.isDirectory()) yield `${path}/${entry.name}`;
    else if (entry.name !== 'node_modules') yield* filesOf(`${path}/${entry.name}`);
}

function digest() {
  const hash = createHash('sha256').update(process.version);
  for (const source of sources)
    for (const file of source.includes('.') ? [source] : filesOf(source)) {
      const text = readFileSync(file);
      hash.update(`${file} ${text.length}\n`).update(text);
    }
  return hash.digest('hex');
}

/** The compiler leaves what it made of a file that is gone, and the tests among it would run. */
function removeStale() {
  for (const folder of ['src', 'test'].filter(name => existsSync(`dist/${name}`)))
    for (const file of filesOf(`dist/${folder}`)) {
      const source = file.replace(/^dist\/(.*)\.js(\.map)?$/, '$1.ts');
      if (source !== file && !existsSync(source)) rmSync(file);
    }
}

const wanted = digest();
const isBuilt =
  existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && results.every(file => existsSync(file));
if (!isBuilt) {
  rmSync(stamp, { force: true });
  removeStale();
  for (const step of steps) {
    const { status } = spawnSync(process.execPath, step, { stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
  writeFileSync(stamp, wanted);
}
