// The explanation of a finding, laid out for a terminal.
import type { ChalkInstance } from 'chalk';
import type { Explanation } from '../plan/types/check.ts';

const width = 88;

export function renderExplanation(code: string, explanation: Explanation, paint: ChalkInstance): string {
  const way = explanation.ignorable
    ? `${explanation.way} Where it is an error, the site file may ignore it with a reason.`
    : explanation.way;
  return `${paint.bold(`${code}: ${explanation.title}`)}\n\n${wrap(explanation.why)}\n\n${wrap(way)}\n`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
