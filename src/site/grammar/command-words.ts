// The words of a `command:` reference, split as a POSIX shell would split them. No shell runs it, so what only a shell
// understands (pipes, variables, redirections) is a mistake that is reported rather than passed on as a letter.
import type { Fault } from './grammar.ts';

/** Operators and expansions; glob characters are letters here, as they are to a shell where no file matches. */
const operators = /[|&;<>()$`]/;

const noShell = "no shell runs it; where one is needed, write command:sh -c '…'";

/** The program and its arguments, or what is wrong with the text, with offsets into it. */
export function splitWords(text: string): readonly string[] | Fault {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === ' ' || char === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return unclosed(at, text);
      word = (word ?? '') + text.slice(at + 1, end);
      at = end;
    } else if (char === '"') {
      const quoted = doubleQuoted(text, at);
      if (typeof quoted.end !== 'number') return quoted.end;
      word = (word ?? '') + quoted.word;
      at = quoted.end;
    } else if (char === '\\') {
      at += 1;
      if (at === text.length)
        return { message: 'ends with a backslash', hint: 'take it out, or write \\\\', from: at - 1, to: at };
      word = (word ?? '') + text.charAt(at);
    } else if (operators.test(char) || (word === undefined && (char === '~' || char === '#'))) {
      return special(char, at);
    } else {
      word = (word ?? '') + char;
    }
  }
  if (word !== undefined) words.push(word);
  if (words[0] === undefined || words[0] === '')
    return { message: 'is not a command', hint: 'write command:sops -d wg4.key.enc' };
  return words;
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
