// The schema of the site file as zod has it: for what is wrong with a file, for editors, for the order of keys.
import * as z from 'zod';
import { zodOf } from './shape.ts';
import { siteShape } from './site.ts';

// named one by one: the whole of zod would bring its messages in fifty languages into the bundle
const { array, boolean, literal, number, record, strictObject, string, union } = z;
export const siteSchema = zodOf(siteShape, {
  ...{ array, boolean, literal, number, record, strictObject, string, union },
  enum: z.enum,
});
