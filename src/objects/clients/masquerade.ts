// The rule that gives clients the tunnel's address, since the other end knows theirs as little as the internet does.
import type { NatRule, Site, Tunnel } from '../../site/site.ts';
import type { Tree } from '../../vyatta/tree.ts';
import type { Draft } from '../draft.ts';
import { freeNatNumber, natRule, wantNatRule } from '../nat.ts';
import type { Wanted } from '../wanted.ts';
import { masqueradeDescription } from './names.ts';

/** Beyond the numbers that wizards and guides use. */
const firstNumber = 5100;

const translates: ReadonlySet<string | undefined> = new Set(['masquerade', 'source']);

/** Nothing where the file or somebody else has a rule for what leaves by the tunnel. */
export function wantMasquerade(wanted: Wanted, site: Site, { name, clients }: Tunnel): void {
  if (clients === undefined || clients.masquerade === false) return;
  const isSaid = site.nat.some(
    rule => rule.outboundInterface === name && translates.has(rule.type) && !rule.disable && !rule.exclude,
  );
  if (isSaid) return;
  const { running } = wanted;
  const there = natRule
    .names(running)
    .filter(number => !isOfTheFile(site, Number(number)) && isFor(running, number, name));
  const ours = there.find(
    number => natRule.value(running, 'description', number) === masqueradeDescription(name),
  );
  const said = typeof clients.masquerade === 'number' ? clients.masquerade : undefined;
  if (ours === undefined && there.length > 0 && said === undefined) return;
  const taken = new Set([
    ...natRule.names(running).map(Number),
    ...natRule.names(wanted.tree).map(Number),
    ...site.nat.map(({ number }) => number),
  ]);
  const number = said ?? (ours === undefined ? freeNatNumber(taken, firstNumber) : Number(ours));
  if (number === undefined) return;
  const at = said === undefined ? clients.at : [...clients.at, 'masquerade'];
  wantNatRule(wanted, site, ruleOf(at, name, number));
}

/** It says itself what stands there, or that nothing does. */
const isOfTheFile = ({ nat, absent }: Site, number: number): boolean =>
  absent.natRules.includes(number) || nat.some(rule => rule.number === number);

const ruleOf = (at: NatRule['at'], name: string, number: number): NatRule => ({
  at,
  number,
  type: 'masquerade',
  description: masqueradeDescription(name),
  outboundInterface: name,
  disable: false,
  exclude: false,
  log: false,
});

const isFor = (running: Tree, number: string, tunnel: string): boolean =>
  natRule.value(running, 'outboundInterface', number) === tunnel &&
  translates.has(natRule.value(running, 'type', number)) &&
  !natRule.says(running, 'disable', number) &&
  !natRule.says(running, 'exclude', number);

/** `clients` says it where edgewg made the rule; another's stands under `nat`, and none at all is said. */
export function draftMasquerade(draft: Draft, running: Tree, name: string): void {
  const rules = natRule.names(running).filter(number => isFor(running, number, name));
  if (rules.length === 0) draft.set(['tunnels', name, 'clients', 'masquerade'], false);
  for (const number of rules)
    if (natRule.value(running, 'description', number) === masqueradeDescription(name)) {
      const said = draft.entryAt(['nat', number]);
      if (said !== undefined) draft.remove(said);
    }
}
