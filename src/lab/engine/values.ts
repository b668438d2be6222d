// Whether a word is a value of a template's type, with the router's own sentences (the lexer of cli_val.l takes the
// longest token there is and complains about what is left over; transcripts set-errors and interactive/04).
import type { Template, ValueType } from './template.ts';

const byte = '(?:25[0-5]|2[0-4][0-9]|[01][0-9][0-9]|[0-9]{1,2})';
const ipv4 = `${byte}(?:\\.${byte}){3}`;
const h16 = '[a-fA-F0-9]{1,4}';
const ls32 = `(?:${h16}:${h16}|${ipv4})`;
const ipv6Forms = [
  `(?:${h16}:){6}${ls32}`,
  `::(?:${h16}:){5}${ls32}`,
  `(?:${h16})?::(?:${h16}:){4}${ls32}`,
  `(?:(?:${h16}:){0,1}${h16})?::(?:${h16}:){3}${ls32}`,
  `(?:(?:${h16}:){0,2}${h16})?::(?:${h16}:){2}${ls32}`,
  `(?:(?:${h16}:){0,3}${h16})?::${h16}:${ls32}`,
  `(?:(?:${h16}:){0,4}${h16})?::${ls32}`,
  `(?:(?:${h16}:){0,5}${h16})?::${h16}`,
  `(?:(?:${h16}:){0,6}${h16})?::`,
];
const prefix6 = '(?:12[0-8]|1[01][0-9]|[0-9][0-9]?)';

const tokens: readonly (readonly [ValueType, RegExp[]])[] = [
  ['bool', [/^(?:true|false)/]],
  ['u32', [/^[0-9]+/]],
  ['ipv4', [new RegExp(`^${ipv4}`)]],
  ['ipv4net', [new RegExp(`^${ipv4}/(?:3[012]|[12][0-9]|[0-9])`)]],
  ['ipv6', ipv6Forms.map(form => new RegExp(`^${form}`))],
  ['ipv6net', ipv6Forms.map(form => new RegExp(`^${form}/${prefix6}`))],
  ['macaddr', [/^[a-fA-F0-9]{1,2}(?::[a-fA-F0-9]{1,2}){5}/]],
];

/** The longest token at the start of `text`; undefined when it starts with something else. */
function firstToken(text: string): { type: ValueType; length: number } | undefined {
  let best: { type: ValueType; length: number } | undefined;
  for (const [type, patterns] of tokens)
    for (const pattern of patterns) {
      const length = pattern.exec(text)?.[0].length ?? 0;
      if (length > (best?.length ?? 0)) best = { type, length };
    }
  if (best?.type === 'u32' && Number(text.slice(0, best.length)) > 0xffffffff) return undefined;
  return best;
}

/** Undefined when `text` has the template's type, else what the router prints, with its line end. */
export function typeProblem(template: Template, text: string): string | undefined {
  const [first, second] = template.types;
  if (first === undefined || first === 'txt') return undefined;
  const wrong = (names: string): string =>
    template.typeText === undefined
      ? `"${text}" is not a valid value of type "${names}"\n`
      : `${template.typeText.replaceAll('%', text)}\n`;
  const token = firstToken(text);
  const both = second === undefined ? first : `${first} or ${second}`;
  if (token === undefined) return wrong(both);
  if (second !== undefined && token.type !== first && token.type !== second) return wrong(both);
  if (token.length < text.length) return `"${text}" is not a valid value\n`;
  return token.type === first || token.type === second ? undefined : wrong(first);
}

const forbidden: readonly (readonly [string, string])[] = [
  ["'", "single quote (')"],
  ['\n', 'newline'],
  ['"', 'double quote (")'],
];

/** Characters that no value may hold: the first one decides what is printed. */
export function characterProblem(text: string): string | undefined {
  for (const char of text)
    for (const [bad, name] of forbidden)
      if (char === bad) return `Cannot use the ${name} character in a value string\n`;
  return undefined;
}
