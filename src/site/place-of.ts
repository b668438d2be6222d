// The way back from a place in the text of a site file to what stands there.
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
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

interface Step {
  readonly step: string | number;
  readonly value: unknown;
}

function stepAt(node: unknown, offset: number): Step | undefined {
  if (isMap(node)) return first(node.items, pair => keyAt(pair, offset));
  if (!isSeq(node)) return undefined;
  return first([...node.items.entries()], ([step, item]) => {
    const [from, to] = (item as Node).range ?? [0, 0];
    return from <= offset && offset < to ? { step, value: item } : undefined;
  });
}

function keyAt(pair: Pair, offset: number): Step | undefined {
  const key = pair.key as Node;
  const [from, end] = key.range ?? [0, 0];
  const to = Math.max((pair.value as Node | null)?.range?.[1] ?? end, end);
  if (!isPair(pair) || offset < from || offset >= to) return undefined;
  return { step: isScalar(key) ? String(key.source ?? key.value) : '', value: pair.value };
}

function first<T>(items: readonly T[], found: (item: T) => Step | undefined): Step | undefined {
  for (const item of items) {
    const step = found(item);
    if (step !== undefined) return step;
  }
  return undefined;
}
