// Puts the built program and the libraries that it needs into a few small files, since hundreds take longer to load than most plans to
// make, and one holds more than any command needs: each command has a file, what several need another, and so have the lab, the cluster
// and SSH, which a plan from a snapshot never loads. A start that needs none of it is a file of its own.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build, transform } from 'esbuild';

const out = 'dist/bundle';
/** What becomes a file of its own where it is imported by import(); whatever else is, goes into the file of who imports it. */
const parts =
  /from table|\/(plan\/saved|types\/origin-schema|lab\/lab|cluster\/[\w-]+|import\/[\w-]+|ssh\/connection|uqr)(\.js)?$/;

/** What is imported as a whole, `import * as`, and loaded when something of it is used: what is wrong with a file, and zod for it. */
const late = { wrong: 'dist/src/site/wrong.js', 'origin-schema': 'dist/src/plan/types/origin-schema.js' };
const lateImport = new RegExp(
  `import \\* as (\\w+) from '[^']*/(${Object.keys(late).join('|')})\\.js';`,
  'g',
);

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

/** Keeps import() for {@link parts}; the rest is loaded when it is asked for as well, from the same file. */
const chosenParts = {
  name: 'chosen-parts',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^late:/ }, ({ path }) => ({ path: path.slice(5), external: true }));
    onLoad({ filter: /dist\/src\/.*\.js$/ }, ({ path }) => {
      const from = path.endsWith('/commands/table.js') ? 'from table' : '';
      const text = readFileSync(path, 'utf8').replace(
        lateImport,
        (_, name, file) =>
          `const ${name} = new Proxy({}, { get: (_, key) => require('late:./${file}.cjs')[key] });`,
      );
      return {
        contents: text.replace(/\bimport\((['"])([^'"]+)\1\)/g, (whole, _, target) =>
          parts.test(from || target) || target.startsWith('node:')
            ? whole
            : `Promise.resolve().then(() => require('${target}'))`,
        ),
      };
    });
  },
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const common = { platform: 'node', target: 'node20', minify: true, charset: 'ascii', legalComments: 'none' };
const ownUrl = "const ownUrl=require('node:url').pathToFileURL(__filename).href;";
const bundled = { ...common, bundle: true, define: { 'import.meta.url': 'ownUrl' }, logLevel: 'warning' };
await build({
  ...bundled,
  format: 'cjs',
  banner: { js: ownUrl },
  entryPoints: ['dist/src/main.js'],
  outfile: `${out}/main.cjs`,
});
// only modules can be taken apart; each part is then made CommonJS, which Node.js loads faster
const { metafile, outputFiles } = await build({
  ...bundled,
  format: 'esm',
  splitting: true,
  entryPoints: { program: 'dist/src/cli.js', ...late },
  outdir: out,
  outExtension: { '.js': '.cjs' },
  chunkNames: '[name]-[hash]',
  // ssh2's native parts are optional, and Node.js has the same ciphers
  external: ['cpu-features', '*.node'],
  plugins: [ownMeasure, chosenParts],
  metafile: true,
  write: false,
});
for (const { path, text } of outputFiles) {
  const { code } = await transform(text, {
    ...common,
    format: 'cjs',
    supported: { 'dynamic-import': false },
  });
  writeFileSync(path, text.includes('ownUrl') ? ownUrl + code : code);
}

/** The folders of the libraries of which something is in the bundle. */
const libraries = new Set(
  Object.values(metafile.outputs)
    .flatMap(output => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []),
);
writeFileSync(`${out}/LICENSES.txt`, [...libraries].sort().map(licence).join('\n'));

function licence(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
}
