// How packets leave by an interface, once the route is known: the rulesets between, source NAT, and WireGuard's peer.
import { addressesOf, type Interface, isEncrypted } from '../../vyatta/interfaces.ts';
import { type Family, parseInterfaceAddress } from '../../wireguard/prefix.ts';
import { stagesThrough } from '../firewall/attached.ts';
import { isDynamic } from '../firewall/groups.ts';
import { sourceNat } from '../firewall/nat.ts';
import { askStages } from '../firewall/passing.ts';
import { passes } from '../firewall/verdict.ts';
import { peersOf } from './peers.ts';
import { shares } from './split.ts';
import { destinationOf, ended, filtered, narrowed, type Step, type Way, type World } from './step.ts';

export function leaving(world: World, step: Step & { readonly out: Interface }): Way[] {
  const { from, family } = step.question;
  const stages = stagesThrough(world.tree, from, step.out, family);
  return askStages(world.firewall, stages, family, step.packets).flatMap(part => {
    const came = step.forwarded === undefined ? { ...part.packets } : step.came;
    const after = { ...filtered(step, part), out: step.out, came, packets: part.packets };
    return passes(part) === 'no' ? [ended(after, 'refused')] : translated(world, after);
  });
}

function translated(world: World, step: Step & { readonly out: Interface }): Way[] {
  const { family } = step.question;
  return sourceNat(world.tree, step.out, family, step.packets).flatMap(({ packets, rule, doubts }) => {
    const came = step.forwarded === undefined ? packets : step.came;
    const next = { ...step, came, packets, doubts: [...step.doubts, ...doubts] };
    if (rule === undefined) return delivered(next);
    const masked = { ...next, masked: rule };
    return rule.type === 'masquerade' && !hasAddress(step.out, family)
      ? [ended(masked, 'no-address')]
      : delivered(masked);
  });
}

/** Or may have: of some only the router knows it. */
function hasAddress(iface: Interface, family: Family): boolean {
  if (iface.kind !== 'wireguard' || isDynamic(iface, family)) return true;
  return addressesOf(iface).some(text => parseInterfaceAddress(text)?.family === family);
}

function delivered(step: Step & { readonly out: Interface }): Way[] {
  const { out } = step;
  if (out.kind !== 'wireguard') return [ended(step, isEncrypted(out) ? 'tunnel' : 'line')];
  const holders = peersOf(out)
    .filter(peer => !peer.disabled)
    .flatMap(peer => peer.allowed.map(({ prefix }) => ({ prefix, value: peer })));
  return shares(destinationOf(step), holders, step.question.family).map(({ addresses, value }) => {
    const part = {
      ...step,
      came: narrowed(step, addresses),
      packets: { ...step.packets, destination: addresses },
    };
    return value === undefined ? ended(part, 'no-peer') : ended({ ...part, peer: value }, 'tunnel');
  });
}
