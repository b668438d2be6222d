// A draft as YAML: keys in the order in which a reader wants them, short things on one line, comments where they belong.
import { Document, isMap, isScalar, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Data, Draft } from '../objects/draft.ts';
import { quoteForAll } from '../site/print-yaml.ts';
import { keysAt } from '../site/schema/at.ts';
import type { SitePath } from '../site/site.ts';

const schemaLine = ' yaml-language-server: $schema=./edgewg.schema.json';

/** The schema's order, which is a reader's; that of the draft where keys are the writer's own. */
function inOrder(keys: readonly string[], at: SitePath): string[] {
  const order = keysAt(at);
  return order.length === 0 ? [...keys] : order.filter(key => keys.includes(key));
}

const printing = { lineWidth: 110, flowCollectionPadding: true, indent: 2 } as const;

/** The text of a site file. `head` are lines for its beginning, `tail` for its end, without their `#`. */
export function writeDraft(draft: Draft, head: readonly string[] = [], tail: readonly string[] = []): string {
  const document = new Document();
  document.contents = toNode(draft.data, []) as YAMLMap;
  for (const { at, text } of draft.comments) commentAt(document.contents as YAMLMap, at, text);
  document.commentBefore = [schemaLine, ...head.map(line => ` ${line}`.trimEnd())].join('\n');
  if (tail.length > 0) document.comment = tail.map(line => ` ${line}`.trimEnd()).join('\n');
  return tight(quoteForAll(document).toString(printing)).replaceAll(/\n{3,}/g, '\n\n');
}

/** The lines of one entry of a site file, without the indent of what it stands in. */
export function linesOf(data: unknown, at: SitePath): string[] {
  const document = new Document();
  const map = new YAMLMap();
  map.items = [new Pair(keyOf(String(at.at(-1))), toNode(data, at))];
  document.contents = map;
  return tight(document.toString(printing)).trimEnd().split('\n');
}

/** Lists as people write them, `[a, b]`: the library pads brackets and braces alike. */
function tight(text: string): string {
  return text.replaceAll(/\[ ([^[\]{}"'#\n]*) \]/g, '[$1]');
}

/** `after` with every line that differs from one of `before` in such padding alone as it stood there. */
export function asBefore(before: string, after: string): string {
  const bare = (line: string): string => line.replaceAll(/([[{]) +| +([\]}])/g, '$1$2');
  const old = new Map(before.split('\n').map(line => [bare(line), line]));
  return after
    .split('\n')
    .map(line => old.get(bare(line)) ?? tight(line))
    .join('\n');
}

/** Plain data as nodes; `at` decides what stands on one line. */
export function toNode(value: unknown, at: SitePath): Scalar | YAMLMap | YAMLSeq {
  if (Array.isArray(value)) {
    const list = new YAMLSeq();
    list.items = value.map((item, i) => toNode(item, [...at, i]));
    list.flow = true;
    return list;
  }
  if (typeof value !== 'object' || value === null) return new Scalar(value);
  const map = new YAMLMap();
  const data = value as Data;
  map.items = inOrder(Object.keys(data), at).map(
    key => new Pair(keyOf(key), toNode(data[key], [...at, key])),
  );
  map.flow = isShort(value, at);
  return map;
}

/** A rule number is a number to YAML, and stands without quotes. */
function keyOf(key: string): Scalar {
  return new Scalar(/^\d+$/.test(key) ? Number(key) : key);
}

/** Maps that a person would write in braces: below a peer or a tunnel, routes, rules; as long as they fit on a line. */
function isShort(value: object, at: SitePath): boolean {
  const [first, , third] = at;
  if (at.length === 0 || JSON.stringify(value).length > 100) return false;
  if (Object.keys(value).length === 0) return true;
  if (first === 'tunnels')
    return at.length > 2 && (third !== 'peers' || at.length > 4) && (third !== 'routes' || at.length > 3);
  if (first === 'rulesets') return at.length > 3;
  if (first === 'bgp') return at.length > 2;
  return first !== 'router';
}

/** Before the key at `at`; it is missing when what it is about was taken out. */
function commentAt(root: YAMLMap, at: SitePath, text: string): void {
  const parent = at.length === 1 ? root : root.getIn(at.slice(0, -1), true);
  if (!isMap(parent)) return;
  const key = parent.items
    .map(pair => pair.key)
    .find(one => isScalar(one) && String(one.value) === String(at.at(-1)));
  if (isScalar(key)) key.commentBefore = text;
}
