// Writes docs/contributing/dependencies.md from CONTRIBUTING.md and package-lock.json: the libraries that are part of edgewg, and who asks for
// them.
// With --check it writes nothing, and fails when the file is another.
import { readFileSync, writeFileSync } from 'node:fs';

const read = name => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const { devDependencies } = JSON.parse(read('package.json'));
const { packages } = JSON.parse(read('package-lock.json'));

/** The reasons stand in CONTRIBUTING.md, once. */
const reasons = new Map(
  [...read('CONTRIBUTING.md').matchAll(/^\| (?!package |-)([a-z0-9@/-]+) +\| (.+?) +\|$/gm)].map(
    ([, name, why]) => [name, why],
  ),
);

/** Where `name` is found by what lies at `path`, as Node looks for it. */
function resolve(path, name) {
  for (let folder = path; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    const found = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[found] !== undefined) return found;
    if (!folder.includes('/node_modules/')) {
      return packages[`node_modules/${name}`] === undefined ? undefined : `node_modules/${name}`;
    }
  }
}

/** Every package below these, with those that ask for it; optional ones are marked. */
function tree(names) {
  const found = new Map();
  const visit = (path, by, isOptional) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const key = `${name} ${packages[path].version}`;
    const known = found.get(key);
    if (known !== undefined) {
      known.by.add(by);
      known.isOptional &&= isOptional;
      return;
    }
    found.set(key, {
      name,
      version: packages[path].version,
      license: packages[path].license ?? '-',
      by: new Set([by]),
      isOptional,
    });
    const { dependencies: needs = {}, optionalDependencies: may = {} } = packages[path];
    for (const [list, optional] of [
      [needs, isOptional],
      [may, true],
    ])
      for (const below of Object.keys(list)) {
        const at = resolve(path, below);
        if (at !== undefined) visit(at, name, optional);
      }
  };
  for (const name of names) visit(`node_modules/${name}`, '', false);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** As the formatter has it. */
function table(...rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map(row => row[i].length)));
  const line = cells => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  const [head, ...rest] = rows;
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

const names = [...reasons.keys()];
const gone = names.filter(name => devDependencies[name] === undefined);
if (gone.length > 0)
  throw new Error(`CONTRIBUTING.md has a reason for ${gone.join(', ')}, package.json hasn't them`);
const all = tree(names);
const direct = all.filter(({ name }) => names.includes(name));
const rest = all.filter(({ name }) => !names.includes(name));

const text = `# Dependencies

Made by \`npm run dependencies\` from CONTRIBUTING.md and package-lock.json; a test holds it up to date.

An installed edgewg is one package without dependencies: these libraries are in its bundle, at these versions, with their licences in
dist/bundle/LICENSES.txt. For a build, \`npm ci\` installs them and the development tools without running a script of theirs: no package has
to be built. ssh2's native parts (cpu-features, and its own cipher module) are optional, not in the bundle, and it goes without them.

## What edgewg is built on

${table(
  ['package', 'version', 'license', 'why'],
  ...direct.map(({ name, version, license, by }) => [
    name,
    version,
    license,
    `${reasons.get(name)}${by.size > 1 ? ` (also for ${[...by].filter(one => one !== '').join(', ')})` : ''}`,
  ]),
)}

## What these bring along

${table(
  ['package', 'version', 'license', 'for'],
  ...rest.map(({ name, version, license, by, isOptional }) => [
    name,
    version,
    license,
    `${[...by].join(', ')}${isOptional ? ' (optional)' : ''}`,
  ]),
)}
`;

const file = new URL('../docs/contributing/dependencies.md', import.meta.url);
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.error('docs/contributing/dependencies.md is not up to date: npm run dependencies');
    process.exitCode = 1;
  }
} else writeFileSync(file, text);
