// A page of the documentation for a terminal. The build leaves paragraphs and list items as one line each (scripts/write-topics.mjs).
import { widest, wrap } from './wrap.ts';

/** Wrapped at words, with hanging indents; a line that begins with a tab is code or a table, and stays whole. */
export function layOutTopic(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap(line => {
      if (line.startsWith('\t')) return [`    ${line.slice(1)}`];
      const [head = ''] = /^ *(?:(?:-|\d+\.) )?/.exec(line) ?? [];
      return wrap(line, { width: Math.min(width, widest), indent: ' '.repeat(head.length) });
    })
    .join('\n');
}
