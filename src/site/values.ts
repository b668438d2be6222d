// How messages name what stands in the file and what should.
import type { SitePath } from './site.ts';
import { mask } from './text.ts';

export function valueAt(data: unknown, path: SitePath): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

const types: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
};

/** A type of zod's, or of JavaScript's `typeof`, in words. */
export function nameOfType(type: string): string {
  return types[type] ?? type;
}

export function nameOfValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && !Number.isInteger(value) ? String(value) : nameOfType(typeof value);
}

/** The way out when a value is of the wrong type; undefined where the schema's description says more. */
export function typeHint(expected: string, value: unknown, example?: unknown): string | undefined {
  if (value === null) return 'write a value, or take the key out';
  if (expected === 'string') {
    if (Array.isArray(value)) return 'a text that begins with [ must stand in quotes';
    if (typeof value === 'object') return 'a text that begins with { must stand in quotes';
    return `write a text${example === undefined ? '' : ` such as ${example}`}; a number, true or false goes in quotes`;
  }
  if (expected === 'array' && typeof value !== 'object') return 'put it in brackets: [ … ]';
  if (/^(number|int)$/.test(expected) && typeof value === 'string')
    return 'write decimal digits, without quotes, units or leading zeros';
  return expected === 'boolean' ? 'write true or false, without quotes' : undefined;
}

export function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** A word of the file inside a sentence: short, and stars if it may be a secret. */
export function shorten(text: string): string {
  const safe = mask(text);
  return safe.length > 40 ? `${safe.slice(0, 40)}…` : safe;
}
