// NAT rules in the form that the program uses.
import { defined } from './defined.ts';
import { parseMatchAddress } from './grammar/firewall.ts';
import { normaliseMatch } from './normalise-ruleset.ts';
import type { Written } from './schema/site.ts';
import type * as S from './site.ts';

type WrittenRule = NonNullable<Written['nat']>[string];

export function normaliseNat(nat: Written['nat']): S.NatRule[] {
  const rules = Object.entries(nat ?? {}).map(([number, rule]) => normaliseRule(number, rule));
  return rules.sort((a, b) => a.number - b.number);
}

function normaliseRule(number: string, rule: WrittenRule): S.NatRule {
  return defined({
    ...rule,
    at: ['nat', number],
    number: Number(number),
    disable: rule.disable ?? false,
    exclude: rule.exclude ?? false,
    log: rule.log ?? false,
    protocol: rule.protocol === undefined ? undefined : String(rule.protocol),
    source: rule.source && normaliseMatch(rule.source),
    destination: rule.destination && normaliseMatch(rule.destination),
    outsideAddress: rule.outsideAddress && translated(rule.outsideAddress),
    insideAddress: rule.insideAddress && translated(rule.insideAddress),
  });
}

function translated({ address, port }: NonNullable<WrittenRule['insideAddress']>): S.Translation {
  return defined({
    address: address === undefined ? undefined : (parseMatchAddress(address)?.text ?? address),
    port: port === undefined ? undefined : String(port),
  });
}
