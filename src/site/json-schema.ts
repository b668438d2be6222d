// The JSON Schema of the site file, for editors: made of the very schema that reads it.
import * as z from 'zod';
import { siteSchema } from './schema/schema.ts';

/** Draft-07, the one that editors know. What no schema can say (rules across the file) is not in it. */
export function siteJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(siteSchema, { target: 'draft-7', io: 'input' });
  return { ...schema };
}

/** The text of edgewg.schema.json. */
export function siteJsonSchemaText(): string {
  return `${JSON.stringify(siteJsonSchema(), null, 2)}\n`;
}
