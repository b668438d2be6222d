// The schema itself, by places: which keys a map of the site file may have, and in which order a person reads them.
import type * as z from 'zod';
import type { SitePath } from '../site.ts';
import { siteSchema } from './schema.ts';

type Schema = z.core.$ZodType;

/** Without `optional`. Of several forms the map. */
export function plain(schema: Schema): Schema {
  const { def } = schema._zod;
  if (def.type === 'optional') return plain((def as unknown as z.core.$ZodOptionalDef).innerType);
  if (def.type !== 'union') return schema;
  const forms = (def as unknown as z.core.$ZodUnionDef).options.map(plain);
  return forms.find(form => form._zod.def.type === 'object') ?? forms[0] ?? schema;
}

/** The schema of what stands at a place; undefined where the file can have nothing. */
function schemaAt(at: SitePath): Schema | undefined {
  let schema: Schema | undefined = siteSchema;
  for (const step of at) {
    if (schema === undefined) return undefined;
    const def: z.core.$ZodTypeDef = plain(schema)._zod.def;
    if (def.type === 'object') schema = (def as z.core.$ZodObjectDef).shape[String(step)];
    else if (def.type === 'record') schema = (def as z.core.$ZodRecordDef).valueType;
    else if (def.type === 'array') schema = (def as z.core.$ZodArrayDef).element;
    else return undefined;
  }
  return schema && plain(schema);
}

/** The keys of the map at a place, in their order; empty where the writer has keys of its own. */
export function keysAt(at: SitePath): string[] {
  const def = schemaAt(at)?._zod.def;
  return def?.type === 'object' ? Object.keys((def as z.core.$ZodObjectDef).shape) : [];
}
