// Puts the built program and the libraries that it needs into a few files, since three hundred small ones take longer to load than
// most plans to make. ssh2 stays outside, for its optional native parts. Commands keep to what they use: each import() is a file.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const out = 'dist/bundle';

/** What yargs measures texts with loads all of Unicode's rules when it is imported; only a help text needs them. */
const lateSegmenter = {
  name: 'late-segmenter',
  setup: ({ onLoad }) =>
    onLoad({ filter: /node_modules\/.*(string-width|wrap-ansi|cliui)\/.*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(
        /^const segmenter = (new Intl\.Segmenter\(.*\));$/m,
        'let made; const segmenter = { segment: text => (made ??= $1).segment(text) };',
      ),
    })),
};

rmSync(out, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ['dist/src/main.js'],
  outdir: out,
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['ssh2'],
  // some libraries are CommonJS and ask for Node's own modules
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  legalComments: 'none',
  plugins: [lateSegmenter],
  logLevel: 'warning',
  metafile: true,
});

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
