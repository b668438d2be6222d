// Whose is it? What `manages` says about an interface or a rule.
import type { NumberRange, Site } from './site.ts';

const within = (ranges: readonly NumberRange[], number: number): boolean =>
  ranges.some(({ from, to }) => from <= number && number <= to);

/** True when `name` (wg0 … wg999) is the file's as a whole. */
export function managesInterface(site: Pick<Site, 'manages'>, name: string): boolean {
  const digits = /^wg(0|[1-9]\d{0,2})$/.exec(name)?.[1];
  return digits !== undefined && within(site.manages.interfaces, Number(digits));
}

/** True when the NAT rule `number` is the file's, whatever stands there. */
export function managesNatRule(site: Pick<Site, 'manages'>, number: number): boolean {
  return within(site.manages.natRules, number);
}

/** True when rule `number` of the ruleset is the file's, whatever stands there. */
export function managesRule(site: Pick<Site, 'manages'>, ruleset: string, number: number): boolean {
  return within(site.manages.firewallRules.get(ruleset) ?? [], number);
}
