// An item more in a list of a site file's text.
import { isSeq, parseDocument } from 'yaml';
import type { SitePath } from '../site/site.ts';
import { withEntry } from './blocks.ts';

/** The text with `item` at the end of the list at `at`; the list is made where there is none. */
export function withItem(text: string, at: SitePath, item: string): string {
  const document = parseDocument(text);
  const list = document.getIn(at, true);
  if (!isSeq(list) || list.range == null)
    return withEntry(text, { at, data: [plain(item)], lines: [`${at.at(-1)}: [${item}]`] });
  const [from] = list.range;
  const last = list.items.at(-1) as { range?: readonly number[] } | undefined;
  const end = last?.range?.[1];
  if (list.flow === true) {
    const place = end ?? from + 1;
    return `${text.slice(0, place)}${end === undefined ? '' : ', '}${item}${text.slice(place)}`;
  }
  const first = (list.items[0] as { range?: readonly number[] } | undefined)?.range?.[0] ?? from;
  const dash = text.lastIndexOf('-', first);
  const indent = text.slice(text.lastIndexOf('\n', dash) + 1, dash);
  const newline = text.indexOf('\n', (end ?? from) - 1);
  const stop = newline === -1 ? text.length : newline + 1;
  const before = text.slice(0, stop);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return `${before}${before.endsWith('\n') ? '' : eol}${indent}- ${item}${eol}${text.slice(stop)}`;
}

const plain = (item: string): string | number => (/^\d+$/.test(item) ? Number(item) : item);
