// Renders Markdown of edgewg as a reader on GitHub sees it, to PNGs for light and dark pages, in Debian's chromium:
// node scripts/render-markdown.mjs plan.md OUT-FOLDER [--open]. First, once: npm ci --prefix scripts/render
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { marked } from 'marked';

const [source, out = '.', ...flags] = process.argv.slice(2);
const modules = new URL('render/node_modules/', import.meta.url);
if (source === undefined || !existsSync(modules)) {
  console.error(
    'usage: node scripts/render-markdown.mjs FILE [OUT] [--open]; first: npm ci --prefix scripts/render',
  );
  process.exit(3);
}
const width = 900;

/** GitHub's boxes, which are no part of Markdown. */
const alerts = {
  NOTE: '#0969da',
  TIP: '#1a7f37',
  IMPORTANT: '#8250df',
  WARNING: '#9a6700',
  CAUTION: '#cf222e',
};
const withAlerts = html =>
  html.replace(
    /<blockquote>\s*<p>\[!(\w+)\]\s*/g,
    (_, kind) =>
      `<blockquote class="alert" style="border-left-color:${alerts[kind]}"><p><strong style="color:${alerts[kind]}">${kind[0]}${kind.slice(1).toLowerCase()}</strong></p><p>`,
  );

const diffColors = html =>
  html.replace(/<pre><code class="language-diff">([\s\S]*?)<\/code><\/pre>/g, (_, text) => {
    const lines = text.split('\n').map(line => {
      const kind = line.startsWith('@@')
        ? 'meta'
        : line.startsWith('+')
          ? 'add'
          : line.startsWith('-')
            ? 'del'
            : '';
      return kind === '' ? line : `<span class="${kind}">${line}</span>`;
    });
    return `<pre><code>${lines.join('\n')}</code></pre>`;
  });

function page(markdown, theme) {
  const opened = flags.includes('--open') ? markdown.replaceAll('<details>', '<details open>') : markdown;
  const html = diffColors(withAlerts(marked.parse(opened, { gfm: true }))).replace(
    /<pre><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g,
    '<pre class="mermaid">$1</pre>',
  );
  const css = readFileSync(new URL(`github-markdown-css/github-markdown-${theme}.css`, modules), 'utf8');
  return `<!doctype html><meta charset="utf-8"><style>${css}
    body { margin: 0; padding: 24px; background: ${theme === 'dark' ? '#0d1117' : '#fff'} }
    .markdown-body { max-width: ${width - 48}px }
    .markdown-body pre.mermaid { background: transparent; text-align: center }
    .meta { color: ${theme === 'dark' ? '#d2a8ff' : '#8250df'}; font-weight: 600 }
    .add { color: ${theme === 'dark' ? '#aff5b4' : '#116329'}; background: ${theme === 'dark' ? '#033a16' : '#dafbe1'} }
    .del { color: ${theme === 'dark' ? '#ffdcd7' : '#82071e'}; background: ${theme === 'dark' ? '#67060c' : '#ffebe9'} }
    </style><article class="markdown-body">${html}</article>
    <script src="${new URL('mermaid/dist/mermaid.min.js', modules)}"></script>
    <script>
      mermaid.initialize({ startOnLoad: false, securityLevel: 'strict', theme: '${theme === 'dark' ? 'dark' : 'default'}' });
      mermaid.run().then(() => 'drawn', error => 'FAILED ' + (error.str ?? error.message)).then(result => {
        document.body.dataset.mermaid = result;
        document.body.dataset.height = Math.ceil(document.documentElement.scrollHeight);
      });
    </script>`;
}

function chromium(...args) {
  const ran = spawnSync(
    'chromium',
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--hide-scrollbars',
      '--allow-file-access-from-files',
      '--virtual-time-budget=20000',
      ...args,
    ],
    { encoding: 'utf8', maxBuffer: 1 << 28, timeout: 120_000 },
  );
  if (ran.error?.code === 'ENOENT') {
    console.error('chromium is missing (Debian: apt-get install chromium)');
    process.exit(4);
  }
  return ran.stdout;
}

const folder = mkdtempSync(join(tmpdir(), 'edgewg-render-'));
try {
  mkdirSync(out, { recursive: true });
  const markdown = readFileSync(source, 'utf8');
  for (const theme of ['light', 'dark']) {
    const file = join(folder, `${theme}.html`);
    writeFileSync(file, page(markdown, theme));
    const url = pathToFileURL(file).href;
    const dom = chromium(`--window-size=${width},800`, '--dump-dom', url);
    const drawn = /data-mermaid="([^"]*)"/.exec(dom)?.[1];
    const height = Number(/data-height="(\d+)"/.exec(dom)?.[1] ?? 800);
    if (markdown.includes('```mermaid') && drawn !== 'drawn') throw new Error(`Mermaid: ${drawn}`);
    const png = join(out, `${basename(source, '.md')}-${theme}.png`);
    chromium(`--window-size=${width},${Math.min(height + 48, 12000)}`, `--screenshot=${png}`, url);
    if (!existsSync(png)) throw new Error('chromium made no picture');
    console.log(`${fileURLToPath(pathToFileURL(png))}: ${width}x${height}, Mermaid ${drawn}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
