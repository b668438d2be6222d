// Public keys, and where private and preshared ones come from. A message here never repeats the text: what stands in
// the place of a path may be a secret that somebody pasted.
import { plural } from '../../plural.ts';
import { isKey } from '../../wireguard/key.ts';
import { isFault, splitWords } from './command-words.ts';
import { type Fault, type Grammar, strangeCharacter } from './grammar.ts';

/**
 * Where a key comes from. `router`: a file on the router, below /config/auth. The others are references that are
 * resolved where edgewg runs, and only by an apply: a variable, a file, a command (words as a shell would split them,
 * but no shell runs it).
 */
export type KeySource =
  | { readonly kind: 'router'; readonly path: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'command'; readonly command: string };

const base64 = /[A-Za-z0-9+/=]/;
const copy = 'copy it from `wg show INTERFACE public-key` at the other end';

export const publicKey: Grammar = {
  pattern: /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/,
  examples: ['gKoUNRGxUzZ7Nd4bPOHZzNWAQKwOYuoMLk+pnJ+AWng='],
  check: text => {
    if (text === '') return { message: 'is empty', hint: copy };
    const strange = strangeCharacter(text, base64, copy);
    if (strange !== undefined) return strange;
    if (text.length !== 44)
      return { message: `has ${plural(text.length, 'character')}; a key has 44`, hint: copy };
    if (!isKey(text)) return { message: 'is not 32 bytes in base64', hint: copy };
    return Buffer.from(text, 'base64').every(byte => byte === 0)
      ? { message: 'is the key of nobody: all its bytes are zero', hint: copy }
      : undefined;
  },
};

const forms = 'write a path below /config/auth on the router, or env:NAME, file:PATH or command:WORDS';

const refuse = (message: string, hint: string): Fault => ({ message, hint });

/** A file on the router: it is interpolated into `sh` unquoted (docs/edgeos.md 'Values and the shell'), and only /config survives an upgrade. */
function routerPath(text: string): Fault | undefined {
  const strange = strangeCharacter(
    text,
    /[A-Za-z0-9_./@+-]/,
    'use letters, digits and _ . - @ + in the path',
  );
  if (strange !== undefined) return strange;
  if (!/^\/config\/auth\/./.test(text))
    return refuse('is not below /config/auth', 'write /config/auth/wg4.key');
  if (text.length > 200) return refuse('is longer than 200 characters', 'choose a shorter name');
  return /^(\/[A-Za-z0-9_][A-Za-z0-9_.@+-]*)+$/.test(text)
    ? undefined
    : refuse('is not a plain path', 'no part of it may be empty, or begin with a dot or a dash');
}

const references: Record<string, (text: string) => Fault | undefined> = {
  env: text =>
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(text)
      ? undefined
      : refuse('is not the name of a variable', 'write env:NAME'),
  file: text => {
    if (text === '' || text.length > 1024)
      return refuse('is not a path', 'write file:PATH, relative to the site file');
    if (text.startsWith('~'))
      return refuse('begins with ~, which only a shell understands', 'write the whole path');
    return strangeCharacter(text, /[ -~]/, 'use printable ASCII characters in the path');
  },
  command: text => commandFault(text, 'write command:sops -d wg4.key.enc'),
};

function commandFault(text: string, hint: string): Fault | undefined {
  if (text.trim() === '' || text.length > 1024) return refuse('is not a command', hint);
  const strange = strangeCharacter(text, /[ -~]/, 'use printable ASCII characters in the command');
  if (strange !== undefined) return strange;
  const words = splitWords(text);
  return isFault(words) ? words : undefined;
}

/** A command by itself: its words as a shell would split them, and no shell. */
export const commandLine: Grammar = {
  pattern: /^[ -~]{1,1024}$/,
  examples: ['./check.sh home'],
  check: text => commandFault(text, 'write its words: ./check.sh home'),
};

/** Splits `env:NAME`; the kind is undefined for a path on the router. */
function split(text: string): { kind: 'env' | 'file' | 'command' | undefined; rest: string } {
  const found = /^(env|file|command):/.exec(text);
  if (found === null) return { kind: undefined, rest: text };
  return { kind: found[1] as 'env' | 'file' | 'command', rest: text.slice(found[0].length) };
}

export const keySource: Grammar = {
  pattern: /^(\/config\/auth\/[A-Za-z0-9_./@+-]+|env:[A-Za-z_][A-Za-z0-9_]*|(file|command):[ -~]+)$/,
  examples: ['/config/auth/wg4.key', 'env:WG4_KEY', 'command:op read op://home/wg4/key'],
  check: text => {
    if (text === '') return refuse('is empty', forms);
    if (/^[A-Za-z0-9+/]{43}=?$/.test(text))
      return refuse(
        'is the key itself',
        'put it into a file below /config/auth on the router and name that file here',
      );
    const { kind, rest } = split(text);
    if (kind === undefined)
      return text.startsWith('/') ? routerPath(text) : refuse('names no source of a key', forms);
    const fault = references[kind]?.(rest);
    const shift = text.length - rest.length;
    if (fault?.from === undefined || fault.to === undefined) return fault;
    return { ...fault, from: fault.from + shift, to: fault.to + shift };
  },
};

/** Only for texts that {@link keySource} accepts. */
export function parseKeySource(text: string): KeySource {
  const { kind, rest } = split(text);
  if (kind === 'env') return { kind, name: rest };
  if (kind === 'file') return { kind, path: rest };
  if (kind === 'command') return { kind, command: rest };
  return { kind: 'router', path: text };
}
