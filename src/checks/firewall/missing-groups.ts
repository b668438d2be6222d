// EW125: a rule of the file names a group that the router doesn't have: the commit fails, and keeps the rest.
import { type GroupKind, groupPath, isInterfaceGroup } from '../../model/firewall/groups.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Match, Rule } from '../../site/site.ts';
import { has, values } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { finding } from '../view.ts';

export const missingGroups: Check = {
  explanations: {
    EW125: {
      title: "a rule names a group that isn't there",
      why: `A group is the file's under groups, or the router's own. EdgeOS refuses a rule whose group is not
        defined: 'Group [X] has not been defined', and the commit fails with the ruleset half made. Groups of IPv4 and of IPv6
        are two kinds (address-group, ipv6-address-group), so that one of the other family doesn't count.`,
      way: `Write the group under groups, or make it on the router: set firewall group address-group NAME address ADDRESS. Or name one that
        is there.`,
    },
  },
  find: input => [
    ...input.site.rulesets.flatMap(({ name, family, rules }) =>
      rules.flatMap(rule => missing(input, rule, family, `rule ${rule.number} of ${name}`)),
    ),
    ...input.site.nat.flatMap(rule => missing(input, rule, 4, `NAT rule ${rule.number}`)),
  ],
};

/** What a rule of a ruleset and one of NAT have in common. */
type Matching = Pick<Rule, 'at' | 'disable' | 'source' | 'destination'>;

function missing(input: CheckInput, rule: Matching, family: Family, said: string): Finding[] {
  if (rule.disable) return [];
  return (['source', 'destination'] as const).flatMap(end =>
    groupsOf(rule[end]).flatMap(({ key, kind, group }) => {
      const path = groupPath(kind, family, group);
      if (has(input.after, path) || isInterfaceGroup(group)) return [];
      const node = path.at(-2) ?? kind;
      const there = values(input.after, path.slice(0, -1));
      const have = there.length === 0 ? 'it has none of that kind' : `it has ${there.slice(0, 5).join(', ')}`;
      return finding(input, [...rule.at, end, 'group', key], {
        code: 'EW125',
        severity: 'error',
        message: `${said} names ${node} ${group}, which the router doesn't have: ${have}`,
        hint: `write it under groups with type: ${node.replace(/-group$/, '')}; or name another`,
      });
    }),
  );
}

interface Named {
  /** In the site file. */
  readonly key: 'address' | 'network' | 'port';
  readonly kind: GroupKind;
  readonly group: string;
}

function groupsOf(match: Match | undefined): Named[] {
  return (['address', 'network', 'port'] as const).flatMap(key => {
    const said = match?.group?.[key];
    return said === undefined ? [] : { key, kind: `${key}-group` as const, group: said.replace(/^!/, '') };
  });
}
