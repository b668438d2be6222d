// Reads and prints `show configuration commands`. EdgeOS quotes a word only when it must and escapes nothing inside;
// VyOS and Vyatta 6.3 quote every value (docs/edgeos.md 'Reading', 'Printed commands'): both are read, the first is printed.
import { type Place, UnreadableText } from './source.ts';
import { splitWords } from './split-words.ts';
import { byVersion, emptyTree, insert, type Path, type Tree } from './tree.ts';
import { printCommand } from './words.ts';

/**
 * Reads lines of `set PATH`; `comment PATH 'text'` attaches to its node, lines that start with `#` and blank lines
 * count for nothing. Anything else is an error with its line: output of another command must not pass for a
 * configuration. Throws {@link UnreadableText} with all of them.
 */
export function parseCommands(text: string): Tree {
  const tree = emptyTree();
  const own = ownWords();
  const problems: (Place & { message: string })[] = [];
  const isEnded = text.endsWith('\n');
  let count = 0;
  // not all lines at once: a large configuration has a hundred thousand
  for (let at = 0; at <= text.length; ) {
    const next = (): string => {
      const end = text.indexOf('\n', at);
      const line = text.slice(at, end === -1 ? text.length : end).trimEnd();
      at = end === -1 ? text.length + 1 : end + 1;
      count++;
      return line;
    };
    const number = count + 1;
    let line = next();
    // the text of a comment may have several lines
    if (line.startsWith('comment ') && line.includes(" '"))
      while (!line.endsWith("'") && at <= text.length) line += `\n${next()}`;
    const isLast = !isEnded && at > text.length;
    const problem = readLine(tree, own, line, number) ?? (isLast ? cutShort(line) : undefined);
    if (problem !== undefined) problems.push({ line: number, ...problem });
  }
  if (problems.length > 0) throw new UnreadableText(problems);
  return tree;
}

/** The deepest node of the router has some twenty words. */
const mostWords = 100;

type Problem = { column: number; message: string } | undefined;

function readLine(tree: Tree, own: (word: string) => string, line: string, number: number): Problem {
  if (line === '' || line.startsWith('#')) return undefined;
  const verb = line.slice(0, line.indexOf(' '));
  if (verb === 'comment') return readComment(tree, line, number);
  if (verb !== 'set') return { column: 1, message: 'not a `set` command' };
  const path = splitWords(line, 4);
  if (!Array.isArray(path)) return path;
  if (path.length === 0) return { column: 5, message: '`set` without a path' };
  if (path.length > mostWords) return { column: 5, message: `a path of ${path.length} words` };
  insert(tree, path, number, own);
  return undefined;
}

/** What stands more than once stands again soon: a list of all words would be a third of the tree. */
const mostKnown = 1000;

/** A word that is cut from a text keeps all of it: the tree gets a copy, mostly the same one wherever the word stands. */
function ownWords(): (word: string) => string {
  const known = new Map<string, string>();
  return word => {
    let own = known.get(word);
    if (own === undefined) {
      own = Buffer.from(word).toString();
      if (known.size === mostKnown) known.clear();
      known.set(own, own);
    }
    return own;
  };
}

/** The last line has no end, and its last word begins with a quote that doesn't close. */
function cutShort(line: string): Problem {
  const open = / (['"])\S*$/.exec(line);
  return open === null || (line.endsWith(open[1] ?? '') && open[0].length > 2)
    ? undefined
    : { column: open.index + 2, message: 'a quoted word is not closed' };
}

/** `comment PATH 'text'`: the text is always quoted, and may itself hold quotes. */
function readComment(tree: Tree, line: string, number: number): Problem {
  const words = splitWords(line, 8);
  if (!Array.isArray(words)) return words;
  const text = words.pop();
  if (text === undefined || words.length === 0 || !line.endsWith(`'${text}'`))
    return { column: 1, message: "a `comment` without its 'text'" };
  insert(tree, words, number).comment = text;
  return undefined;
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
