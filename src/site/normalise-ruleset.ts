// Rulesets in the form that the program uses.
import type { Family } from '../wireguard/prefix.ts';
import { defined } from './defined.ts';
import { parseMatchAddress } from './grammar/firewall.ts';
import type { Written } from './schema/site.ts';
import type * as S from './site.ts';

type WrittenRuleset = NonNullable<Written['rulesets']>[string];
type WrittenRule = NonNullable<WrittenRuleset['rules']>[string];
type WrittenMatch = NonNullable<WrittenRule['source']> | NonNullable<WrittenRule['destination']>;

const families: Record<WrittenRuleset['family'], Family> = { ipv4: 4, ipv6: 6 };

export function normaliseRuleset(name: string, ruleset: WrittenRuleset): S.Ruleset {
  const at = ['rulesets', name];
  const rules = Object.entries(ruleset.rules ?? {}).map(([number, rule]) =>
    normaliseRule([...at, 'rules', number], Number(number), rule),
  );
  return defined({
    ...ruleset,
    at,
    name,
    family: families[ruleset.family],
    log: ruleset.log ?? false,
    rules: rules.sort((a, b) => a.number - b.number),
  });
}

const states: readonly S.ConnectionState[] = ['established', 'related', 'new', 'invalid'];

function normaliseRule(at: S.SitePath, number: number, rule: WrittenRule): S.Rule {
  const { icmp } = rule;
  return defined({
    ...rule,
    at,
    number,
    disable: rule.disable ?? false,
    log: rule.log ?? false,
    protocol: rule.protocol === undefined ? undefined : String(rule.protocol),
    state: states.filter(state => rule.state?.includes(state)),
    source: rule.source && normaliseMatch(rule.source),
    destination: rule.destination && normaliseMatch(rule.destination),
    icmp: typeof icmp === 'string' ? { typeName: icmp } : icmp && defined(icmp),
  });
}

export function normaliseMatch(match: WrittenMatch): S.Match {
  return defined({
    address:
      match.address === undefined ? undefined : (parseMatchAddress(match.address)?.text ?? match.address),
    port: match.port === undefined ? undefined : String(match.port),
    macAddress: 'macAddress' in match ? match.macAddress?.toLowerCase() : undefined,
    group: match.group && defined(match.group),
  });
}
