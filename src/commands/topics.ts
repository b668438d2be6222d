// The pages of the documentation as the build lays them beside the program (scripts/write-topics.mjs), by their names.
import { readdirSync, readFileSync } from 'node:fs';
import { shippedFile } from '../shipped.ts';

const folder = shippedFile('dist/docs/');

/** Not a page, but the list of them. */
export const topicsTopic = 'topics';

export interface Topic {
  readonly name: string;
  readonly title: string;
}

export const isTopic = (name: string): boolean => topicNames().includes(name);

/** What `edgewg help TOPIC` knows, in the order of the alphabet. */
export const topics = (): Topic[] =>
  topicNames().map(name => ({ name, title: topicText(name).split('\n', 1)[0] ?? '' }));

/** As src/report/topic.ts takes it. */
export const topicText = (name: string): string => readFileSync(new URL(`${name}.txt`, folder), 'utf8');

const topicNames = (): string[] =>
  readdirSync(folder)
    .map(file => file.replace(/\.txt$/, ''))
    .sort();
