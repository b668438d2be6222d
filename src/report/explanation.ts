// The explanation of a finding, laid out for a terminal.
import type { ChalkInstance } from 'chalk';
import type { Explanation } from '../plan/types/check.ts';
import { wrap } from './wrap.ts';

export function renderExplanation(
  code: string,
  explanation: Explanation,
  paint: ChalkInstance,
  width: number,
): string {
  const way = explanation.ignorable
    ? `${explanation.way} Where it is an error, the site file may ignore it with a reason.`
    : explanation.way;
  const paragraph = (text: string): string =>
    wrap(text.replace(/\s+/g, ' '), { width, indent: '' }).join('\n');
  return `${paint.bold(`${code}: ${explanation.title}`)}\n\n${paragraph(explanation.why)}\n\n${paragraph(way)}\n`;
}
