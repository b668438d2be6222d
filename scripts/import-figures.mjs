// How much of real configurations `edgewg import` takes over: of the lines that concern a WireGuard interface, by what they configure,
// those that the site file says and those that it lists as not for a site file. The rest is printed: it must be in the file in other words.
//
//   node scripts/import-figures.mjs FOLDER…    folders of configurations, searched with their subfolders
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { importSite } from '../dist/src/import/import.js';
import { deriveWanted } from '../dist/src/objects/all.js';
import { loadSite } from '../dist/src/site/load.js';
import { redact } from '../dist/src/vyatta/redact.js';
import { readConfiguration } from '../dist/src/vyatta/running.js';
import { find, leaves, startsWith, value, values } from '../dist/src/vyatta/tree.js';

const folders = process.argv.slice(2);
if (folders.length === 0) {
  process.stderr.write('usage: node scripts/import-figures.mjs FOLDER…\n');
  process.exit(64);
}

const filesOf = folder =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(boot|commands)$/.test(name))
    .map(name => join(folder, name));

/** As a router printed it; else what a guide lets people type, with its `edit` and without its comments. */
function read(file) {
  const bytes = readFileSync(file);
  try {
    return redact(readConfiguration(bytes, file));
  } catch {
    const lines = bytes.toString('utf8').split('\n');
    const text = file.endsWith('.boot')
      ? lines.filter(line => !/^\s*#/.test(line)).join('\n')
      : typed(lines).join('\n');
    return redact(readConfiguration(Buffer.from(`${text}\n`), file));
  }
}

function typed(lines) {
  const found = [];
  const levels = [];
  for (const line of lines.map(one => one.trim().replace(/^\S*[#$] (?=set|edit)/, ''))) {
    const [, word, rest = ''] = /^(set|edit|exit|top|up)\b\s*(.*)$/.exec(line) ?? [];
    if (word === 'edit') levels.push(rest);
    else if (word === 'set') found.push(`set ${[...levels, rest].join(' ')}`);
    else if (word !== undefined) levels.pop();
  }
  return found;
}

/** The nodes that belong to its tunnels, whether they name one or not: rules of NAT, tables, what sends packets there, groups of all these. */
function relatedNodes(tree, tunnels) {
  const naming = node => [...leaves(node)].some(({ path }) => path.some(word => tunnels.has(word)));
  const below = (...path) => values(tree, path).map(word => [...path, word]);
  const rules = below('service', 'nat', 'rule').filter(path => naming(find(tree, path)));
  const tables = below('protocols', 'static', 'table').filter(path => naming(find(tree, path)));
  const numbers = new Set(tables.map(path => path.at(-1)));
  const senders = ['modify', 'ipv6-modify']
    .flatMap(kind => below('firewall', kind))
    .flatMap(set => below(...set, 'rule'))
    .filter(path => numbers.has(value(tree, [...path, 'modify', 'table'])));
  const sets = new Set(senders.map(path => path[2]));
  const attached = [...leaves(tree)]
    .map(({ path }) => path)
    .filter(path => path[0] === 'interfaces' && sets.has(path.at(-1)) && path.includes('firewall'));
  const groups = [...rules, ...senders].flatMap(path =>
    [...leaves(find(tree, path))]
      .filter(leaf => leaf.path.includes('group'))
      .map(({ path: [, , kind = '', name = ''] }) => ['firewall', 'group', kind, name.replace(/^!/, '')]),
  );
  return [...rules, ...tables, ...senders, ...attached, ...groups].filter(
    path => find(tree, path) !== undefined,
  );
}

const rootOf = path => {
  if (path[0] === 'interfaces')
    return path.includes('wireguard') ? 'interfaces wireguard' : 'interfaces, others';
  if (path[0] === 'protocols') return path.slice(0, path[1] === 'static' ? 3 : 2).join(' ');
  return path.slice(0, path[0] === 'zone-policy' ? 1 : 2).join(' ');
};

const totals = new Map();
const files = [];
/** In the file in other words, as a list with commas is, or an address with its host bits; or `log disable`, which says nothing. */
const others = [];
for (const file of folders.flatMap(filesOf)) {
  let running;
  try {
    running = read(file);
  } catch {
    continue;
  }
  const tunnels = new Set(values(running, ['interfaces', 'wireguard']));
  if (tunnels.size === 0) continue;
  let found;
  try {
    found = importSite({ running }, { host: '192.0.2.1' }, { manages: false, file: 'site.yaml', checks: [] });
  } catch (error) {
    process.stderr.write(`${file}: ${error.message}\n`);
    continue;
  }
  const { site, place } = loadSite(found.text, 'site.yaml');
  const keyPath = source => (source.kind === 'router' ? source.path : undefined);
  const wanted = deriveWanted(site, path => place(path), running, keyPath).tree;
  const related = relatedNodes(running, tunnels);
  const listed = new Set(found.unmanaged.map(({ line }) => line));
  const isAbout = path =>
    path.some(word => tunnels.has(word)) || related.some(node => startsWith(path, node));
  let [said, unsaid] = [0, 0];
  for (const { path, node } of leaves(running)) {
    if (!isAbout(path)) continue;
    const root = rootOf(path);
    const count = totals.get(root) ?? { lines: 0, said: 0, listed: 0 };
    totals.set(root, count);
    const isSaid = find(wanted, path) !== undefined;
    count.lines++;
    if (isSaid) count.said++;
    else if (listed.has(node.line)) count.listed++;
    else others.push(`${basename(file)}: ${path.join(' ')}`);
    if (isSaid) said++;
    else unsaid++;
  }
  files.push({ file, said, unsaid, listed: found.unmanaged.length });
}

const row = (...cells) =>
  `${cells.map((cell, i) => (i === 0 ? String(cell).padEnd(34) : String(cell).padStart(8))).join(' ')}\n`;
process.stdout.write(row('lines about a tunnel', 'all', 'said', 'listed'));
const sum = { lines: 0, said: 0, listed: 0 };
for (const [root, { lines, said, listed }] of [...totals].sort((a, b) => b[1].lines - a[1].lines)) {
  process.stdout.write(row(root, lines, said, listed));
  sum.lines += lines;
  sum.said += said;
  sum.listed += listed;
}
process.stdout.write(row(`all of ${files.length} configurations`, sum.lines, sum.said, sum.listed));
const allListed = files.reduce((all, one) => all + one.listed, 0);
process.stdout.write(`listed as not for a site file: ${allListed}\n`);
process.stdout.write(`in other words: ${others.length}\n${others.map(one => `  ${one}\n`).join('')}`);
