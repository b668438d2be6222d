// Which keys a place of the schema knows, and what a person may have meant by one that it doesn't.
import * as z from 'zod';
import { closest } from '../closest.ts';
import type { SitePath } from '../site.ts';
import { siteSchema } from './schema.ts';

type Schema = z.core.$ZodType;

function unwrap(schema: Schema): Schema {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema;
}

/** One level down: what stands below `step`; several where the schema leaves a choice. */
function below(schema: Schema, step: string | number): Schema[] {
  const plain = unwrap(schema);
  if (plain instanceof z.ZodUnion) return plain.options.flatMap(option => below(option, step));
  if (plain instanceof z.ZodObject) {
    const shape: Record<string, Schema> = plain.shape;
    const value = Object.hasOwn(shape, step) ? shape[step] : undefined;
    return value === undefined ? [] : [value];
  }
  if (plain instanceof z.ZodRecord) return [plain.valueType];
  if (plain instanceof z.ZodArray) return [plain.element];
  return [];
}

function at(path: SitePath): Schema[] {
  return path.reduce<Schema[]>(
    (schemas, step) => schemas.flatMap(schema => below(schema, step)),
    [siteSchema],
  );
}

function keysOf(schema: Schema): string[] {
  const plain = unwrap(schema);
  if (plain instanceof z.ZodUnion) return plain.options.flatMap(keysOf);
  return plain instanceof z.ZodObject ? Object.keys(plain.shape) : [];
}

/** The keys that the map at `path` may have; empty where the writer names them. */
function knownKeys(path: SitePath): string[] {
  return at(path).flatMap(keysOf);
}

/** What the schema tells editors about `path`. */
function metaAt(path: SitePath) {
  return at(path).map(schema => z.globalRegistry.get(unwrap(schema)) ?? z.globalRegistry.get(schema));
}

export function descriptionAt(path: SitePath): string | undefined {
  return metaAt(path).find(meta => meta?.description !== undefined)?.description;
}

/** A value that could stand at `path`. */
export function exampleAt(path: SitePath): unknown {
  const examples = metaAt(path).find(meta => meta?.['examples'] !== undefined)?.['examples'];
  return Array.isArray(examples) ? examples[0] : undefined;
}

let homes: Map<string, string> | undefined;

/** Where else in the file `key` is known: `tunnels.NAME.peers.NAME`. */
function homeOf(key: string): string | undefined {
  if (homes === undefined) {
    homes = new Map();
    collectHomes(siteSchema, [], homes);
  }
  return homes.get(key);
}

function collectHomes(schema: Schema, path: readonly string[], found: Map<string, string>): void {
  const plain = unwrap(schema);
  if (plain instanceof z.ZodRecord) collectHomes(plain.valueType, [...path, 'NAME'], found);
  if (!(plain instanceof z.ZodObject)) return;
  const shape: Record<string, Schema> = plain.shape;
  for (const key of Object.keys(shape))
    if (!found.has(key)) found.set(key, path.join('.') || 'the top level');
  for (const [key, value] of Object.entries(shape)) collectHomes(value, [...path, key], found);
}

/** The way out of an unknown key at `path`. */
export function hintForUnknownKey(path: SitePath, key: string): string {
  const known = knownKeys(path);
  const close = closest(key, known);
  if (close !== undefined) return `did you mean ${close}?`;
  // a password that belongs nowhere here belongs nowhere in the file
  const home = /password/i.test(key) ? undefined : homeOf(key);
  return home === undefined ? `known here: ${known.join(', ')}` : `${key} belongs in ${home}`;
}
