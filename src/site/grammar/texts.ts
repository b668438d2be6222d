// Texts for people: descriptions, which the router stores, and reasons, which only a plan shows.
import { isKey } from '../../wireguard/key.ts';
import { type Fault, type Grammar, strangeCharacter } from './grammar.ts';

const rule = 'use ASCII letters, digits, blanks and - _ . , : / + = @ % ^';
const descriptionCharacter = /[A-Za-z0-9 \-_.,:/+=@%^]/;

/**
 * 1 to 256 characters that no template, shell, lexer or terminal takes for anything else (docs/edgeos.md 'Values and the shell'): quotes and
 * backslashes can't be stored or break config.boot, the rest of a shell's punctuation is interpolated raw. Beyond ASCII
 * nothing, since nobody could see the difference between two names.
 */
export const description: Grammar = {
  pattern: /^(?!-)(?! )[A-Za-z0-9 \-_.,:/+=@%^]{1,256}(?<! )$/,
  examples: ['srv4', 'Wireguard-srv4-Internal'],
  check: text => {
    if (text === '') return { message: 'is empty', hint: 'write a text, or leave the key out' };
    const strange = strangeCharacter(text, descriptionCharacter, rule);
    if (strange !== undefined) return strange;
    if (text.length > 256)
      return {
        message: `has ${text.length} characters`,
        hint: 'at most 256 are stored',
        from: 256,
        to: text.length,
      };
    if (text.startsWith('-'))
      return { message: 'begins with -, as an option would', hint: 'begin with a letter', from: 0, to: 1 };
    if (text.trim() !== text) return { message: 'begins or ends with a blank', hint: 'remove it' };
    if (isKey(text)) return { message: 'is a key', hint: 'write words: a key has no place here' };
    // a rule with this description deletes itself (vyatta-cfg src/ubnt/fw/rule.cpp)
    return text.includes('XXXSELFDESTRUCTXXX')
      ? { message: 'is a text that makes EdgeOS remove the rule', hint: 'choose another text' }
      : undefined;
  },
};

/** What a person writes to say why. It reaches plans and logs, never the router. */
export const reason: Grammar = {
  pattern: /^\S(.{0,498}\S)?$/,
  examples: ['only our own servers are behind it'],
  check: text => {
    if (text.trim() === '') return { message: 'gives no reason', hint: 'say in a few words why' };
    if (text.length > 500)
      return { message: `has ${text.length} characters`, hint: 'at most 500', from: 500, to: text.length };
    if (text.trim() !== text) return { message: 'begins or ends with a blank', hint: 'remove it' };
    return strangeCharacter(text, /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u, 'use printable characters on one line');
  },
};

/** `180d`, `26w`, `1y`: in days; undefined for anything else. */
export function parseDays(text: string): number | undefined {
  const found = /^([1-9]\d{0,3})([dwy])$/.exec(text);
  if (found === null) return undefined;
  return Number(found[1]) * ({ d: 1, w: 7, y: 365 }[found[2] ?? 'd'] ?? 1);
}

export const duration: Grammar = {
  pattern: /^[1-9]\d{0,3}[dwy]$/,
  examples: ['180d', '1y'],
  check: (text): Fault | undefined =>
    parseDays(text) === undefined
      ? { message: 'is not a duration', hint: 'write days, weeks or years: 180d, 26w, 1y' }
      : undefined,
};

/** How often the task scheduler of the router runs a task; it takes no seconds (docs/edgeos.md 'Tasks'). */
export const interval: Grammar = {
  pattern: /^(([1-9]|[1-5]\d)m|([1-9]|1\d|2[0-3])h)$/,
  examples: ['5m', '1h'],
  check: text => {
    if (interval.pattern.test(text)) return undefined;
    const hint = 'write 1m to 59m, or 1h to 23h: the task scheduler of the router takes no other';
    return { message: /^\d+[smhd]?$/.test(text) ? 'is out of range' : 'is no interval', hint };
  },
};
