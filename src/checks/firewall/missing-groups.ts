// EW125: a rule of the file names a group that the router doesn't have: the commit fails, and keeps the rest.
import { type GroupKind, groupPath, isInterfaceGroup } from '../../model/firewall/groups.ts';
import type { Check } from '../../plan/types/check.ts';
import type { Match } from '../../site/site.ts';
import { has, values } from '../../vyatta/tree.ts';
import { finding } from '../view.ts';

export const missingGroups: Check = {
  explanations: {
    EW125: {
      title: "a rule names a group that isn't there",
      why: `Groups are the router's own: the site file names them, and doesn't make them. EdgeOS refuses a rule whose group is not
        defined: 'Group [X] has not been defined', and the commit fails with the ruleset half made. Groups of IPv4 and of IPv6
        are two kinds (address-group, ipv6-address-group), so that one of the other family doesn't count.`,
      way: `Make the group on the router: set firewall group address-group NAME address ADDRESS. Or name one that is there.`,
    },
  },
  find: input =>
    input.site.rulesets.flatMap(({ name, family, rules }) =>
      rules
        .filter(rule => !rule.disable)
        .flatMap(rule =>
          (['source', 'destination'] as const).flatMap(end =>
            groupsOf(rule[end]).flatMap(({ key, kind, group }) => {
              const path = groupPath(kind, family, group);
              if (has(input.after, path) || isInterfaceGroup(group)) return [];
              const node = path.at(-2) ?? kind;
              const there = values(input.after, path.slice(0, -1));
              const have =
                there.length === 0 ? 'it has none of that kind' : `it has ${there.slice(0, 5).join(', ')}`;
              return finding(input, [...rule.at, end, 'group', key], {
                code: 'EW125',
                severity: 'error',
                message: `rule ${rule.number} of ${name} names ${node} ${group}, which the router doesn't have: ${have}`,
                hint: `make it on the router: set firewall group ${node} ${group} …; or name another`,
              });
            }),
          ),
        ),
    ),
};

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
