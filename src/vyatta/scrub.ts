// Text of a router or of a person in which a secret may stand, made safe to show. Paths of the configuration are cut where the list of
// what may be shown ends; in prose a secret is known by the name before it.
import { shownWords } from './redact.ts';

const keyText = /(?<![0-9A-Za-z+/=])[0-9A-Za-z+/]{43}=/g;

const surelySecret = '[\\w-]*(?:passphrase|password|pre-shared-secret|private-key|preshared-key)';
const path = String.raw`/[\w./@+-]*(?![\w+/=])`;
/** A quoted value goes to the quote before the end, a `]` or a line's end: nothing inside is escaped. */
const quotedValue = String.raw`'[^\n]*'(?=\s*\]|\s*$)|'[^'\n]*'?|"[^"\n]*"?`;

const inProse = new RegExp(
  String.raw`((?:^|[\s'"])${surelySecret}['"]?[ \t=:]+)(?!${path}(?:[\s\]'";,)]|$))(?:${quotedValue}|[^\s\]]+)`,
  'gm',
);
/** `https://user:password@host`, `token=…`. */
const inUrl = /(:\/\/)[^/ ]*@/g;
const assigned = /((?:passwd|password|secret|token|psk)["']?=)(?!\[secret\])[^\s&]+/gi;

/** `set PATH` to the line's end, and `[ PATH ]` of a failed commit (docs/edgeos.md 'Commits'). */
const command = /^(\s*(?:[-+]\s*)?(?:set|delete|comment)\s+)(\S.*)$/;
const bracket = /\[ ([a-z][\w-]* .*) \]/;

/**
 * The value after a secret leaf's name, every key but those after `peer` or `public-key`, and of a path whatever isn't listed as
 * harmless (failed commits print `[ … private-key KEY ]`).
 */
export function scrub(text: string): string {
  return text
    .split('\n')
    .map(line => scrubLine(line.length > longest ? `${line.slice(0, longest)}…` : line))
    .join('\n');
}

/** The end of what a program complained, on one line and without secrets. */
export function lastWords(stderr: string): string {
  const lines = scrub(stderr)
    .split('\n')
    .map(line => line.trim());
  return lines
    .filter(line => line !== '')
    .slice(-3)
    .join('; ')
    .slice(-300);
}

/** No sentence of a router is longer; and a line's cost grows with its square. */
const longest = 2000;

function scrubLine(line: string): string {
  return line
    .replace(command, (_, before: string, words: string) => before + cut(words))
    .replace(bracket, (_, words: string) => `[ ${cut(words)} ]`)
    .replace(inProse, '$1[secret]')
    .replace(inUrl, '$1[secret]@')
    .replace(assigned, '$1[secret]')
    .replace(keyText, (key, at: number) =>
      /(peer|public[ -]key:?|pubkey)\s+['"]?$/i.test(line.slice(Math.max(0, at - 40), at)) ? key : '[key]',
    );
}

/** Words with the quotes of the router around some, without whatever isn't shown. */
function cut(text: string): string {
  const { shown, isWhole } = shownWords(wordsOf(text));
  return isWhole ? text : [...shown, '[secret]'].join(' ');
}

/** A quoted word ends at a quote that a blank or the end follows: nothing inside is escaped. */
const wordsOf = (text: string): string[] => text.match(/'.*?'(?= |$)|"[^"]*"(?= |$)|\S+/g) ?? [];

/**
 * An excerpt of a line that can't be read, of `set` commands or of config.boot, at most `most` characters; empty when nothing of it may be shown.
 */
export function excerpt(line: string, most: number): { text: string; isWhole: boolean } {
  const [first = '', ...rest] = wordsOf(line);
  const isNode = /^[a-z][\w-]*$/.test(first);
  const { shown, isWhole } = !isNode
    ? { shown: rest, isWhole: true }
    : /^(set|delete|comment|edit)$/.test(first)
      ? shownWords(rest)
      : shownWords(rest, first);
  const text = isWhole ? line : [first, ...shown, '[secret]'].join(' ');
  return { text: scrub(text).slice(0, most), isWhole };
}
