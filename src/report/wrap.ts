// Sentences in lines of a width, broken at blanks alone: a word that is longer than the line stays whole, so that it can be copied.
import { columns } from './visible.ts';

/** Words are read less well in longer lines. */
export const widest = 100;

/** What a colour is on a terminal takes no column. */
const colors = /\u001b\[[0-9;]*m/g;

export const columnsOf = (text: string): number => columns(text.replace(colors, ''));

/** Blanks, or a word. What is copied is one, blanks or not: a command in backticks, `{ ipv4: 24 }`. */
const parts = / +|(?:[^ `{]*(?:`[^`]{1,60}`|\{ [^{}]{1,40} \}))+[^ ]*|[^ ]+/g;

export interface Wrapping {
  /** Columns of a line with its indent; Infinity: everything stays on one. */
  readonly width: number;
  /** Of all lines but the first, which has its own. */
  readonly indent: string;
}

/** What is longer than a line itself is cut at its blanks all the same. */
function partsOf(text: string, most: number): string[] {
  return (text.match(parts) ?? []).flatMap(part => (columnsOf(part) > most ? part.split(/( +)/) : [part]));
}

/** `text` in lines; it may hold colours. Blanks at its start stay, others in a row between two lines go. */
export function wrap(text: string, { width, indent }: Wrapping): string[] {
  if (columnsOf(text) <= width) return [text];
  const [, blanks = ''] = /^( *)/.exec(text) ?? [];
  const lines: string[] = [];
  let line = '';
  let gap = '';
  for (const part of partsOf(text.slice(blanks.length), width - columnsOf(indent))) {
    if (part.startsWith(' ')) gap = part;
    else if (line !== '' && columnsOf(line + gap + part) > width) {
      lines.push(line);
      line = indent + part;
    } else line = line === '' ? blanks + part : line + gap + part;
  }
  return [...lines, line];
}

/** Parts in a row, a break between two of them rather than within one: `a 1; b 2`. */
export function wrapParts(
  parts: readonly string[],
  separator: string,
  { width, indent }: Wrapping,
): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [i, part] of parts.entries()) {
    const text = i === parts.length - 1 ? part : `${part}${separator.trimEnd()}`;
    if (line === '') line = indent + text;
    else if (columnsOf(`${line} ${text}`) <= width) line = `${line} ${text}`;
    else {
      lines.push(...wrap(line, { width, indent: `${indent}  ` }));
      line = indent + text;
    }
  }
  return line === '' ? lines : [...lines, ...wrap(line, { width, indent: `${indent}  ` })];
}
