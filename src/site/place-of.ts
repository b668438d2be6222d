// The way back from a place in the text of a site file to what stands there.
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { SitePath } from './site.ts';

/** The path of the innermost key or item at a place (line and column from 1); empty when there is none. */
export function pathAt(text: string, line: number, column: number): SitePath {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const offset = (lines.lineStarts[line - 1] ?? 0) + column - 1;
  const path: (string | number)[] = [];
  let node: unknown = document.contents;
  for (;;) {
    const next = stepAt(node, offset);
    if (next === undefined) return path;
    path.push(next.step);
    node = next.value;
  }
}

function stepAt(node: unknown, offset: number): { step: string | number; value: unknown } | undefined {
  if (isMap(node))
    for (const pair of node.items) {
      const key = pair.key as Node;
      const end = (pair.value as Node | null)?.range?.[1] ?? key.range?.[1] ?? 0;
      if (isPair(pair) && (key.range?.[0] ?? 0) <= offset && offset < Math.max(end, key.range?.[1] ?? 0))
        return { step: isScalar(key) ? String(key.source ?? key.value) : '', value: pair.value };
    }
  if (isSeq(node))
    for (const [step, item] of node.items.entries()) {
      const [from, to] = (item as Node).range ?? [0, 0];
      if (from <= offset && offset < to) return { step, value: item };
    }
  return undefined;
}
