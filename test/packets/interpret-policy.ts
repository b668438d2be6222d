// Policy routing: modify rulesets as chains of the mangle table, and the rules that lead a mark to a table (docs/edgeos.md 'Policy routing').
import { modifyRulesOf, type RuleWords, tablesOf } from '../support/iptables.ts';
import type { Attachment } from './interpret.ts';
import type { Reading } from './reading.ts';

const mask = '0x7f800000';
const nodeOf = { 4: 'modify', 6: 'ipv6-modify' } as const;
const valueless = ['disable', 'match-frag', 'match-non-frag', 'match-ipsec', 'match-none'];

const rulesetOf = (config: Reading, family: 4 | 6, name: string) => {
  const at = config.at('firewall', nodeOf[family], name);
  const rules = new Map<number, RuleWords>();
  for (const number of at.names('rule')) rules.set(Number(number), at.at('rule', number).words(valueless));
  return { family, defaultAction: at.value('default-action'), rules, groups: new Map() };
};

const hex = (mark: number): string => `0x${mark.toString(16)}`;

/** Words of `ip rule add`. There is none for IPv6. */
export function readPolicy(config: Reading): string[][] {
  const marks = new Map(
    config.names('firewall', 'modify').flatMap(name => tablesOf(rulesetOf(config, 4, name))),
  );
  return [...marks].map(([table, mark]) => [
    ...['pref', String(table), 'fwmark', `${hex(mark)}/${mask}`],
    ...['table', String(table)],
  ]);
}

/** Lines of the mangle table: `in` is asked before a route is looked up, `out` when it was. */
export function modifyChains(config: Reading, family: 4 | 6, attached: readonly Attachment[]): string[] {
  const rulesets = config
    .names('firewall', nodeOf[family])
    .map(name => ({ name, ruleset: rulesetOf(config, family, name) }));
  const marks = new Map(rulesets.flatMap(({ ruleset }) => tablesOf(ruleset)));
  return [
    ...[...marks].flatMap(([table, mark]) => [
      `:UBNT_PBR_${table} -`,
      `-A UBNT_PBR_${table} -j MARK --set-mark ${hex(mark)}/${mask}`,
      `-A UBNT_PBR_${table} -j ACCEPT`,
    ]),
    ...rulesets.flatMap(({ name, ruleset }) => [
      `:${name} -`,
      ...modifyRulesOf(ruleset)
        .replaceAll(/^-A TEST/gm, `-A ${name}`)
        .split('\n'),
    ]),
    ...attached
      .filter(one => one.family === family && one.modifies === true)
      .map(({ interface: name, direction, ruleset }) =>
        direction === 'in'
          ? `-A PREROUTING -i ${name} -j ${ruleset}`
          : `-A POSTROUTING -o ${name} -j ${ruleset}`,
      ),
  ];
}
