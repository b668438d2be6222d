// The JSON Schema of the plan, for programs: made of the very schema that reads a saved plan.
import * as z from 'zod';
import { planFileSchema } from './saved.ts';

/** The text of edgewg-plan.schema.json, draft-07. Keys that it doesn't know are valid: a minor version adds some. */
export function planJsonSchemaText(): string {
  const schema = z.toJSONSchema(planFileSchema, { target: 'draft-7', io: 'input' });
  return `${JSON.stringify({ title: 'A plan of edgewg', ...schema }, null, 2)}\n`;
}
