// Reads and prints config.boot and `show configuration`: nodes in braces, values in double quotes where they need it,
// nothing escaped (docs/edgeos.md 'config.boot'; lexer rules as in EdgeOS's cparse_lex.l).
import { UnreadableText } from './source.ts';
import { byVersion, emptyTree, type Path, type Tree } from './tree.ts';

/**
 * Reads a configuration in braces. A `/* … *\/` belongs to the node after it; those at the end (the version trailer)
 * belong to nobody. Throws {@link UnreadableText} at the first thing that isn't the router's form: after it nothing is known.
 */
export function parseBoot(text: string): Tree {
  return new Reader(text).read();
}

const name = /[-A-Za-z0-9_]+/y;
const blanks = /[ \t\r\f\v]*/y;
const space = /\s*/y;
const bare = /[^\s{"][^\s{]*/y;
const braceToCome = /[ \t\r\f\v]*\{/y;

class Reader {
  private at = 0;
  private line = 1;
  private lineStart = 0;
  /** Of several comments before a node, the first is its. */
  private comment: string | undefined;

  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  read(): Tree {
    const root = emptyTree();
    const open: { node: Tree; line: number }[] = [{ node: root, line: 0 }];
    for (;;) {
      this.take(space);
      if (this.at >= this.text.length) break;
      const here = open.at(-1)?.node ?? root;
      if (this.text.startsWith('/*', this.at)) {
        const text = this.readComment();
        this.comment ??= text;
      } else if (this.text.charAt(this.at) === '}') {
        if (open.length === 1) throw this.problem('a } without its {');
        open.pop();
        this.at++;
        this.comment = undefined;
      } else {
        const node = this.readNode(here);
        this.comment = undefined;
        if (node !== undefined) open.push({ node, line: this.line });
      }
    }
    const unclosed = open.at(-1);
    if (open.length > 1)
      throw this.problem(`the { of line ${unclosed?.line} is not closed: the text was cut short`);
    return root;
  }

  /** `name`, `name value`, `name {` or `name value {`; gives the node whose block was opened. */
  private readNode(parent: Tree): Tree | undefined {
    const { line, comment } = this;
    const isDeactivated = this.text.charAt(this.at) === '!';
    if (isDeactivated) {
      this.at++;
      this.take(space);
    }
    const word = this.take(name);
    if (word === '') throw this.problem('expected a node name');
    const text = this.readValue();
    let node = child(parent, word, line);
    if (text !== undefined) node = child(node, text, line);
    if (isDeactivated) node.deactivated = true;
    if (comment !== undefined) node.comment = comment;
    if (this.take(braceToCome) !== '') return node;
    this.take(blanks);
    const char = this.text.charAt(this.at);
    if (char !== '' && char !== '\n') throw this.problem('expected the end of the line');
    return undefined;
  }

  /** What follows a name: a blank, perhaps with a colon before it, and a value; nothing where a block or the line's end follows. */
  private readValue(): string | undefined {
    const hasColon = this.text.charAt(this.at) === ':';
    if (hasColon) this.at++;
    if (this.take(blanks) === '') {
      if (hasColon || !/^[\n{]?$/.test(this.text.charAt(this.at)))
        throw this.problem('expected a blank behind the name');
      return undefined;
    }
    const value = this.text.charAt(this.at) === '"' ? this.readQuoted() : this.take(bare) || undefined;
    if (hasColon && value === undefined) throw this.problem('expected a value behind the colon');
    return value;
  }

  private readQuoted(): string {
    const start = this.at + 1;
    let end = start;
    while (end < this.text.length && this.text.charAt(end) !== '"')
      end += this.text.charAt(end) === '\\' ? 2 : 1;
    if (end >= this.text.length) throw this.problem('a value in double quotes is not closed');
    const value = this.text.slice(start, end);
    this.count(value);
    this.at = end + 1;
    return value;
  }

  private readComment(): string {
    const end = this.text.indexOf('*/', this.at + 2);
    if (end === -1) throw this.problem('a comment is not closed');
    const text = this.text.slice(this.at + 2, end);
    this.count(text);
    this.at = end + 2;
    return text.replace(/^ /, '').replace(/ $/, '');
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    if (pattern === space) this.count(found);
    this.at += found.length;
    return found;
  }

  /** Keeps the line number while passing over `text`, which starts somewhere in the current line. */
  private count(text: string): void {
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) {
      this.line++;
      this.lineStart = this.at + i + 1;
    }
  }

  private problem(message: string): UnreadableText {
    return new UnreadableText([
      { line: this.line, column: Math.max(1, this.at - this.lineStart + 1), message },
    ]);
  }
}

function child(parent: Tree, word: string, line: number): Tree {
  let node = parent.children.get(word);
  if (node === undefined) {
    node = emptyTree(line);
    parent.children.set(word, node);
  }
  return node;
}

/** How a node is written: a block of its own, `name value` for each child, or a bare name. */
export type Shape = 'block' | 'values' | 'bare';

/**
 * Prints the tree as the router's `save` does (without the version trailer), 4 blanks a level. A tree of words doesn't
 * tell a tag node from a container; `shapeOf` may know, else the words decide: what can't be a node name is a value.
 */
export function printBoot(tree: Tree, shapeOf: (path: Path) => Shape | undefined = () => undefined): string {
  return [...block(tree, [], '', shapeOf)].map(line => `${line}\n`).join('');
}

type ShapeOf = (path: Path) => Shape | undefined;

/** The lines of what stands in a block. */
function* block(node: Tree, path: Path, indent: string, shapeOf: ShapeOf): Generator<string> {
  for (const word of [...node.children.keys()].sort(byVersion)) {
    const below = node.children.get(word) ?? emptyTree();
    yield* commentLines(below, indent);
    const here = [...path, word];
    const shape = shapeOf(here) ?? guess(below);
    const head = `${indent}${below.deactivated ? '!' : ''}${word}`;
    if (below.children.size === 0 && shape !== 'block') yield head;
    else if (below.children.size > 0 && shape === 'values')
      for (const [text, inner] of below.children)
        yield* valueLines(word, [...here, text], inner, indent, shapeOf);
    else yield* braces(head, below, here, indent, shapeOf);
  }
}

function* valueLines(
  word: string,
  path: Path,
  inner: Tree,
  indent: string,
  shapeOf: ShapeOf,
): Generator<string> {
  yield* commentLines(inner, indent);
  const head = `${indent}${inner.deactivated ? '!' : ''}${word} ${printValue(path.at(-1) ?? '')}`;
  if (inner.children.size === 0 && shapeOf(path) !== 'block') yield head;
  else yield* braces(head, inner, path, indent, shapeOf);
}

function* braces(head: string, node: Tree, path: Path, indent: string, shapeOf: ShapeOf): Generator<string> {
  yield `${head} {`;
  yield* block(node, path, `${indent}    `, shapeOf);
  yield `${indent}}`;
}

function* commentLines({ comment }: Tree, indent: string): Generator<string> {
  if (comment !== undefined) yield `${indent}/* ${comment} */`;
}

const isName = /^[-A-Za-z0-9_]+$/;

/** Values when every child is childless or one of them can't be a name; a block otherwise. */
function guess(node: Tree): Shape {
  const children = [...node.children];
  const odd = children.some(([word]) => !isName.test(word));
  return odd || children.every(([, inner]) => inner.children.size === 0) ? 'values' : 'block';
}

function printValue(text: string): string {
  return text === '' || /[*}{;\s]/.test(text) ? `"${text}"` : text;
}
