// `--allow RULE[=N]`: the one way to lift a refusal.
import { Refused } from '../errors.ts';
import { type Allowed, rules as known, parseAllowed } from '../plan/allow.ts';
import { visible } from '../report/visible.ts';
import { closest } from '../site/closest.ts';

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
      `--allow takes RULE or RULE=N, not ${visible(rules.join(' '))}`,
      'such as --allow delete=3',
    );
  const unknown = [...allowed.keys()].find(name => !known.includes(name));
  if (unknown === undefined) return allowed;
  const close = closest(unknown, known);
  throw new Refused(
    'usage',
    `--allow ${unknown}: no refusal has that name`,
    close === undefined ? `they are ${known.join(', ')}` : `did you mean ${close}?`,
  );
}
