// The definitions of all commands as data, for the manual (scripts/manual.mjs): the same that --help is made of.
import type { Command } from '../commands/command.ts';
import { commands } from '../commands/table.ts';

export { common } from './parse.ts';

type Group = Pick<Command, 'describe' | 'positionals' | 'options' | 'examples'> & { readonly usage: string };

/** In the order of `edgewg --help`. */
export async function groupsOf(): Promise<Group[]> {
  return await Promise.all(
    Object.values(commands).map(async load => {
      const { command: usage, describe, positionals, options, examples } = (await load()).command;
      return { usage, describe, positionals, options, examples };
    }),
  );
}
