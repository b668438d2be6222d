// Puts the built program and the libraries that it needs into one file, since three hundred small ones take longer to load than most
// plans to make; what import() names runs when it is asked for. Then has V8 compile it (scripts/compile.mjs). A start that needs none of
// it is a file of its own.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const out = 'dist/bundle';

/** yargs measures the texts of its help, which are ours, with libraries that load all of Unicode's rules: 40 ms of every start. */
const ownMeasure = {
  name: 'own-measure',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^string-width$/ }, () => ({ path: 'string-width', namespace: 'own-measure' }));
    onLoad({ filter: /./, namespace: 'own-measure' }, () => ({
      contents: "export { columns as default } from './dist/src/report/visible.js';",
      resolveDir: process.cwd(),
    }));
  },
};

rmSync(out, { recursive: true, force: true });
const common = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  define: { 'import.meta.url': 'ownUrl' },
  banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
  legalComments: 'none',
  logLevel: 'warning',
};
await build({ ...common, entryPoints: ['dist/src/main.js'], outfile: `${out}/main.cjs` });
const { metafile } = await build({
  ...common,
  entryPoints: ['dist/src/cli.js'],
  outfile: `${out}/program.cjs`,
  supported: { 'dynamic-import': false },
  // ssh2's native parts are optional, and Node.js has the same ciphers
  external: ['cpu-features', '*.node'],
  plugins: [ownMeasure],
  metafile: true,
});

// src/program.ts reads it a byte a character; esbuild leaves what is in comments and regular expressions as it was
const bundled = readFileSync(`${out}/program.cjs`, 'utf8');
writeFileSync(`${out}/program.cjs`, bundled.replace(/[^\x00-\x7f]/g, escapedUnit), 'ascii');

/** For each half of a pair, so that a character beyond 16 bits stands there as two. */
function escapedUnit(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The folders of the libraries of which something is in the bundle. */
const libraries = new Set(
  Object.values(metafile.outputs)
    .flatMap(output => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []),
);
writeFileSync(`${out}/LICENSES.txt`, [...libraries].sort().map(licence).join('\n'));

const compiled = spawnSync(process.execPath, ['scripts/compile.mjs'], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (compiled.status !== 0) throw new Error('scripts/compile.mjs failed');

function licence(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
}
