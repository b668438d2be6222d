// Entries put into a site file's text and taken out of it. Where they stand in blocks, which is nearly always, not a byte else changes:
// a printer of YAML would move comments about.
import { isMap, isScalar, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { asBefore, toNode } from '../import/write.ts';
import type { SitePath } from '../site/site.ts';

type Block = YAMLMap<Node, Node | null>;
type Document = ReturnType<typeof parseDocument>;

/** What is to stand at a place: as plain data, and as the lines of a block, the first of which has no indent. */
export interface Entry {
  readonly at: SitePath;
  readonly data: unknown;
  readonly lines: readonly string[];
}

/** The text with one entry more, at the end of its map. Maps above it that aren't there yet are made. */
export function withEntry(text: string, { at, data, lines }: Entry): string {
  const document = parseDocument(text);
  const depth =
    [...at.keys()].reverse().find(length => mapAt(document, at.slice(0, length)) !== undefined) ?? 0;
  const map = mapAt(document, at.slice(0, depth));
  const [line] = lines;
  if (map?.flow === true && line !== undefined && lines.length === 1)
    return withWords(text, map, at.slice(depth, -1), line);
  if (isBlock(map)) {
    const missing = at.slice(depth, -1);
    const heads = missing.map((step, i) => `${'  '.repeat(i)}${step}:`);
    const body = lines.map(line => `${'  '.repeat(missing.length)}${line}`);
    return withLines(text, map, [...heads, ...body]);
  }
  document.setIn(at, toNode(data, at));
  return asBefore(text, printed(document));
}

/** The text without what stands at `at`, and without the maps above it that are empty then. Comments above it stay. */
export function withoutEntry(text: string, at: SitePath): string {
  const document = parseDocument(text);
  let depth = at.length;
  while (depth > 1 && mapAt(document, at.slice(0, depth - 1))?.items.length === 1) depth--;
  const parent = mapAt(document, at.slice(0, depth - 1));
  const pair = parent?.items.find(({ key }) => isScalar(key) && String(key.value) === String(at[depth - 1]));
  if (parent?.flow === true && pair !== undefined && parent.items.length > 1)
    return withoutWords(text, parent, parent.items.indexOf(pair));
  const begin = pair?.key.range?.[0];
  if (isBlock(parent) && pair !== undefined && begin !== undefined && parent.items.length > 1) {
    const from = text.lastIndexOf('\n', begin - 1) + 1;
    const newline = text.indexOf('\n', Math.max(lastOfPair(pair) - 1, begin));
    return `${text.slice(0, from)}${newline === -1 ? '' : text.slice(newline + 1)}`;
  }
  document.deleteIn(at.slice(0, depth));
  return asBefore(text, printed(document));
}

function mapAt(document: Document, at: SitePath): YAMLMap<Node, Node | null> | undefined {
  const node = at.length === 0 ? document.contents : document.getIn(at, true);
  return isMap(node) ? (node as Block) : undefined;
}

const isBlock = (node: Block | undefined): node is Block =>
  node !== undefined && node.flow !== true && node.items.length > 0;

const printed = (document: Document): string =>
  document.toString({ lineWidth: 0, flowCollectionPadding: true });

/** Behind the last line of a block. */
function withLines(text: string, map: Block, lines: readonly string[]): string {
  const newline = text.indexOf('\n', lastOf(map) - 1);
  const end = newline === -1 ? text.length : newline + 1;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text.slice(0, end);
  const indent = ' '.repeat(indentOf(text, map));
  const added = lines.map(line => `${indent}${line}${eol}`).join('');
  return `${before}${before.endsWith('\n') ? '' : eol}${added}${text.slice(end)}`;
}

/** At the end of a map in braces. */
function withWords(text: string, map: Block, missing: SitePath, line: string): string {
  const words = `${missing.map(step => `${step}: { `).join('')}${line}${' }'.repeat(missing.length)}`;
  const last = map.items.at(-1);
  const [from = 0] = map.range ?? [];
  const end = last === undefined ? from + 1 : lastOfPair(last);
  return `${text.slice(0, end)}${last === undefined ? ` ${words} ` : `, ${words}`}${text.slice(end)}`;
}

/** With the comma behind it, or that before the last. */
function withoutWords(text: string, { items }: Block, index: number): string {
  const [before, pair, next] = [items[index - 1], items[index], items[index + 1]];
  const begin = pair?.key.range?.[0];
  if (pair === undefined || begin === undefined) return text;
  const from = next === undefined && before !== undefined ? lastOfPair(before) : begin;
  const to = next?.key.range?.[0] ?? lastOfPair(pair);
  return `${text.slice(0, from)}${text.slice(to)}`;
}

function indentOf(text: string, map: Block): number {
  const at = map.items[0]?.key.range?.[0] ?? 0;
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}

/** Where the last text of a node ends: a comment behind it stays on its line. */
function lastOf(node: Node): number {
  const pair = isMap(node) && isBlock(node as Block) ? (node as Block).items.at(-1) : undefined;
  return pair === undefined ? (node.range?.[1] ?? 0) : lastOfPair(pair);
}

function lastOfPair({ key, value }: Pair<Node, Node | null>): number {
  return lastOf(value === null || (isScalar(value) && value.range === undefined) ? key : value);
}
