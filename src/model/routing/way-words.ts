// The steps of a way in words, for findings and traces.
import { addressesOf, type Interface } from '../../vyatta/interfaces.ts';
import { parseInterfaceAddress, printAddress } from '../../wireguard/prefix.ts';
import type { ModifyRule } from '../firewall/modify.ts';
import type { NatRule } from '../firewall/nat.ts';
import { tellDecider } from '../firewall/words.ts';
import type { Answer } from './answers.ts';
import type { Way } from './step.ts';
import { tellRoute } from './trace.ts';

/** `sends it by table 10`. */
export function tellEffect({ effect }: ModifyRule): string {
  switch (effect.kind) {
    case 'table':
      return `sends it by table ${effect.table}`;
    case 'group':
      return `gives it to load-balance group ${effect.group}`;
    case 'mark':
      return `marks it with ${effect.set.value}`;
    case 'connection':
      return 'gives it the mark of its connection';
    case 'drop':
      return 'drops it';
    default:
      return 'leaves it as it is';
  }
}

/** `its source becomes 10.2.0.2`; a masquerade takes the first address of the interface by which it leaves. */
export function tellNat({ type, to }: NatRule, out?: Interface): string {
  const what = type === 'destination' ? 'destination' : 'source';
  const own = out && addressesOf(out).flatMap(text => parseInterfaceAddress(text) ?? []);
  const first = own?.find(({ family }) => family === 4);
  const address = first === undefined ? "the interface's address" : printAddress(4, first.address);
  return `its ${what} becomes ${type === 'masquerade' ? address : (to ?? 'another address')}`;
}

export function tellAnswer(answer: Answer): string {
  switch (answer.kind) {
    case 'unmasked':
      return 'come only where the other end routes them back, since no source NAT takes the packets';
    case 'lost':
      return `don't come: ${tellLoss(answer.way)}`;
    default:
      return `don't come: ${answer.path.join(' ')} drops them, since no route of the main table leads back by the tunnel`;
  }
}

function tellLoss(way: Way): string {
  const rule = way.by.at(-1);
  if (way.end === 'dropped' && rule !== undefined) return `rule ${rule.number} of ${rule.ruleset} drops them`;
  if (way.end === 'refused' && way.verdict !== undefined) return `${tellDecider(way.verdict)} refuses them`;
  if (way.route !== undefined) return `they go by ${tellRoute(way.route)}`;
  return 'nothing leads them back';
}
