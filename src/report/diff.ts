// The configuration before and after as a unified diff of `show configuration commands`.
import type { ChalkInstance } from 'chalk';
import { createTwoFilesPatch } from 'diff';
import { visible } from './visible.ts';

/** Both texts as printed by the router, or of two files; without secrets. Empty when they are the same. */
export function unifiedDiff(
  before: string,
  after: string,
  paint: ChalkInstance,
  [from, to] = ['running', 'after'],
): string {
  if (before === after) return '';
  const patch = createTwoFilesPatch(from ?? '', to ?? '', before, after, '', '', { context: 3 });
  return patch
    .split('\n')
    .filter((line, i) => !line.startsWith('===') && !(i === 0 && line.startsWith('Index: ')))
    .map(line => colored(visible(line), paint))
    .join('\n');
}

function colored(line: string, paint: ChalkInstance): string {
  if (line.startsWith('+++') || line.startsWith('---')) return paint.bold(line);
  if (line.startsWith('@@')) return paint.cyan(line);
  if (line.startsWith('+')) return paint.green(line);
  return line.startsWith('-') ? paint.red(line) : line;
}
