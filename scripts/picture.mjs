// Draws the README's picture of a plan, docs/plan.svg, from what edgewg really prints for the site file that the README shows:
// node scripts/picture.mjs [FILE]. Colours are the terminal's, on light and on dark pages alike.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = new URL('..', import.meta.url);
const path = name => fileURLToPath(new URL(name, project));
const target = process.argv[2] ?? path('docs/plan.svg');

/** Of the plan: the tunnel whole, and from the commands on only the end. */
const head = 20;
const size = { letter: 7.8, line: 18, margin: 18, top: 44 };
const colors = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341', 36: '#79c0ff' };

function planText() {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-picture-'));
  try {
    const site = /```yaml\n(# yaml-language-server.*?)```/s.exec(
      readFileSync(path('README.md'), 'utf8'),
    )?.[1];
    if (site === undefined) throw new Error('README.md shows no site file');
    writeFileSync(join(folder, 'edgewg.yaml'), site);
    const words = [
      path('bin/edgewg.js'),
      'plan',
      '--commands',
      '--running',
      path('fixtures/blog/router.commands'),
    ];
    const env = { PATH: process.env.PATH, HOME: folder, FORCE_COLOR: '1', COLUMNS: '90' };
    const ran = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8', env });
    if (ran.status !== 0) throw new Error(`edgewg plan: exit ${ran.status}\n${ran.stderr}`);
    return ran.stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const bare = line => line.replace(/\u001b\[\d+m/g, '');

function shown(text) {
  const lines = text.trimEnd().split('\n');
  const commands = lines.findIndex(line => bare(line) === 'Commands:');
  return [
    ...lines.slice(0, head),
    '',
    '…',
    '',
    ...lines.slice(commands, commands + 5),
    '    …',
    '',
    lines.at(-1),
  ];
}

/** Runs of one colour and weight. */
function spans(line) {
  let [color, bold, dim] = [undefined, false, false];
  return line.split(/(\u001b\[\d+m)/).flatMap(part => {
    const code = /^\u001b\[(\d+)m$/.exec(part)?.[1];
    if (code === undefined) return part === '' ? [] : [{ text: part, color, bold, dim }];
    if (code === '1') bold = true;
    else if (code === '2') dim = true;
    else if (code === '22') bold = dim = false;
    else color = colors[code];
    return [];
  });
}

const escaped = text => text.replace(/[&<>]/g, char => `&#${char.charCodeAt(0)};`);

function textOf(line, number) {
  const parts = spans(line).map(({ text, color, bold, dim }) => {
    const style = [
      color === undefined ? '' : ` fill="${color}"`,
      bold ? ' font-weight="700"' : '',
      dim ? ' opacity="0.6"' : '',
    ];
    return `<tspan${style.join('')}>${escaped(text)}</tspan>`;
  });
  return `<text x="${size.margin}" y="${size.top + size.line * (number + 1)}" xml:space="preserve">${parts.join('')}</text>`;
}

const lines = ['$ edgewg plan --commands', ...shown(planText())];
const width = Math.ceil(Math.max(...lines.map(line => bare(line).length)) * size.letter) + 2 * size.margin;
const height = size.top + size.line * (lines.length + 1);
const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
  (fill, i) => `<circle cx="${size.margin + 8 + i * 20}" cy="20" r="6" fill="${fill}"/>`,
);
writeFileSync(
  target,
  `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>edgewg plan of a tunnel to a server</title>',
    '<style>text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#e6edf3}</style>',
    `<rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>`,
    ...dots,
    ...lines.map(textOf),
    '</svg>',
  ].join('\n')}\n`,
);
