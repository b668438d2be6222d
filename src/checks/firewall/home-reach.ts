// EW124: what the other end of a tunnel may reach at home, when the plan changes it: new connections through the router and
// to the router itself, by the rulesets attached to the tunnel's interface.

import { attachedTo, stagesToRouter } from '../../model/firewall/attached.ts';
import { type Packets, states } from '../../model/firewall/packets.ts';
import { askStages } from '../../model/firewall/passing.ts';
import { difference, only, type Ranges, span, union } from '../../model/firewall/ranges.ts';
import { passes } from '../../model/firewall/verdict.ts';
import { familyName, tellDecider, tellPackets } from '../../model/firewall/words.ts';
import { peersOf } from '../../model/routing/peers.ts';
import type { Check } from '../../plan/types/check.ts';
import { type Family, last } from '../../wireguard/prefix.ts';
import { families, finding, type Side, viewOf } from '../view.ts';

export const homeReach: Check = {
  explanations: {
    EW124: {
      title: 'what the peers of a tunnel may reach at home',
      why: `New connections that the rulesets attached to the tunnel let pass, through the router (in) and to the router itself
      (local), from the addresses that the peers may use. It is reported when the plan changes it, for whoever reviews it.`,
      way: 'Compare it with what is meant. Each part names the rule that lets it pass.',
    },
  },
  find(input) {
    const { before, after, isSame } = viewOf(input);
    if (isSame('firewall', 'interfaces')) return [];
    return input.site.tunnels.flatMap(tunnel =>
      families.flatMap(family => {
        const told = reach(after, tunnel.name, family);
        const earlier = reach(before, tunnel.name, family);
        if (told.length === 0 || told.join() === earlier.join()) return [];
        return finding(input, [...tunnel.at, 'firewall'], {
          code: 'EW124',
          severity: 'note',
          message: `${tunnel.name}: over ${familyName(family)} its peers may open ${told.join('; ')}`,
        });
      }),
    );
  },
};

/** One line per rule that lets new connections pass; empty without rulesets, which is another check's. */
function reach(side: Side, name: string, family: Family): string[] {
  const iface = side.iface(name);
  if (iface === undefined) return [];
  const senders = sendersOf(side, name, family);
  if (senders.length === 0) return [];
  const through = attachedTo(iface, 'in', family);
  return [
    { stages: through === undefined ? [] : [through], to: 'behind the router' },
    { stages: stagesToRouter(side.tree, iface, family), to: 'of the router itself' },
  ].flatMap(({ stages, to }) => {
    if (stages.length === 0) return [];
    const question: Packets = { state: only(states.new), source: senders };
    const open = askStages(side.firewall, stages, family, question).filter(part => passes(part) !== 'no');
    if (open.length === 0) return [`nothing ${to}`];
    return open.map(part => {
      const { source, ...packets } = part.packets;
      const fromAll = source === undefined || difference(senders, source).length === 0;
      const perhaps = passes(part) === 'maybe' ? 'perhaps ' : '';
      return `${perhaps}${tellPackets(fromAll ? packets : part.packets, family)} ${to}, by ${tellDecider(part)}`;
    });
  });
}

/** The addresses that the peers may send from. */
export function sendersOf(side: Side, name: string, family: Family): Ranges {
  const iface = side.iface(name);
  let set: Ranges = [];
  for (const { allowed } of iface === undefined ? [] : peersOf(iface))
    for (const { prefix } of allowed)
      if (prefix.family === family) set = union(set, span(prefix.first, last(prefix)));
  return set;
}
