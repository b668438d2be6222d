// The long story of a finding, laid out for a terminal.
import type { ChalkInstance } from 'chalk';
import type { Story } from '../checks/explain.ts';

const width = 88;

export function renderStory(code: string, story: Story, paint: ChalkInstance): string {
  return `${paint.bold(`${code}: ${story.title}`)}\n\n${wrap(story.why)}\n\n${wrap(story.way)}\n`;
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
