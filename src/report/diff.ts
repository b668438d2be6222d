// The configuration before and after as a unified diff of `show configuration commands`.
import type { ChalkInstance } from 'chalk';
import { createTwoFilesPatch } from 'diff';
import { visible } from './visible.ts';

/** Both texts as printed by the router; without secrets. Empty when they are the same. */
export function unifiedDiff(before: string, after: string, paint: ChalkInstance): string {
  if (before === after) return '';
  const patch = createTwoFilesPatch('running', 'after', before, after, '', '', { context: 3 });
  return patch
    .split('\n')
    .filter(line => !line.startsWith('==='))
    .map(line => colored(visible(line), paint))
    .join('\n');
}

function colored(line: string, paint: ChalkInstance): string {
  if (line.startsWith('+++') || line.startsWith('---')) return paint.bold(line);
  if (line.startsWith('@@')) return paint.cyan(line);
  if (line.startsWith('+')) return paint.green(line);
  return line.startsWith('-') ? paint.red(line) : line;
}
