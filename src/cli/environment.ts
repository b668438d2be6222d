// EDGEWG_<OPTION> stands for an option that the command line doesn't give.
import type { Options } from 'yargs';
import { Refused } from '../errors.ts';

const words = new Map([
  ['1', true],
  ['true', true],
  ['yes', true],
  ['0', false],
  ['false', false],
  ['no', false],
]);

/** The router's pinned host key (ssh/trust.ts), whatever option has that name. */
const taken = 'EDGEWG_HOST_KEY';

/** Values for the options that have a variable, by option; an empty variable counts as none. Throws {@link Refused}. */
export function fromEnvironment(
  options: Readonly<Record<string, Options>>,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | boolean | string[]> {
  const found: Record<string, string | boolean | string[]> = {};
  for (const [name, option] of Object.entries(options)) {
    const variable = variableOf(name);
    const text = env[variable];
    if (text === undefined || text === '' || variable === taken) continue;
    if (option.type === 'boolean') found[name] = truth(variable, text);
    else if (option.type === 'array' || option.array === true) found[name] = text.split(',');
    else found[name] = text;
  }
  return found;
}

/** `detailed-exitcode` → `EDGEWG_DETAILED_EXITCODE`. */
function variableOf(option: string): string {
  return `EDGEWG_${option.toUpperCase().replaceAll('-', '_')}`;
}

function truth(variable: string, text: string): boolean {
  const value = words.get(text.toLowerCase());
  if (value === undefined)
    throw new Refused('usage', `${variable} is neither true nor false`, 'set it to 1 or 0, or unset it');
  return value;
}
