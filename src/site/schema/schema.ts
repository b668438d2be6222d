// The schema of the site file as zod has it: for what is wrong with a file, for editors, for the order of keys.
import * as z from 'zod';
import { zodOf } from './shape.ts';
import { siteShape } from './site.ts';

// named one by one: the whole of zod would bring its messages in fifty languages into the bundle
export const siteSchema = zodOf(siteShape, {
  array: z.array,
  boolean: z.boolean,
  enum: z.enum,
  literal: z.literal,
  number: z.number,
  record: z.record,
  strictObject: z.strictObject,
  string: z.string,
  union: z.union,
});
