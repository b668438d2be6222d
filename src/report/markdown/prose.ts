// Text of strangers in Markdown. Whatever could begin something there (HTML, links, mentions, references, tables, formulas) stands
// as code, where GitHub, GitLab and Forgejo read nothing but letters; a backslash would not do: they look for mentions and
// addresses in what was rendered.
import { visible } from '../visible.ts';

/**
 * A plain word or number, perhaps in quotes or brackets and with punctuation at its end; `IPv4` would look odd as code. Seven digits
 * could be the name of a commit.
 */
const plain =
  /^[("']{0,2}(?:\p{L}[\p{L}\p{M}'’]*(?:-\p{L}[\p{L}\p{M}'’]*)*|IPv[46]|\d{1,6}(?:\.\d{1,3})?%?)["')]{0,2}[.,:;?!]{0,2}$/u;
/** Of a sum; at the beginning of a line they would mean something. */
const operator = /^[=+−×→≤≥–—]$/;
/** What stays outside of the code when it is the end of a word: `wg0's`. */
const ending = /^(\()?(.*?)((?:['’]s)?[).,:;?!]*)$/su;

/** What a person pastes stays together: `{ ipv4: NUMBER }`. */
const words = /\{ [^{} ][^{}]{0,80} \}[.,:;]?|[^ ]+/g;

interface Piece {
  readonly open: string;
  core: string;
  readonly isCode: boolean;
  end: string;
}

/** A sentence on one line. Several words of code in a row become one span. */
export function prose(text: string): string {
  const pieces: Piece[] = [];
  for (const word of visible(text).match(words) ?? []) {
    const piece = pieceOf(word, pieces.length === 0);
    const last = pieces.at(-1);
    if (last?.isCode && piece.isCode && last.end + piece.open === '') {
      last.core += ` ${piece.core}`;
      last.end = piece.end;
    } else pieces.push(piece);
  }
  return pieces.map(({ open, core, isCode, end }) => open + (isCode ? code(core) : core) + end).join(' ');
}

function pieceOf(word: string, isFirst: boolean): Piece {
  if (plain.test(word) || (operator.test(word) && !isFirst))
    return { open: '', core: word, isCode: false, end: '' };
  const [, open = '', core = '', end = ''] = ending.exec(word) ?? [];
  return core === '' ? { open: '', core: word, isCode: true, end: '' } : { open, core, isCode: true, end };
}

/** A span of code; its fence is longer than any row of backticks within. */
export function code(text: string): string {
  const shown = visible(text);
  if (shown.trim() === '') return '`(empty)`';
  const fence = '`'.repeat(longestRun(shown) + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') || /^ .* $/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** A block of code, with the language that colours it. */
export function fence(language: string, lines: readonly string[]): string {
  const text = lines.map(visible).join('\n');
  const bar = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${bar}${language}\n${text}\n${bar}`;
}

/** For HTML among Markdown, such as a summary; as code, for the reason above. */
export function htmlCode(text: string): string {
  return `<code>${visible(text).replace(/[&<>"'`*_~\\[\]$|!]/g, char => `&#${char.charCodeAt(0)};`)}</code>`;
}

/** What opens at a click. `summary` is HTML. */
export function details(summary: string, body: string, isOpen = false): string {
  return `<details${isOpen ? ' open' : ''}>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
