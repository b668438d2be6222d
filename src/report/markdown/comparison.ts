// How a plan compares with the one that was reviewed, as Markdown.
import type { Comparison } from '../../plan/compare.ts';
import { comparisonName, comparisonParts } from '../comparison.ts';
import type { Section } from './fit.ts';
import { fence, prose } from './prose.ts';

/** `file` is the reviewed plan's. */
export function comparisonSections(comparison: Comparison | undefined, file: string): Section[] {
  if (comparison === undefined) return [];
  const name = prose(comparisonName(comparison, file));
  const parts = comparisonParts(comparison).map(({ title, lines }) => `${title}:\n\n${fence('diff', lines)}`);
  const verdict = comparison.isSame
    ? `✅ The same as ${name}.`
    : `> [!CAUTION]\n> Not the same as ${name}: have it reviewed again.`;
  return [
    { name: 'the comparison in detail', rank: 6, short: verdict, text: [verdict, ...parts].join('\n\n') },
  ];
}
