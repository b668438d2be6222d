// The version of edgewg, for outputs that name the program that made them.
import { readFileSync } from 'node:fs';
import { shippedFile } from '../shipped.ts';

export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(shippedFile('package.json'), 'utf8'));
  return String(version);
}
