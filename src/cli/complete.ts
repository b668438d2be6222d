// What the shell offers where the cursor is: commands, options, their choices, codes of findings, and the tunnels and peers of the
// site file. yargs writes the scripts that ask; the answers come from the commands' definitions.
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { Options } from 'yargs';
import type { Command } from '../commands/command.ts';
import { commands } from '../commands/table.ts';

/** How the scripts of yargs ask. */
export const completionKey = '--get-yargs-completions';

type Word = readonly [name: string, describe: string];

/**
 * One offer a line, for the words of a command line whose last is the one under the cursor, perhaps empty. fish takes a
 * description behind a tab, zsh behind a colon.
 */
export async function complete(
  line: readonly string[],
  common: Readonly<Record<string, Options>>,
  shell = '',
): Promise<string> {
  const words = /(^|\/)edgewg$/.test(line[0] ?? '') ? line.slice(1) : line;
  const current = words.at(-1) ?? '';
  const offers = await offersFor(words.slice(0, -1), current, common);
  const print = ([name, describe]: Word): string => {
    if (describe === '' || !/fish|zsh/.test(shell)) return name;
    return shell.includes('fish') ? `${name}\t${describe}` : `${name.replaceAll(':', '\\:')}:${describe}`;
  };
  return offers
    .filter(([name]) => name.startsWith(current))
    .map(offer => `${print(offer)}\n`)
    .join('');
}

async function offersFor(
  before: readonly string[],
  current: string,
  common: Readonly<Record<string, Options>>,
): Promise<Word[]> {
  const name = before.find(word => !word.startsWith('-'));
  if (name === 'completion') return ['bash', 'zsh', 'fish'].map(word => [word, '']);
  if (name === undefined && !current.startsWith('-')) return await commandWords();
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  const command = load && (await load()).command;
  const options: Readonly<Record<string, Options>> = {
    ...command?.options,
    ...common,
    help: { describe: 'show this help' },
  };
  const last = before.at(-1) ?? '';
  const asked = Object.entries(options).find(
    ([key, { alias }]) => last === `--${key}` || last === `-${alias}`,
  )?.[1];
  if (asked?.choices !== undefined) return asked.choices.map(choice => [String(choice), '']);
  if (current.startsWith('-'))
    return Object.entries(options).map(([key, option]) => [`--${key}`, option.describe ?? '']);
  return command === undefined ? [] : names(command, before).map(word => [word, '']);
}

async function commandWords(): Promise<Word[]> {
  const all = await Promise.all(
    Object.entries(commands).map(
      async ([name, load]): Promise<Word> => [name, (await load()).command.describe],
    ),
  );
  return [...all, ['completion', 'print a completion script']];
}

/** By what the command's positionals are called; a broken site file, or none, has no names. */
function names(command: Command, before: readonly string[]): string[] {
  const at = Object.keys(command.positionals);
  const wants = (what: RegExp): boolean => at.some(key => what.test(key)) || what.test(command.command);
  const file =
    before[before.findIndex(word => word === '-f' || word === '--file') + 1 || before.length] ??
    'edgewg.yaml';
  const tunnels = tunnelsOf(file);
  return [
    ...(wants(/\b(tunnel|interface)/) ? Object.keys(tunnels) : []),
    ...(wants(/\bpeer/)
      ? Object.values(tunnels).flatMap(tunnel => Object.keys(keyed(keyed(tunnel)['peers'])))
      : []),
  ].filter(name => /^[A-Za-z0-9_.-]+$/.test(name));
}

function tunnelsOf(file: string): Record<string, unknown> {
  try {
    return keyed(keyed(parseDocument(readFileSync(file, 'utf8')).toJS({ maxAliasCount: 0 }))['tunnels']);
  } catch {
    return {};
  }
}

const keyed = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
