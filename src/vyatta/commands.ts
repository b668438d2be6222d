// Reads and prints `show configuration commands`. EdgeOS quotes a word only when it must and escapes nothing inside;
// VyOS and Vyatta 6.3 quote every value (docs/edgeos.md 'Reading', 'Printed commands'): both are read, the first is printed.
import { type Place, UnreadableText } from './source.ts';
import { byVersion, emptyTree, insert, type Path, type Tree } from './tree.ts';
import { printCommand } from './words.ts';

/**
 * Reads lines of `set PATH`; `comment PATH 'text'` attaches to its node, lines that start with `#` and blank lines
 * count for nothing. Anything else is an error with its line: output of another command must not pass for a
 * configuration. Throws {@link UnreadableText} with all of them.
 */
export function parseCommands(text: string): Tree {
  const tree = emptyTree();
  const problems: (Place & { message: string })[] = [];
  let number = 0;
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end === -1 ? text.length : end).replace(/\s+$/, '');
    start = end === -1 ? text.length : end + 1;
    number++;
    const problem = readLine(tree, line, number);
    if (problem !== undefined) problems.push({ line: number, ...problem });
  }
  if (problems.length > 0) throw new UnreadableText(problems);
  return tree;
}

type Problem = { column: number; message: string } | undefined;

function readLine(tree: Tree, line: string, number: number): Problem {
  if (line === '' || line.startsWith('#')) return undefined;
  const verb = line.slice(0, line.indexOf(' '));
  if (verb === 'comment') return readComment(tree, line, number);
  if (verb !== 'set') return { column: 1, message: 'not a `set` command' };
  const path = splitWords(line, 4);
  if (!Array.isArray(path)) return path;
  if (path.length === 0) return { column: 5, message: '`set` without a path' };
  insert(tree, path, number);
  return undefined;
}

/** `comment PATH 'text'`: the text may itself hold quotes, so it ends at the last one. */
function readComment(tree: Tree, line: string, number: number): Problem {
  const open = line.indexOf(" '");
  const path = splitWords(open === -1 ? line : line.slice(0, open), 8);
  if (!Array.isArray(path)) return path;
  if (open === -1 || !line.endsWith("'") || line.length < open + 3)
    return { column: 1, message: "a `comment` without its 'text'" };
  insert(tree, path, number).comment = line.slice(open + 2, -1);
  return undefined;
}

/**
 * The words of a line from `from` on. A quoted word ends at the first quote that a blank or the end follows, since
 * EdgeOS escapes nothing: `'it's'` is the word `it's`. Double quotes are what people type; the router prints none.
 */
function splitWords(line: string, from: number): string[] | { column: number; message: string } {
  const hash = line.indexOf(' #', from - 1);
  if (hash !== -1 && !/['"]/.test(line.slice(0, hash)))
    return { column: hash + 2, message: 'a # outside quotes: the router prints none' };
  if (!line.includes("'") && !line.includes('"'))
    return line
      .slice(from)
      .split(' ')
      .filter(word => word !== '');
  const words: string[] = [];
  let at = from;
  while (at < line.length) {
    const char = line.charAt(at);
    if (char === ' ') {
      at++;
    } else if (char === "'" || char === '"') {
      const close = closingQuote(line, at, char);
      if (close === -1) return { column: at + 1, message: 'a quoted word is not closed' };
      words.push(line.slice(at + 1, close));
      at = close + 1;
    } else {
      const blank = line.indexOf(' ', at);
      const end = blank === -1 ? line.length : blank;
      words.push(line.slice(at, end));
      at = end;
    }
  }
  return words;
}

function closingQuote(line: string, open: number, quote: string): number {
  for (let at = line.indexOf(quote, open + 1); at !== -1; at = line.indexOf(quote, at + 1))
    if (at + 1 === line.length || line.charAt(at + 1) === ' ') return at;
  return -1;
}

/**
 * Prints the tree as the router does: `set` lines in its order of nodes (values of one leaf in their own order), then
 * `comment` lines. `isOrdered(path)` says of which nodes the children keep their own order: the multi-valued leaves.
 */
export function printCommands(tree: Tree, isOrdered: (path: Path) => boolean = () => false): string {
  const sets: string[] = [];
  const comments: string[] = [];
  const walk = (node: Tree, path: string[]): void => {
    if (node.comment !== undefined)
      comments.push(`${printCommand('set', path).replace('set', 'comment')} '${node.comment}'`);
    if (node.children.size === 0 && path.length > 0) sets.push(printCommand('set', path));
    const words = [...node.children.keys()];
    if (!isOrdered(path)) words.sort(byVersion);
    for (const word of words) walk(node.children.get(word) ?? emptyTree(), [...path, word]);
  };
  walk(tree, []);
  return [...sets, ...comments].map(line => `${line}\n`).join('');
}
