// From YAML nodes to plain data and a tree of places beside it. Every node that YAML offers and a site file doesn't is
// a finding here, and missing from the data.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { SitePath } from './site.ts';
import { type Finding, mostFindings, type Span } from './text.ts';

/** Where a value stands, its key if it has one, and what is below it. Of one shape, since a large file has tens of thousands. */
export interface Spot {
  key: Span | undefined;
  readonly value: Span;
  /** Where the text of a scalar begins, when it stands in the file just as it is: then its characters have places. */
  readonly textAt: number | undefined;
  readonly children: ReadonlyMap<string | number, Spot> | undefined;
  /** There is a finding about it already. */
  readonly refused: boolean;
}

/** Of a value whose key, if there is one, isn't known yet. */
export function spotOf(
  value: Span,
  { textAt, children, refused = false }: Partial<Pick<Spot, 'textAt' | 'children' | 'refused'>> = {},
): Spot {
  return { key: undefined, value, textAt, children, refused };
}

/** The spot at `path`, or the nearest one above that is written; `rest` is what isn't. */
export function spotAt(root: Spot, path: SitePath): { spot: Spot; rest: SitePath } {
  let spot = root;
  let at = 0;
  for (const step of path) {
    const below = spot.children?.get(step);
    if (below === undefined) return { spot, rest: path.slice(at) };
    spot = below;
    at++;
  }
  return { spot, rest: [] };
}

function tell(findings: Finding[], finding: Finding): void {
  if (findings.length < mostFindings) findings.push(finding);
}

type Converted = { data: unknown; spot: Spot };

/** Plain objects, arrays, strings, numbers, booleans and null; `undefined` for what was refused. */
export function convert(node: Node, text: string, findings: Finding[]): Converted {
  const [from, to] = node.range ?? [0, 0];
  const value: Span = [from, Math.max(to, from + 1)];
  const refuse = (message: string, hint: string): Converted => {
    tell(findings, { span: value, code: 'yaml', message, hint });
    return { data: undefined, spot: spotOf(value, { refused: true }) };
  };
  if (isAlias(node))
    return refuse('an alias is used', 'write the value out: a site file has no anchors or aliases');
  if (node.anchor !== undefined) {
    const at = text.lastIndexOf(`&${node.anchor}`, from);
    const hint = 'remove it: a site file has no anchors or aliases';
    findings.push({
      span: [at, at + node.anchor.length + 1],
      code: 'yaml',
      message: 'an anchor is set',
      hint,
    });
  }
  if (node.tag !== undefined) return refuse('a tag is used', 'remove it: a site file has no tags');
  if (isMap(node)) return convertMap(node, value, text, findings);
  if (isSeq(node)) return convertSeq(node, value, text, findings);
  if (isScalar(node)) return convertScalar(node, value, text);
  return refuse('this cannot be read', 'rewrite the line');
}

function convertScalar(node: Scalar, value: Span, text: string): Converted {
  if (typeof node.value === 'string') {
    const start = text.startsWith(node.value, value[0])
      ? 0
      : text.startsWith(node.value, value[0] + 1)
        ? 1
        : undefined;
    const textAt = start === undefined ? undefined : value[0] + start;
    return { data: node.value, spot: spotOf(value, { textAt }) };
  }
  // 0x1F, 0o17, 1e3, 007 are numbers to YAML and riddles to a reader: here they are texts, and refused as such
  if (typeof node.value === 'number' && String(node.value) !== node.source)
    return { data: node.source, spot: spotOf(value, { textAt: value[0] }) };
  return { data: node.value, spot: spotOf(value) };
}

function convertSeq(node: YAMLSeq, value: Span, text: string, findings: Finding[]): Converted {
  const data: unknown[] = [];
  const children = new Map<number, Spot>();
  for (const [i, item] of node.items.entries()) {
    const converted = convert(item as Node, text, findings);
    data.push(converted.data);
    children.set(i, converted.spot);
  }
  return { data, spot: spotOf(value, { children }) };
}

/** Names that mean something to every JavaScript object. */
const reserved = new Set(['__proto__', 'constructor', 'prototype']);

function convertMap(node: YAMLMap, value: Span, text: string, findings: Finding[]): Converted {
  const data: Record<string, unknown> = {};
  const children = new Map<string, Spot>();
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    const key: Span = span(pair.key, value);
    const name = keyText(pair.key);
    const fault = keyFault(pair.key, name, children);
    if (fault !== undefined) tell(findings, { span: key, ...fault });
    // what an explicit `? key` without a value gives
    const below =
      pair.value === null ? { data: null, spot: spotOf(key) } : convert(pair.value, text, findings);
    if (fault !== undefined || name === undefined) continue;
    data[name] = below.data;
    below.spot.key = key;
    children.set(name, below.spot);
  }
  return { data, spot: spotOf(value, { children }) };
}

function span(node: Node | null, otherwise: Span): Span {
  return node?.range ? [node.range[0], Math.max(node.range[1], node.range[0] + 1)] : otherwise;
}

/** The text of a key as it is written: `10`, not a number; undefined for lists and maps. */
function keyText(node: Node | null): string | undefined {
  if (!isScalar(node)) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}

function keyFault(node: Node, name: string | undefined, seen: Map<string, Spot>) {
  const yaml = (message: string, hint: string) => ({ code: 'yaml', message, hint });
  if (isAlias(node)) return yaml('an alias is used as a key', 'write the key out');
  if (name === undefined || name === '') return yaml('a key must be a text', 'write `key: value`');
  if (isScalar(node) && (node.anchor !== undefined || node.tag !== undefined))
    return yaml('a key has a tag or an anchor', 'remove it');
  if (name === '<<') return yaml('a merge key is used', 'write the keys out: a site file has no aliases');
  if (reserved.has(name)) return yaml(`${name} cannot be a key`, 'choose another name');
  if (!seen.has(name)) return undefined;
  return {
    code: 'duplicate-key',
    message: `${name} is a key of this map already`,
    hint: 'keep one of the two',
  };
}
