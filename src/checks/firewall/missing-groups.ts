// EW125: a rule of the file names a group that the router doesn't have: the commit fails, and keeps the rest.
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
            groupsOf(rule[end], family).flatMap(({ key, node, group }) => {
              const base = ['firewall', 'group', node];
              if (has(input.after, [...base, group]) || isBuiltIn(group)) return [];
              const there = values(input.after, base);
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
  /** Below `firewall group`. */
  readonly node: string;
  readonly group: string;
}

function groupsOf(match: Match | undefined, family: 4 | 6): Named[] {
  const prefix = family === 4 ? '' : 'ipv6-';
  return (['address', 'network', 'port'] as const).flatMap(key => {
    const said = match?.group?.[key];
    if (said === undefined) return [];
    const node = key === 'port' ? 'port-group' : `${prefix}${key}-group`;
    return { key, node, group: said.replace(/^!/, '') };
  });
}

/** EdgeOS makes one of each interface: ADDRv4_eth0. */
const isBuiltIn = (group: string): boolean => /^(ADDR|NET)v[46]_/.test(group);
