// What the shell offers where the cursor is: commands, options, their choices, codes of findings, and the tunnels of the site file; nothing
// where a file is wanted, for those the shell knows itself. The scripts that ask are of src/commands/completion.ts.
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { Options } from 'yargs';
import type { Command } from '../commands/command.ts';
import { commands } from '../commands/table.ts';

type Word = readonly [name: string, describe: string];
type OptionTable = Readonly<Record<string, Options>>;

/**
 * One offer a line. `asked` is the shell and then the words of a command line, of which the last is the one under the cursor, perhaps
 * empty. fish takes a description behind a tab, zsh behind a colon.
 */
export async function complete(
  asked: readonly string[],
  common: OptionTable,
  siteFile: string | undefined,
): Promise<string> {
  const [shell = '', , ...line] = asked;
  // bash makes a word of every `=`
  const before = line.slice(0, -1).filter(word => word !== '=');
  const typed = line.at(-1) ?? '';
  const [, option, value] = /^(--[^=]+=)(.*)$/.exec(typed) ?? [];
  const current = value ?? (typed === '=' ? '' : typed);
  const words = option === undefined ? before : [...before, option.slice(0, -1)];
  const offers = await offersFor(words, current, common, siteFile);
  return offers
    .filter(([name]) => name.startsWith(current))
    .map(([name, describe]) => `${print(shell, `${option ?? ''}${name}`, describe)}\n`)
    .join('');
}

function print(shell: string, name: string, describe: string): string {
  if (describe === '') return name;
  if (shell === 'fish') return `${name}\t${describe}`;
  return shell === 'zsh' ? `${name.replaceAll(':', '\\:')}:${describe}` : name;
}

async function offersFor(
  before: readonly string[],
  current: string,
  common: OptionTable,
  siteFile: string | undefined,
): Promise<Word[]> {
  const at = before.findIndex(word => !word.startsWith('-'));
  const name = before[at];
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  const command = load && (await load()).command;
  const options = { ...command?.options, ...common, help: { alias: 'h', describe: 'show this help' } };
  const wanted = optionOf(before.at(-1), options);
  if (wanted !== undefined && takesValue(wanted[1])) return await values(...wanted, before, siteFile);
  if (current.startsWith('-'))
    return Object.entries(options).map(([key, option]) => [`--${key}`, option.describe ?? '']);
  if (command === undefined) return name === undefined ? await commandWords() : [];
  const index = positionalsIn(before.slice(at + 1), options);
  const [key, positional] = positionalAt(command, index);
  return positional === undefined ? [] : await values(key, positional, before, siteFile);
}

async function commandWords(): Promise<Word[]> {
  return await Promise.all(
    Object.entries(commands).map(
      async ([name, load]): Promise<Word> => [name, (await load()).command.describe],
    ),
  );
}

function optionOf(word: string | undefined, options: OptionTable): [string, Options] | undefined {
  return Object.entries(options).find(([key, { alias }]) => word === `--${key}` || word === `-${alias}`);
}

const takesValue = ({ type, choices }: Options): boolean =>
  choices !== undefined || type === 'string' || type === 'number';

/** How many words are neither options nor their values. */
function positionalsIn(words: readonly string[], options: OptionTable): number {
  return words.filter((word, i) => {
    const owner = optionOf(words[i - 1], options);
    return !word.startsWith('-') && !(owner && takesValue(owner[1]));
  }).length;
}

/** By the command's own form, such as `keys [action] [tunnel]` or `plan [sites..]`. */
function positionalAt({ command, positionals }: Command, index: number): [string, Options | undefined] {
  const places = [...command.matchAll(/[<[]([\w-]+)(\.\.)?[\]>]/g)];
  const place = places[index] ?? places.find(([, , dots]) => dots !== undefined);
  const key = place?.[1] ?? '';
  return [key, positionals[key]];
}

/** Of an option or a positional, by its choices or by its name. */
async function values(
  key: string,
  { choices }: Options,
  before: readonly string[],
  siteFile: string | undefined,
): Promise<Word[]> {
  if (choices !== undefined) return choices.map(choice => [String(choice), '']);
  if (key === 'code') {
    const { explanations } = await import('../checks/explain.ts');
    return Object.entries(explanations).map(([code, { title }]) => [code, title]);
  }
  if (key === 'topic') {
    const { topics } = await import('../commands/topics.ts');
    return topics().map(({ name, title }) => [name, title]);
  }
  if (key !== 'tunnel') return [];
  const named = before[before.findIndex(word => word === '-f' || word === '--file') + 1 || before.length];
  const joined = before.find(word => word.startsWith('--file='))?.slice('--file='.length);
  return tunnelsOf(named ?? joined ?? siteFile ?? 'edgewg.yaml').map(name => [name, '']);
}

/** A broken site file, or none, has no names. */
function tunnelsOf(file: string): string[] {
  try {
    const site = parseDocument(readFileSync(file, 'utf8')).toJS({ maxAliasCount: 0 });
    return Object.keys(site.tunnels).filter(name => /^[A-Za-z0-9_.-]+$/.test(name));
  } catch {
    return [];
  }
}
