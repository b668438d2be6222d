// `--allow RULE[=N]`: the one way to lift a refusal.
import { Refused } from '../errors.ts';
import { type Allowed, parseAllowed } from '../plan/allow.ts';

export const allowOptions = {
  allow: {
    type: 'string',
    array: true,
    default: [] as string[],
    defaultDescription: 'none',
    describe: 'lift one refusal by the name that it gives: delete=3, drift, cut-off …',
    requiresArg: true,
  },
} as const;

export function readAllowed(rules: readonly string[]): Allowed {
  const allowed = parseAllowed(rules);
  if (allowed === undefined)
    throw new Refused(
      'usage',
      `--allow takes RULE or RULE=N, not ${rules.join(' ')}`,
      'such as --allow delete=3',
    );
  return allowed;
}
