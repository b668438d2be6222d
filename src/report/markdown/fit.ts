// A report with a limit: GitHub refuses a comment of more than 65,536 characters, and a step summary of more than 1 MiB.

/** A part of a report that may have to go. */
export interface Section {
  /** What the reader is told that is missing; undefined for a part that always stays. */
  readonly name?: string;
  readonly text: string;
  /** In its place when it has to go; nothing by default. */
  readonly short?: string;
  /** Sections with a lower one go first; of equal ones the last. */
  readonly rank: number;
}

const separator = '\n\n';

/** UTF-8, which is never less than what anybody counts as characters. */
function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * The sections one after another, no longer than `most` bytes. `tell` makes the section that says what was left out. Should
 * even that be too long, the end is cut off at a line.
 */
export function fitted(
  sections: readonly Section[],
  most: number,
  tell: (names: readonly string[]) => string,
): string {
  const gone = new Set<Section>();
  const order = sections.filter(({ name }) => name !== undefined).toReversed();
  order.sort((a, b) => a.rank - b.rank);
  for (let next = 0; ; next++) {
    const names = sections.flatMap(one => (gone.has(one) && one.name !== undefined ? [one.name] : []));
    const texts = sections.map(one => (gone.has(one) ? (one.short ?? '') : one.text));
    const [head = '', ...rest] = texts;
    const all = [head, names.length === 0 ? '' : tell(names), ...rest].filter(text => text !== '');
    const text = `${all.join(separator)}\n`;
    if (sizeOf(text) <= most) return text;
    const section = order[next];
    if (section === undefined) return cutOff(text, most, tell(['the end']));
    gone.add(section);
  }
}

/** Whole lines alone; what was open in Markdown (a list, a quotation) ends with a blank line. */
function cutOff(text: string, most: number, last: string): string {
  const end = `${separator}${last}\n`;
  let size = sizeOf(end);
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    size += sizeOf(line) + 1;
    if (size > most) break;
    kept.push(line);
  }
  return kept.length === 0 ? '' : kept.join('\n').trimEnd() + end;
}
