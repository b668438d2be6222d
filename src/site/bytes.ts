// From the bytes of a file to a text that may be shown to a YAML reader: UTF-8 without tricks, of a bearable size.
import { type Finding, type Span, sizeLimit } from './text.ts';

const saveAsUtf8 = 'save it as UTF-8, without a byte order mark';

/**
 * Characters that a reviewer can't see or that change what he sees: controls but tab and line ends, line separators,
 * byte order marks, and those that turn the direction of writing ("Trojan Source", CVE-2021-42574).
 */
const unseen =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\r(?!\n)|\p{Cs}/gu;

/** Enough to see what sort of file it is. */
const most = 20;

/** The text, as far as it could be read, and what is wrong with it; a text with findings isn't to be parsed. */
export function decode(input: string | Uint8Array): { text: string; findings: Finding[] } {
  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.length;
  if (size > sizeLimit)
    return refuse(
      [0, 1],
      `the file has ${size} bytes; a site file has at most ${sizeLimit}`,
      'split it by router',
    );
  if (typeof input !== 'string') {
    if ((input[0] === 0xff && input[1] === 0xfe) || (input[0] === 0xfe && input[1] === 0xff))
      return refuse([0, 1], 'this is UTF-16 text', saveAsUtf8);
    const bad = firstBadByte(input);
    if (bad !== undefined) return bad;
  }
  const text = typeof input === 'string' ? input : Buffer.from(input).toString('utf8');
  if (text.startsWith('\ufeff'))
    return refuse([0, 1], 'the file begins with a byte order mark', saveAsUtf8, text);
  const findings: Finding[] = [];
  for (const found of text.matchAll(unseen)) {
    if (findings.length === most) break;
    findings.push(unseenCharacter(found[0], found.index));
  }
  return { text, findings };
}

function refuse(span: Span, message: string, hint: string, text = '') {
  return { text, findings: [{ span, code: 'unreadable', message, hint }] };
}

/** Where the bytes stop being UTF-8. The text before is kept, for the excerpt. */
function firstBadByte(bytes: Uint8Array): { text: string; findings: Finding[] } | undefined {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return undefined;
  } catch {
    const text = Buffer.from(bytes).toString('utf8');
    const at = Math.max(0, text.indexOf('\ufffd'));
    const byte = bytes[Buffer.byteLength(text.slice(0, at))] ?? 0;
    const message = `the byte 0x${byte.toString(16).padStart(2, '0')} is not UTF-8`;
    return refuse([at, at + 1], message, 'save the file as UTF-8', text.replaceAll(unseen, '\ufffd'));
  }
}

function unseenCharacter(char: string, at: number): Finding {
  const code = `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const what = char === '\r' ? 'a carriage return without a line feed' : `the invisible character ${code}`;
  return {
    span: [at, at + char.length],
    code: 'unreadable',
    message: `the file holds ${what}`,
    hint: "remove it: what a reviewer can't see has no place in this file",
  };
}
