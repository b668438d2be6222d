// A saved running configuration in whichever form it comes: the bytes of a file in, a tree out, or what is wrong with it
// in words that help. Most of what people save by mistake is known by sight.
import { Refused } from '../errors.ts';
import { parseBoot } from './boot.ts';
import { parseCommands } from './commands.ts';
import { type OtherSystem, systemOfText, systemOfTree } from './other-systems.ts';
import { excerpt } from './scrub.ts';
import { UnreadableText } from './source.ts';
import type { Tree } from './tree.ts';

/** The largest router configuration that was ever seen has 3 MB. */
export const mostBytes = 64 * 1024 * 1024;

const howTo = 'save it with: ssh ROUTER /opt/vyatta/bin/vyatta-op-cmd-wrapper show configuration commands';

/**
 * Reads `show configuration commands`, config.boot or `show configuration`. `name` is the file's, for messages. Throws
 * {@link Refused} with a line of the text, its secrets scrubbed. The tree still holds the secrets: redact it.
 */
export function readConfiguration(bytes: Uint8Array, name: string): Tree {
  return parseConfiguration(decodeConfiguration(bytes, name), name);
}

/** The second half of {@link readConfiguration}, for whoever lets go of the bytes in between: a large file has as many as its tree. */
export function parseConfiguration(text: string, name: string): Tree {
  const refuse = (code: string, message: string, hint = howTo): never => {
    throw new Refused(code, `${name} ${message}`, hint);
  };
  if (text.trim() === '') return refuse('running-empty', 'is empty');
  if (/^Must be an admin user to run this command\.?\s*$/m.test(text))
    return refuse(
      'running-no-admin',
      'is what the router prints for a user who is no admin: "Must be an admin user to run this command."',
      'log in as a user of level admin and save it again',
    );
  const form = formOf(text);
  if (form === undefined) return refuse('running-unknown', 'is no configuration of an EdgeRouter');
  const parse = form === 'commands' ? parseCommands : parseBoot;
  const isOther = ({ name: system, sign }: OtherSystem): never =>
    refuse(
      'running-other-system',
      `is a configuration of ${system}: ${sign}`,
      'edgewg works with EdgeOS alone; give the configuration of an EdgeRouter',
    );
  const byText = systemOfText(text);
  if (byText !== undefined) return isOther(byText);
  const tree = parsed(parse, text, name);
  const byTree = systemOfTree(tree);
  return byTree === undefined ? tree : isOther(byTree);
}

function parsed(parse: (text: string) => Tree, text: string, name: string): Tree {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof UnreadableText) throw unreadable(error, text, name);
    throw error;
  }
}

/** Whichever begins first outside of comments: a line of `set`, or a block in braces. */
function formOf(text: string): 'commands' | 'boot' | undefined {
  const bare = text.replaceAll(/\/\*[\s\S]*?\*\//g, '');
  const commands = bare.search(/^set\s/m);
  const boot = bare.search(/^\s*!?[a-z][\w-]*(?:\s+(?:"[^"]*"|[^\s{"]+))?\s*\{/im);
  if (commands === -1 && boot === -1) return undefined;
  return boot === -1 || (commands !== -1 && commands < boot) ? 'commands' : 'boot';
}

/** The first half of {@link readConfiguration}. */
export function decodeConfiguration(bytes: Uint8Array, name: string): string {
  // what `>` of Windows PowerShell writes
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw new Refused('running-binary', `${name} is compressed`, `unpack it first: gunzip -c ${name}`);
  if (bytes.includes(0))
    throw new Refused('running-binary', `${name} is a binary file, no configuration`, howTo);
  return new TextDecoder('utf-8').decode(bytes);
}

/** How many bad lines are worth telling. */
const most = 10;

function unreadable(error: UnreadableText, text: string, name: string): Refused {
  const lines = text.split('\n');
  const { problems } = error;
  const silent = new Set<number>();
  const shown = problems.slice(0, most).map(({ line, column, message }) => {
    // what follows something hidden may be the rest of it: a value can hold a line break, and where it ends nobody can tell
    const [before, said] = [line - 2, line - 1].map(i => excerpt((lines[i] ?? '').trim(), 120));
    const isSilent = before?.isWhole === false || silent.has(line - 1);
    if (isSilent) silent.add(line);
    return `${name}:${line}:${column}: ${message}${isSilent || !said?.text ? '' : `: ${said.text}`}`;
  });
  const rest = problems.length > most ? [`… and ${problems.length - most} more lines`] : [];
  return new Refused(
    'running-unreadable',
    [`${name} can't be read as a configuration`, ...shown, ...rest].join('\n'),
    'keep only what the router printed, all of it: no prompt, no banner, nothing cut off',
    error,
  );
}
