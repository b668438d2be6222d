// What a leaf of the site file may say. The router's own templates put values into `sh` as they are (docs/edgeos.md 'Values and the shell'),
// so every text has a grammar that holds nothing a shell, a lexer or a terminal would understand.

/** Why a text isn't what it should be. Offsets into the text say which part is meant; the whole when there are none. */
export interface Fault {
  /** A predicate: `is empty`, `holds a blank`. The name of the leaf is put before it. */
  readonly message: string;
  readonly hint?: string;
  readonly from?: number;
  readonly to?: number;
}

export interface Grammar {
  /** For editors; accepts all that `check` accepts, and little more. */
  readonly pattern: RegExp;
  readonly examples: readonly string[];
  /** The first thing that is wrong, or undefined. */
  readonly check: (text: string) => Fault | undefined;
}

/** How a message names one character: those that can't be seen, or pass for others, by their number. */
function nameOf(char: string): string {
  if (char === '\n' || char === '\r') return 'a line break';
  if (char === '\t') return 'a tab';
  if (char === ' ') return 'a blank';
  if (/^[!-~]$/.test(char)) return `the character ${char}`;
  const code = `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(char) ? `the character ${char} (${code})` : `the character ${code}`;
}

/**
 * The first character that isn't one of `allowed` (a pattern for a single character), as a fault. Letters and digits are
 * never strange in themselves: a word of them has the wrong form, not a wrong character.
 */
export function strangeCharacter(text: string, allowed: RegExp, hint: string): Fault | undefined {
  let at = 0;
  for (const char of text) {
    if (!allowed.test(char) && !/[A-Za-z0-9]/.test(char))
      return { message: `holds ${nameOf(char)}`, hint, from: at, to: at + char.length };
    at += char.length;
  }
  return undefined;
}

/**
 * A grammar of one pattern, for words whose only rule is which characters stand where. `allowed` is what a single
 * character may be, so that a fault can point at the one that isn't.
 */
export function wordGrammar(options: {
  pattern: RegExp;
  allowed: RegExp;
  /** `ruleset name`; with its article in messages: `a ruleset name is …`. */
  rule: string;
  examples: readonly string[];
  also?: (text: string) => Fault | undefined;
  /** What is wrong with a text of the right characters in the wrong form, where more can be said of it. */
  instead?: (text: string) => Fault | undefined;
}): Grammar {
  const { pattern, allowed, rule, examples, also, instead } = options;
  const check = (text: string): Fault | undefined => {
    if (text === '') return { message: 'is empty', hint: rule };
    if (pattern.test(text)) return also?.(text);
    return (
      strangeCharacter(text, allowed, rule) ??
      instead?.(text) ?? { message: 'does not have the right form', hint: rule }
    );
  };
  return { pattern, examples, check };
}
