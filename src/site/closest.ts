// What a person may have meant by a word that isn't known.

const plainForm = (text: string): string => text.toLowerCase().replaceAll(/[-_\s]/g, '');

/** The word of `known` that differs from `text` by little: case, dashes, or up to two slips of the hand. */
export function closest(text: string, known: readonly string[]): string | undefined {
  if (text.length > 64) return undefined;
  const wanted = plainForm(text);
  let best: { word: string; slips: number } | undefined;
  for (const word of known) {
    const slips = distance(wanted, plainForm(word));
    const bearable = Math.min(2, Math.floor(word.length / 3));
    if (slips <= bearable && (best === undefined || slips < best.slips)) best = { word, slips };
  }
  return best?.word;
}

/** Insertions, deletions, changes and swaps of neighbours that make `b` of `a` (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
