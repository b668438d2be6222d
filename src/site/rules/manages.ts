// `manages` says each thing once.
import type { NumberRange, SitePath } from '../site.ts';
import type { Rule, RuleContext } from './rule.ts';

export const disjointRanges: Rule = context => {
  const { manages } = context.site;
  check(context, [...manages.at, 'interfaces'], manages.interfaces, 'wg');
  for (const [name, ranges] of manages.firewallRules)
    check(context, [...manages.at, 'firewallRules', name], ranges, 'rule ');
  check(context, [...manages.at, 'natRules'], manages.natRules, 'NAT rule ');
};

function check(
  { report, line }: RuleContext,
  at: SitePath,
  ranges: readonly NumberRange[],
  unit: string,
): void {
  for (const [i, range] of ranges.entries()) {
    const other = ranges.findIndex(({ from, to }, j) => j < i && from <= range.to && range.from <= to);
    const first = ranges[other];
    if (first !== undefined)
      report([...at, i], {
        code: 'duplicate-range',
        message: `${unit}${Math.max(first.from, range.from)} is named before${line([...at, other])}`,
        hint: 'let no two ranges overlap',
      });
  }
}
