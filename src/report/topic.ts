// A page of the documentation for a terminal. The build leaves paragraphs and list items as one line each (scripts/write-topics.mjs).
import { columns } from './visible.ts';

/** Words are read less well in longer lines. */
const widest = 100;

/** Wrapped at words, with hanging indents; a line that begins with a tab is code or a table, and stays whole. */
export function layOutTopic(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap(line =>
      line.startsWith('\t') ? [`    ${line.slice(1)}`] : wrapped(line, Math.min(width, widest)),
    )
    .join('\n');
}

function wrapped(line: string, width: number): string[] {
  const [, blanks = '', mark = ''] = /^( *)((?:-|\d+\.) )?/.exec(line) ?? [];
  const indent = ' '.repeat(blanks.length + mark.length);
  const lines = [blanks + mark];
  let isEmpty = true;
  for (const word of line.slice(indent.length).split(' ')) {
    const last = lines.at(-1) ?? '';
    if (!isEmpty && columns(last) + 1 + columns(word) > width) lines.push(indent + word);
    else lines[lines.length - 1] = isEmpty ? last + word : `${last} ${word}`;
    isEmpty = false;
  }
  return lines;
}
