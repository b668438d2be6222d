// The few sorts of leaves and containers that the schema is made of. Each carries its description for editors.
import type * as zod from 'zod';
import type { Grammar } from '../grammar/grammar.ts';
import { z } from './shape.ts';

/** A text with a grammar. What is wrong travels in the issue's `params`, as a {@link Fault}. */
export function word(grammar: Grammar, description: string) {
  return z
    .string()
    .check(context => {
      const fault = grammar.check(context.value);
      if (fault !== undefined)
        context.issues.push({
          code: 'custom',
          input: context.value,
          message: fault.message,
          params: { fault },
        });
    })
    .meta({ description, pattern: grammar.pattern.source, examples: [...grammar.examples] });
}

/** A whole number from `min` to `max`, both included. */
export function whole(min: number, max: number, description: string) {
  return z.number().int().min(min).max(max).meta({ description });
}

export function choice<const T extends readonly [string, ...string[]]>(values: T, description: string) {
  return z.enum(values).meta({ description });
}

export function flag(description: string) {
  return z.boolean().meta({ description });
}

/** A map with keys of the writer's own. */
export function mapOf<V extends zod.ZodType>(
  key: Grammar,
  keyDescription: string,
  value: V,
  description: string,
) {
  return z.record(word(key, keyDescription), value).meta({ description });
}

export function listOf<V extends zod.ZodType>(value: V, description: string) {
  return z.array(value).meta({ description });
}

/** One value per family of addresses. */
export function perFamily<V extends zod.ZodType>(ipv4: V, ipv6: V, description: string) {
  return z.strictObject({ ipv4: ipv4.optional(), ipv6: ipv6.optional() }).meta({ description });
}
