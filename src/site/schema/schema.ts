// The schema of the site file as zod has it: for what is wrong with a file, for editors, for the order of keys.
import * as z from 'zod';
import { zodOf } from './shape.ts';
import { siteShape } from './site.ts';

export const siteSchema = zodOf(siteShape, z);
