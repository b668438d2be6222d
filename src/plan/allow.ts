// What stops an apply, and what a person may lift: each refusal by its own name, never all at once.
import type { Finding } from './types/plan.ts';

/** From `--allow RULE[=N]`: a rule without a number is lifted however often it applies. */
export type Allowed = ReadonlyMap<string, number>;

/** The names that refusals give, of findings and of commands. */
export const rules: readonly string[] = [
  'conflict',
  'cut-off',
  'delete',
  'drift',
  'in-use',
  'missing-key',
  'no-handshake',
  'router-key',
];

/** `['delete=3', 'drift']`; undefined for a rule that isn't `name` or `name=N`. */
export function parseAllowed(rules: readonly string[]): Allowed | undefined {
  const allowed = new Map<string, number>();
  for (const rule of rules) {
    const [, name, count] = /^([a-z][a-z-]*)(?:=(\d{1,6}))?$/.exec(rule) ?? [];
    if (name === undefined) return undefined;
    allowed.set(name, count === undefined ? Number.POSITIVE_INFINITY : Number(count));
  }
  return allowed;
}

/** Errors that neither the site file silences nor a flag lifts. */
export function refusals(diagnostics: readonly Finding[], allowed: Allowed): Finding[] {
  return diagnostics.filter(d => d.severity === 'error' && d.silenced === undefined && !isLifted(d, allowed));
}

/** Whether a person lifted it. */
export function isLifted({ allow }: Finding, allowed: Allowed): boolean {
  const [name, count] = (allow ?? '').split('=');
  const limit = allowed.get(name ?? '');
  return limit !== undefined && limit >= Number(count ?? 1);
}
