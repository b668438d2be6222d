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

/** What libraries load at every start, and nobody asks for. */
const stubs = {
  // yargs measures the texts of its help, which are ours, with all of Unicode's rules: 40 ms
  'string-width': "export { columns as default } from './dist/src/report/visible.js';",
  // yargs looks for a package.json to take a version from, which it is never asked for, and prints what it didn't find
  'escalade/sync': 'export default () => undefined;',
  assert: `
    export const notStrictEqual = (a, b, text) => { if (Object.is(a, b)) throw new Error(text); };
    export const strictEqual = (a, b, text) => { if (!Object.is(a, b)) throw new Error(text); };`,
  // chalk asks the environment for its colours, which are always given to it
  '#supports-color': 'export default { stdout: false, stderr: false };',
};
const ownStubs = {
  name: 'own-stubs',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(string-width|escalade\/sync|assert|#supports-color)$/ }, ({ path, importer }) =>
      path === 'assert' && !/\/yargs\//.test(importer) ? undefined : { path, namespace: 'stub' },
    );
    onLoad({ filter: /./, namespace: 'stub' }, ({ path }) => ({
      contents: stubs[path],
      resolveDir: process.cwd(),
    }));
  },
};

/** What of Node.js a plan doesn't use, or not at once; each loads a dozen parts of it. Loaded when something of it is used. */
const lateNode =
  /=require\(("node:(?:child_process|crypto|dns\/promises|fs\/promises|net|readline(?:\/promises)?|stream|timers\/promises|tty|zlib)")\)(?=[,;])/g;
const lateHead = 'const later=name=>new Proxy({},{get:(_,key)=>require(name)[key]});';

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
  plugins: [ownStubs, chosenParts],
  metafile: true,
  write: false,
});
for (const { path, text } of outputFiles) {
  const { code } = await transform(text, {
    ...common,
    format: 'cjs',
    supported: { 'dynamic-import': false },
  });
  const late = code.replace(lateNode, '=later($1)');
  const heads = [text.includes('ownUrl') && ownUrl, late !== code && lateHead].filter(Boolean);
  writeFileSync(path, heads.join('') + late);
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
