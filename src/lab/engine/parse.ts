// Reads config.boot as the router's own reader does, in two steps: what is written (names, values, blocks), then what
// the templates make of it. Nodes they don't know are kept apart: the router reports each and goes on.
import { ConfigNode } from './config.ts';
import { type Template, takesValue } from './template.ts';

/** One node as written: `name`, `name value`, `name {` or `name value {`. */
export interface Written {
  readonly name: string;
  readonly value: string | undefined;
  readonly hasBlock: boolean;
  readonly comment: string | undefined;
  readonly children: Written[];
}

/** The file isn't in the router's form; the message is the router's. */
export class UnreadableConfig extends Error {}

const name = /[-A-Za-z0-9_]+/y;
const blanks = /[ \t\r\f\v]*/y;
const space = /\s*/y;
const bare = /[^{"\s][^{\s]*/y;

/** Throws {@link UnreadableConfig} with the router's sentence. Nodes marked with `!` are left out: they aren't in force. */
export function readWritten(text: string): Written[] {
  return new Reader(text).read();
}

class Reader {
  private readonly text: string;
  private position = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(): Written[] {
    const root: Written[] = [];
    const open = [root];
    let comment: string | undefined;
    for (;;) {
      this.take(space);
      const char = this.text.charAt(this.position);
      if (char === '') break;
      if (this.text.startsWith('/*', this.position)) {
        const text = this.comment();
        comment ??= text;
        continue;
      }
      if (char === '}') {
        if (open.length === 1) throw this.problem();
        open.pop();
        this.position++;
        comment = undefined;
        continue;
      }
      const node = this.node(comment);
      comment = undefined;
      if (!node.isOff) open.at(-1)?.push(node.written);
      if (node.written.hasBlock) open.push(node.written.children);
    }
    if (open.length > 1) throw this.problem();
    return root;
  }

  private node(comment: string | undefined): { written: Written; isOff: boolean } {
    const isOff = this.text.charAt(this.position) === '!';
    if (isOff) {
      this.position++;
      this.take(blanks);
    }
    const word = this.take(name);
    if (word === '') throw this.problem();
    if (this.text.charAt(this.position) === ':') this.position++;
    this.take(blanks);
    const value = this.value();
    this.take(blanks);
    const hasBlock = this.text.charAt(this.position) === '{';
    if (hasBlock) this.position++;
    else if (!/^\n?$/.test(this.text.charAt(this.position))) throw this.problem();
    return { written: { name: word, value, hasBlock, comment, children: [] }, isOff };
  }

  private value(): string | undefined {
    if (this.text.charAt(this.position) !== '"') return this.take(bare) || undefined;
    let end = this.position + 1;
    while (end < this.text.length && this.text.charAt(end) !== '"')
      end += this.text.charAt(end) === '\\' ? 2 : 1;
    if (end >= this.text.length) throw this.problem(this.text.length);
    const value = this.text.slice(this.position + 1, end);
    this.position = end + 1;
    return value;
  }

  private comment(): string {
    const end = this.text.indexOf('*/', this.position + 2);
    if (end === -1) throw this.problem(this.text.length);
    const text = this.text.slice(this.position + 2, end);
    this.position = end + 2;
    return text.replace(/^ /, '').replace(/ $/, '');
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }

  private problem(at = this.position): UnreadableConfig {
    const line = this.text.slice(0, at).split('\n').length;
    const rest = /^\S*/.exec(this.text.slice(at))?.[0] ?? '';
    return new UnreadableConfig(
      `Invalid config file (syntax error): error at line ${line}, text [${rest}]\n`,
    );
  }
}

/** What a file says, by the templates. */
export interface Understood {
  readonly config: ConfigNode;
  /** Paths that no template allows, in the file's order. */
  readonly unknown: string[][];
}

export function understand(templates: Template, written: readonly Written[]): Understood {
  const config = new ConfigNode();
  const unknown: string[][] = [];
  for (const node of written) put(templates, config, [], node, unknown);
  return { config, unknown };
}

function put(
  template: Template,
  parent: ConfigNode,
  path: string[],
  node: Written,
  unknown: string[][],
): void {
  const { name: word, value, comment, children } = node;
  const below = template.children.get(word);
  const here = value === undefined ? [...path, word] : [...path, word, value];
  if (below === undefined || takesValue(below) !== (value !== undefined)) {
    unknown.push(...leafPaths(path, node));
    return;
  }
  const own = child(parent, word);
  if (below.kind === 'leaf' || below.kind === 'multi') {
    own.values = below.kind === 'multi' ? [...(own.values ?? []), value ?? ''] : [value ?? ''];
    if (comment !== undefined) own.comment = comment;
    for (const inner of children) unknown.push(...leafPaths(here, inner));
    return;
  }
  const target = value === undefined ? own : child(own, value);
  if (comment !== undefined) target.comment = comment;
  for (const inner of children) put(below, target, here, inner, unknown);
}

function child(parent: ConfigNode, word: string): ConfigNode {
  let node = parent.children.get(word);
  if (node === undefined) {
    node = new ConfigNode();
    parent.children.set(word, node);
  }
  return node;
}

function leafPaths(path: readonly string[], node: Written): string[][] {
  const here = [...path, node.name, ...(node.value === undefined ? [] : [node.value])];
  return node.children.length === 0 ? [here] : node.children.flatMap(inner => leafPaths(here, inner));
}
