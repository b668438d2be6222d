// The words of a `command:` reference, split as a POSIX shell would split them. No shell runs it, so what only a shell
// understands (pipes, variables, redirections) is a mistake that is reported rather than passed on as a letter.
import type { Fault } from './grammar.ts';

/** Operators and expansions; glob characters are letters here, as they are to a shell where no file matches. */
const operators = /[|&;<>()$`]/;

const noShell = "no shell runs it; where one is needed, write command:sh -c '…'";

/** A piece of a word: what it adds, and where the text goes on; or what is wrong. */
type Piece = { readonly word: string; readonly next: number } | Fault;

/** The program and its arguments, or what is wrong with the text, with offsets into it. */
export function splitWords(text: string): readonly string[] | Fault {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; ) {
    if (/[ \t]/.test(text.charAt(at))) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at++;
      continue;
    }
    const piece = pieceAt(text, at, word === undefined);
    if ('message' in piece) return piece;
    word = (word ?? '') + piece.word;
    at = piece.next;
  }
  if (word !== undefined) words.push(word);
  if (words[0] === undefined || words[0] === '')
    return { message: 'is not a command', hint: 'write command:sops -d wg4.key.enc' };
  return words;
}

function pieceAt(text: string, at: number, isFirst: boolean): Piece {
  const char = text.charAt(at);
  if (char === "'") {
    const end = text.indexOf("'", at + 1);
    return end < 0 ? unclosed(at, text) : { word: text.slice(at + 1, end), next: end + 1 };
  }
  if (char === '"') {
    const { word, end } = doubleQuoted(text, at);
    return typeof end === 'number' ? { word, next: end + 1 } : end;
  }
  if (char === '\\') {
    if (at + 1 === text.length)
      return { message: 'ends with a backslash', hint: 'take it out, or write \\\\', from: at, to: at + 1 };
    return { word: text.charAt(at + 1), next: at + 2 };
  }
  if (operators.test(char) || (isFirst && (char === '~' || char === '#'))) return special(char, at);
  return { word: char, next: at + 1 };
}

/** From the quote at `start`; `end` is where the other one stands, or what is wrong. */
function doubleQuoted(text: string, start: number): { word: string; end: number | Fault } {
  let word = '';
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') return { word, end: at };
    if (char === '$' || char === '`') return { word, end: special(char, at) };
    const next = text.charAt(at + 1);
    // what a backslash within double quotes is good for (POSIX, Shell Command Language, 2.2.3)
    if (char === '\\' && /^[$`"\\]$/.test(next)) {
      word += next;
      at += 1;
    } else word += char;
  }
  return { word, end: unclosed(start, text) };
}

function unclosed(at: number, text: string): Fault {
  return { message: 'has a quote that is not closed', hint: 'close it', from: at, to: text.length };
}

function special(char: string, at: number): Fault {
  return { message: `holds ${char}, which only a shell understands`, hint: noShell, from: at, to: at + 1 };
}

/** What {@link splitWords} gave is a fault. */
export function isFault(found: readonly string[] | Fault): found is Fault {
  return 'message' in found;
}
