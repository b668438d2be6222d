// Names of rulesets and the family they are used for: EdgeOS keeps IPv4 and IPv6 rulesets in one space of names, and
// attaching one of the wrong family fails at commit (docs/edgeos.md 'Rulesets').
import type { Family } from '../../wireguard/prefix.ts';
import type { PerFamily, Site, SitePath } from '../site.ts';
import type { Rule } from './rule.ts';

interface Use {
  readonly name: string;
  readonly family: Family;
  readonly path: SitePath;
  readonly isDefinition?: true;
}

const perFamily = (names: PerFamily<string>, at: SitePath): Use[] => [
  ...(names.ipv4 === undefined ? [] : [{ name: names.ipv4, family: 4 as const, path: [...at, 'ipv4'] }]),
  ...(names.ipv6 === undefined ? [] : [{ name: names.ipv6, family: 6 as const, path: [...at, 'ipv6'] }]),
];

/** Every place that says of which family a ruleset is; the rulesets that the file defines come first. */
function usesOf(site: Site): Use[] {
  return [
    ...site.rulesets.map(({ name, family, at }) => ({ name, family, path: at, isDefinition: true as const })),
    ...perFamily(site.uplink.rulesets, ['uplink', 'rulesets']),
    ...site.tunnels.flatMap(({ firewall, at }) =>
      (['in', 'out', 'local'] as const).flatMap(way => perFamily(firewall[way], [...at, 'firewall', way])),
    ),
  ];
}

export const oneFamilyPerRuleset: Rule = ({ site, report, line }) => {
  const first = new Map<string, Use>();
  for (const use of usesOf(site)) {
    const known = first.get(use.name);
    if (known === undefined) first.set(use.name, use);
    else if (known.family !== use.family)
      report(use.path, {
        code: 'ruleset-family',
        message: `${use.name} ${known.isDefinition ? 'is' : 'is used'} for IPv${known.family}${line(known.path)}, here for IPv${use.family}`,
        hint: `take a ruleset for IPv${use.family}: one ruleset has one family`,
      });
  }
};
