// Text from the other end, made fit for a terminal and for one line: a server's words are never trusted.

/** Control and format characters become visible escapes; what is longer than `most` characters is cut. */
export function printable(text: string, most = 300): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, char => {
    const code = char.codePointAt(0) ?? 0;
    if (code === 0x0a) return '\\n';
    if (code === 0x09) return ' ';
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
