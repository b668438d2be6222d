// The commands of a plan as the router itself would print them, commit by commit.
import type { HelperStep, KeyStep, Operation, Plan } from '../plan/types/plan.ts';
import { printCommand } from '../vyatta/words.ts';
import { visible } from './visible.ts';

/** Lines of `set` and `delete` for each commit: what an apply runs, or with `isInverse` what undoes it. */
export function commitLines(plan: Plan, isInverse: boolean): string[][] {
  const commits = isInverse
    ? plan.commits.map(commit => commit.undo).toReversed()
    : plan.commits.map(c => c.run);
  return commits.map(operations => operations.map(operationLine));
}

/** A prune is a `delete`: whoever types it in sees for himself whether somebody has used the node since. */
function operationLine({ op, path }: Operation): string {
  return visible(printCommand(op === 'set' ? 'set' : 'delete', path));
}

/** What has to be done with key files before, as comments: `set` of a file that isn't there fails. */
export function keyLine(step: KeyStep): string {
  return visible(`${step.path}: ${keyDeed(step)}`);
}

/** What happens to a helper script: before the commands, but for one that goes. */
export function helperLine({ do: deed, tunnel, path, watched = [] }: HelperStep): string {
  const names = watched.map(({ endpoint }) => endpoint).join(', ');
  const deeds = {
    put: `is put there, to look up ${names} for ${tunnel}`,
    restore: `is put back, to look up names for ${tunnel}`,
    remove: 'goes after the save: nothing runs it any more',
  };
  return visible(`${path}: ${deeds[deed]}`);
}

/** Comments for whoever types the commands. */
export function fileLines({ keys, helpers = [] }: Plan): string[] {
  const first = helpers.filter(step => step.do !== 'remove');
  return [...keys.map(keyLine), ...first.map(helperLine)].map(line => `# first, ${line}`);
}

function keyDeed({ do: deed, tunnel, from, identity = '', before }: KeyStep): string {
  if (deed === 'generate') return `the private key of ${tunnel} is made there when it is missing`;
  if (deed === 'move') return `the literal key at ${from?.join(' ')} moves there`;
  const isPrivate = !identity.startsWith('sha256:');
  const change = before === undefined ? identity : `${before} → ${identity}`;
  return isPrivate
    ? `the key that the site file refers to is written there: public key ${change}`
    : `the preshared key that the site file refers to is written there: ${change}`;
}

/** Nothing but commands, and comments between the commits; empty when there is nothing to do. */
export function renderCommands(plan: Plan, isInverse: boolean): string {
  const keys = isInverse ? [] : fileLines(plan);
  const blocks = commitLines(plan, isInverse).map(lines => lines.join('\n'));
  const text = [...keys, blocks.join('\n# commit\n')].filter(part => part !== '').join('\n');
  return text === '' ? '' : `${text}\n`;
}
