// Writes every page of docs/ as plain text for `edgewg help TOPIC`, into dist/docs: a paragraph or list item a line, which the program
// wraps to the terminal (src/report/topic.ts), and lines that begin with a tab, which stay as they are: code and tables. Part of the build.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { marked } from 'marked';

const from = new URL('../docs/', import.meta.url);
const to = new URL('../dist/docs/', import.meta.url);
/** What a table may take in columns; a wider one becomes a list of its rows. */
const widest = 76;

const inline = tokens => (tokens ?? []).map(words).join('');

function words(token) {
  if (token.type === 'codespan') return `\`${token.text}\``;
  if (token.type === 'br') return '\n';
  if (token.type === 'html' || token.type === 'image') return '';
  if (token.type === 'link') return link(token.href, inline(token.tokens));
  return token.tokens === undefined ? token.text : inline(token.tokens);
}

/** A page is a topic; what else lies in the repository has no place here. */
function link(href, text) {
  const [, page] = /^([\w-]+)\.md(?:#.*)?$/.exec(href) ?? [];
  if (page !== undefined)
    return text === `${page}.md` ? `edgewg help ${page}` : `${text} [edgewg help ${page}]`;
  return /^https?:/.test(href) && href !== text ? `${text} <${href}>` : text;
}

const flat = text => text.replace(/\s+/g, ' ').trim();

/** Lines of a block, without an empty line behind it. */
function block(token) {
  if (token.type === 'heading') return heading(token.depth, flat(inline(token.tokens)).replaceAll('`', ''));
  if (token.type === 'paragraph' || token.type === 'text')
    return [flat(token.tokens ? inline(token.tokens) : token.text)];
  if (token.type === 'code') return token.text.split('\n').map(line => `\t${line}`);
  if (token.type === 'list')
    return token.items.flatMap((item, i) => listItem(item, token.ordered ? `${token.start + i}. ` : '- '));
  if (token.type === 'table') return table(token);
  if (token.type === 'blockquote') return blocks(token.tokens).map(line => (line === '' ? '' : `  ${line}`));
  if (token.type === 'space' || token.type === 'html' || token.type === 'hr') return [];
  throw new Error(`docs/ has a ${token.type}, which edgewg help can't print`);
}

const heading = (depth, text) =>
  depth > 2 ? [text] : [text, (depth === 1 ? '=' : '-').repeat([...text].length)];

const blocks = tokens =>
  tokens
    .map(block)
    .filter(lines => lines.length > 0)
    .flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));

function listItem({ tokens }, mark) {
  const lines = tokens.map(block).filter(found => found.length > 0);
  const [first = '', ...rest] = lines.flat();
  const indent = ' '.repeat(mark.length);
  return [
    `${mark}${first}`,
    ...rest.map(line => (line.startsWith('\t') ? `\t${indent}${line.slice(1)}` : `${indent}${line}`)),
  ];
}

function table({ header, rows }) {
  const titles = header.map(cell => flat(inline(cell.tokens)));
  const cells = rows.map(row => row.map(cell => flat(inline(cell.tokens))));
  const widths = titles.map((title, i) =>
    Math.max(...[title, ...cells.map(row => row[i])].map(text => [...text].length)),
  );
  const line = row =>
    `\t${row
      .map((text, i) => text.padEnd(widths[i]))
      .join('  ')
      .trimEnd()}`;
  if (widths.reduce((sum, width) => sum + width + 2, -2) <= widest)
    return [titles, widths.map(width => '-'.repeat(width)), ...cells].map(line);
  return cells.flatMap((row, i) => [
    ...(i === 0 ? [] : ['']),
    `  ${row[0]}`,
    ...row
      .slice(1)
      .flatMap((text, j) =>
        text === '' ? [] : [`      ${titles.length > 2 ? `${titles[j + 1]}: ` : ''}${text}`],
      ),
  ]);
}

rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
for (const name of readdirSync(from).filter(file => file.endsWith('.md'))) {
  const tokens = marked.lexer(readFileSync(new URL(name, from), 'utf8'));
  writeFileSync(new URL(name.replace(/md$/, 'txt'), to), `${blocks(tokens).join('\n')}\n`);
}
