// Writes one value into the text of a site file and leaves every other byte of it as it is: comments, order, quotes.
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { Refused } from '../errors.ts';
import type { SitePath } from './site.ts';

/**
 * The text with `value` as the text that stands at `path`, of which all but the last key must be there. A key that isn't
 * written yet becomes the first of its map, in the style of the map. For a text that `loadSite` accepts; throws
 * {@link Refused} where there is no map to write into.
 */
export function withText(text: string, path: SitePath, value: string): string {
  const above = path.slice(0, -1);
  const key = String(path.at(-1));
  const document = parseDocument(text, { keepSourceTokens: true });
  const map = above.length === 0 ? document.contents : document.getIn(above, true);
  if (!isMap(map)) throw noPlace(above);
  const pair = map.items.find(item => isScalar(item.key) && item.key.value === key);
  return pair === undefined ? inserted(text, map, `${key}: ${quoted(value)}`) : replaced(text, pair, value);
}

function replaced(text: string, { value }: Pair, word: string): string {
  if (!isScalar(value) || value.range == null) throw noPlace([]);
  const [from, to] = value.range;
  // nothing written (`key:`) has no blank of its own, and a block text ends with its line
  const blank = from === to && !/\s/.test(text[from - 1] ?? '') ? ' ' : '';
  const end = /\r?\n$/.exec(text.slice(from, to))?.[0] ?? '';
  return `${text.slice(0, from)}${blank}${quoted(word)}${end}${text.slice(to)}`;
}

function inserted(text: string, map: YAMLMap, line: string): string {
  const [from = 0] = map.range ?? [];
  if (map.flow === true) {
    const isEmpty = map.items.length === 0;
    return `${text.slice(0, from + 1)} ${line}${isEmpty ? ' ' : ','}${text.slice(from + 1)}`;
  }
  const [first] = map.items;
  const at = isScalar(first?.key) ? first.key.range?.[0] : undefined;
  if (at === undefined) throw noPlace([]);
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const indent = text.slice(start, at);
  if (/[^ ]/.test(indent)) throw noPlace([]);
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  return `${text.slice(0, at)}${line}${end}${indent}${text.slice(at)}`;
}

/** Plain where YAML reads a plain word as that text in every place, a flow map too. */
function quoted(value: string): string {
  return /^[A-Za-z/][A-Za-z0-9/_.@+=-]*(:[A-Za-z0-9/_.@+=-]+)?$/.test(value) ? value : JSON.stringify(value);
}

function noPlace(path: SitePath): Refused {
  return new Refused(
    'site-edit',
    `the site file has no place for the new value${path.length === 0 ? '' : ` below ${path.join('.')}`}`,
    'write it by hand',
  );
}
