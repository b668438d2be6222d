// What the router checks for `service nat`: each rule as a whole, in a commit (vyatta-nat; docs/edgeos.md 'NAT').
import { type Act, failed, fine, type Outcome } from '../action.ts';
import { at, childrenAt, type View, valueAt } from '../config.ts';
import type { Template } from '../template.ts';
import { on, oneOf, range } from './attach.ts';
import { groupReferences, setsOf } from './groups.ts';

export function natBehaviour(root: Template): void {
  const rule = on(root, 'service nat rule');
  range(rule, 1, 9999, 'Rule number must be between 1 and 9999.');
  oneOf(on(rule, 'log'), ['enable', 'disable'], 'NAT logging must be enable or disable');
  groupReferences(rule);
  on(root, 'service nat').end = updateNat;
}

function updateNat({ working, world }: Act): Outcome {
  const rules = at(working, ['service', 'nat', 'rule']);
  for (const number of childrenAt(working, ['service', 'nat', 'rule'])) {
    const rule = rules?.child(number);
    const problem = rule === undefined || at(rule, ['disable']) !== undefined ? undefined : natProblem(rule);
    if (problem !== undefined) return failed(`NAT configuration error: ${problem}`);
  }
  world.kernel.sets.use('nat', setsOf(rules));
  return fine;
}

const withPorts = ['tcp', 'udp', 'tcp_udp', '6', '17'];

/** Why the router refuses a rule (NatRule.pm, in its order). */
function natProblem(rule: View): string | undefined {
  const type = valueAt(rule, ['type']) ?? '';
  if (!['source', 'destination', 'masquerade'].includes(type)) return 'rule type not specified/valid';
  const isDestination = type === 'destination';
  const [needs, refuses] = isDestination ? ['inbound', 'outbound'] : ['outbound', 'inbound'];
  if (at(rule, [`${refuses}-interface`]) !== undefined)
    return isDestination
      ? 'cannot specify outbound interface with "destination" rules'
      : 'cannot specify inbound interface with "masquerade" or "source" rules';
  if (valueAt(rule, [`${needs}-interface`]) === undefined) return `${needs}-interface not specified`;
  return translationProblem(rule, type, isDestination ? 'inside-address' : 'outside-address');
}

function translationProblem(rule: View, type: string, to: string): string | undefined {
  const address = valueAt(rule, [to, 'address']);
  const port = valueAt(rule, [to, 'port']);
  if (type === 'masquerade' && address !== undefined)
    return 'cannot specify outside IP address with "masquerade"';
  const protocol = valueAt(rule, ['protocol']) ?? '';
  if (port !== undefined && !withPorts.includes(protocol))
    return `ports can only be specified when protocol is "tcp" or "udp" (currently "${protocol}")`;
  const isNeeded = type !== 'masquerade' && at(rule, ['exclude']) === undefined;
  return isNeeded && (address ?? port) === undefined ? `${to} not specified` : undefined;
}
