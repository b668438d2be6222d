// The manual from the definitions that --help is made of, and from the schema: `man` (roff, the man page), `cli` and `site` (markdown, for
// docs/). Prints to stdout; the build writes the man page, a test holds the two documents to it.
import { readFileSync, writeFileSync } from 'node:fs';
import { common, groupsOf } from '../dist/src/cli/manual.js';
import { siteJsonSchemaText } from '../dist/src/site/json-schema.js';

const commands = await groupsOf();
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [what, file] = process.argv.slice(2);

/** `-f, --file`, and what stands for its value. */
function flag(name, { alias, type, choices, default: standard, defaultDescription: otherwise = standard }) {
  const short = alias === undefined ? '' : `-${alias}, `;
  const value =
    type === 'boolean'
      ? ''
      : ` ${choices === undefined ? name.toUpperCase().replaceAll('-', '_') : choices.join('|')}`;
  return { text: `${short}--${name}${value}`, otherwise };
}

function cli() {
  const out = [
    '# Commands\n',
    '<!-- Written by `node scripts/manual.mjs cli`; edit the definitions in src/commands instead. -->\n',
    'Every option can also be given as `EDGEWG_<OPTION>`. [reference.md](reference.md) says what the commands do with a router, and the exit codes.\n',
    '## Options of every command\n',
    ...Object.entries(common).map(([name, option]) => item(name, option)),
  ];
  for (const { usage, describe, positionals, options, examples } of commands) {
    out.push(`\n## \`edgewg ${usage}\`\n`, `${sentence(describe)}\n`);
    for (const [name, positional] of Object.entries(positionals))
      out.push(`- \`${name}\`: ${meaning(positional)}`);
    out.push(...Object.entries(options).map(([name, option]) => item(name, option)));
    if (examples.length > 0)
      out.push('\nExamples:\n', ...examples.map(([line, why]) => `- \`${line}\`: ${why}`));
  }
  return `${out.join('\n')}\n`;
}

function item(name, option) {
  const { text, otherwise } = flag(name, option);
  const standard = otherwise === undefined ? '' : ` (default: ${otherwise})`;
  return `- \`${text}\`: ${option.describe}${standard}`;
}

const meaning = ({ describe, defaultDescription: standard }) =>
  `${describe ?? ''}${standard === undefined ? '' : ` (default: ${standard})`}`;

const sentence = text => `${text[0].toUpperCase()}${text.slice(1)}.`;

/** Roff: backslashes and hyphens that must stay hyphens, and no line that begins with a dot or a quote. */
const roff = text =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(['.])/gm, '\\&$1')
    .replace(
      /[^\x00-\x7f]/gu,
      char => `\\[u${char.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );

function man() {
  const out = [
    `.TH EDGEWG 1 "" "edgewg ${version}" "User Commands"`,
    '.SH NAME',
    'edgewg \\- provision WireGuard on Ubiquiti EdgeRouters from one reviewed YAML file',
    '.SH SYNOPSIS',
    '.B edgewg\n.I command\n[options]',
    '.SH DESCRIPTION',
    'edgewg reads the running configuration of an EdgeRouter over SSH, shows how it differs from a site file, and lets the router make the change in one session that always ends in the old configuration or in the new one.',
    '.SH COMMANDS',
  ];
  for (const { usage, describe, positionals, options, examples } of commands) {
    out.push('.SS', `edgewg ${roff(usage)}`, `${roff(sentence(describe))}`);
    for (const [name, positional] of Object.entries(positionals))
      out.push('.TP', `.I ${roff(name)}`, roff(meaning(positional)));
    out.push(...Object.entries(options).flatMap(([name, option]) => tagged(name, option)));
    for (const [line, why] of examples) out.push('.PP', `.EX\n${roff(line)}\n.EE`, roff(why));
  }
  out.push(
    '.SH OPTIONS OF EVERY COMMAND',
    ...Object.entries(common).flatMap(([name, option]) => tagged(name, option)),
  );
  out.push(
    '.SH ENVIRONMENT',
    roff(
      "Every option can also be given as EDGEWG_<OPTION>. NO_COLOR and FORCE_COLOR are heeded. EDGEWG_HOST_KEY pins the router's host key, EDGEWG_PASSWORD is the login's password.",
    ),
  );
  out.push('.SH EXIT STATUS');
  for (const [code, text] of exits()) out.push('.TP', `.B ${roff(code)}`, roff(text));
  out.push(
    '.SH FILES',
    '.TP',
    '.I edgewg.yaml',
    'the site file, where \\-\\-file names no other',
    '.TP',
    '.I $XDG_STATE_HOME/edgewg',
    'records of the applies made here',
  );
  return `${out.join('\n')}\n`;
}

function tagged(name, option) {
  const { text, otherwise } = flag(name, option);
  return [
    '.TP',
    `.B ${roff(text)}`,
    roff(`${option.describe}${otherwise === undefined ? '' : ` (default: ${otherwise})`}`),
  ];
}

/** The table of docs/reference.md, which is where exit codes are defined. */
function exits() {
  const text = readFileSync(new URL('../docs/reference.md', import.meta.url), 'utf8');
  const table = /## Exit codes\n+((?:\|.*\n)+)/.exec(text)[1].split('\n').slice(2);
  return table.filter(Boolean).map(row =>
    row
      .split('|')
      .map(cell => cell.trim().replaceAll('`', ''))
      .slice(1, 3),
  );
}

function site() {
  const schema = JSON.parse(siteJsonSchemaText());
  const out = [
    '# The site file, key by key\n',
    '<!-- Written by `node scripts/manual.mjs site`; edit the schema in src/site/schema instead. -->\n',
    '`edgewg schema` prints the same as a JSON Schema, for editors ([editors.md](editors.md)). NAME stands for a name of your own.\n',
    '| key | value | what it says |',
    '| --- | --- | --- |',
  ];
  const rows = [];
  walk(schema, '', schema, rows);
  out.push(...rows);
  return `${out.join('\n')}\n`;
}

function walk(node, path, root, rows) {
  const resolved = resolve(node, root);
  for (const [key, below] of Object.entries(resolved.properties ?? {}))
    visit(below, path === '' ? key : `${path}.${key}`, root, rows, (resolved.required ?? []).includes(key));
  const any = resolved.additionalProperties;
  if (typeof any === 'object') visit(any, `${path}.NAME`, root, rows, false);
  for (const choice of resolved.anyOf ?? [])
    if (resolve(choice, root).properties !== undefined) walk(choice, path, root, rows);
}

function visit(node, path, root, rows, isRequired) {
  const found = resolve(node, root);
  const text = cell(node.description ?? found.description ?? '');
  rows.push(`| \`${path}\` | ${cell(kind(found, root))} | ${text}${isRequired ? ' Required.' : ''} |`);
  walk(found, path, root, rows);
}

const resolve = (node, root) =>
  node.$ref === undefined
    ? node
    : node.$ref
        .slice(2)
        .split('/')
        .reduce((at, step) => at[step], root);

const cell = text => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function kind(node, root) {
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.enum !== undefined) return node.enum.map(word => `\`${word}\``).join(', ');
  if (node.anyOf !== undefined)
    return [...new Set(node.anyOf.map(one => kind(resolve(one, root), root)))].join(' or ');
  if (node.type === 'array') return `list of ${kind(resolve(node.items ?? {}, root), root)}`;
  if (node.type === 'integer') return `number, ${node.minimum} to ${node.maximum}`;
  if (node.type === 'object') return 'map';
  if (node.type === 'boolean') return 'true or false';
  const example = node.examples?.[0];
  return example === undefined ? (node.type ?? 'any') : `text, such as \`${example}\``;
}

const text = what === 'man' ? man() : what === 'site' ? site() : cli();
if (file === undefined) process.stdout.write(text);
else writeFileSync(file, text);
