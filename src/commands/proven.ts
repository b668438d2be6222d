// What `import` says of the file that it wrote or edited: only what its plan was seen to be.
import type { Finding, Plan } from '../plan/types/plan.ts';
import { isEmpty } from '../plan/types/plan.ts';
import { plural } from '../plural.ts';
import { visible } from '../report/visible.ts';

/** A file's plan against the configuration that it was made from, and the errors that the next `plan` or `apply` is refused for. */
export interface Seen {
  readonly plan: Plan;
  readonly refused: readonly Finding[];
}

/** Neither changing nor refused. */
export const isProven = ({ plan, refused }: Seen): boolean => isEmpty(plan) && refused.length === 0;

/** In words, for behind the name of the file. */
export function proofOf({ plan, refused }: Seen): string {
  if (!isEmpty(plan))
    return `its plan is not empty: ${plural(plan.summary.commands, 'command')}; see edgewg plan`;
  if (refused.length === 0) return 'its plan against this configuration is empty';
  const lines = refused.map(({ code, message }) => `\n    ${code}: ${visible(message)}`).join('');
  return `its plan changes nothing and is refused for what is wrong on the router already; mend it there or in the file, see edgewg plan:${lines}`;
}
