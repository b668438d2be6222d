// Text of strangers on a terminal: whatever would move its cursor, ring its bell or change its colours becomes letters.

/** Most texts: nothing in them is anything but what it seems. */
const plain = /^[ -~]*$/;

/** Controls, formats (zero width, direction), blanks but the plain one, half characters as `\u{1b}`; a tab is one blank. */
export function visible(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(/[\p{C}\p{Z}]/gu, char =>
    char === '\t' || char === ' ' ? ' ' : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** East Asian wide and emoji, roughly: what terminals give two columns. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

const mark = /\p{M}/u;

/** How many columns a terminal gives to a text that {@link visible} let through. */
export function columns(text: string): number {
  if (plain.test(text)) return text.length;
  let sum = 0;
  for (const char of text) sum += mark.test(char) ? 0 : wide.test(char) ? 2 : 1;
  return sum;
}
