// EW122 and EW123: what keeps the other end of a tunnel from the router and from the networks behind it. An interface
// without rulesets lets everything in, which must be said (`unfiltered: REASON`), since EdgeOS's default is silence.

import { attachedTo, stagesToRouter, zoneWith } from '../../model/firewall/attached.ts';
import { states } from '../../model/firewall/packets.ts';
import { askStages } from '../../model/firewall/passing.ts';
import { ownAddresses } from '../../model/firewall/port.ts';
import { only } from '../../model/firewall/ranges.ts';
import { passage, passes } from '../../model/firewall/verdict.ts';
import { familyName, tellParts } from '../../model/firewall/words.ts';
import { peersOf } from '../../model/routing/peers.ts';
import type { Check } from '../../plan/types/check.ts';
import { managesInterface } from '../../site/manages.ts';
import type { Neighbor, Tunnel } from '../../site/site.ts';
import type { Interface } from '../../vyatta/interfaces.ts';
import type { Tree } from '../../vyatta/tree.ts';
import { type Family, parseAddress } from '../../wireguard/prefix.ts';
import { families, finding, onRouter, viewOf } from '../view.ts';

/** Families of what a tunnel's peers may send: their allowed IPs on the router after the plan. */
function familiesOf(iface: Interface): Family[] {
  const sent = peersOf(iface).flatMap(({ allowed }) => allowed.map(({ prefix }) => prefix.family));
  return families.filter(family => sent.includes(family));
}

/** `in` also counts as guarded when the interface is in a zone: zones then decide by where packets go. */
function openDirections(tree: Tree, iface: Interface, family: Family): string[] {
  const zoned = zoneWith(tree, iface.name) !== undefined;
  return [
    ...(attachedTo(iface, 'in', family) !== undefined || zoned ? [] : ['in']),
    ...(stagesToRouter(tree, iface, family).length > 0 ? [] : ['local']),
  ];
}

export const unfiltered: Check = {
  explanations: {
    EW122: {
      title: 'nothing filters what comes out of a tunnel',
      why: `WireGuard checks who sends, not what. Without a ruleset for in, its peers reach every network behind the router;
      without one for local, the router's SSH, GUI and DNS. Whoever takes over one server of the cluster is at home.`,
      way: `Define rulesets and attach them under the tunnel's firewall (in and local), for each family that its peers may
      send. If they are as trusted as the home itself, say why: unfiltered: REASON.`,
    },
  },
  find(input) {
    const { before, after } = viewOf(input);
    return input.site.tunnels.flatMap(tunnel => {
      const iface = after.iface(tunnel.name);
      if (iface === undefined || tunnel.disable || tunnel.unfiltered !== undefined) return [];
      const open = familiesOf(iface)
        .map(family => ({ family, directions: openDirections(after.tree, iface, family) }))
        .filter(({ directions }) => directions.length > 0);
      if (open.length === 0) return [];
      // Somebody else's interface that was open before is reported, and no more: the file only adds a peer to it.
      const foreign = before.iface(tunnel.name) !== undefined && !managesInterface(input.site, tunnel.name);
      return finding(input, tunnel.at, {
        code: 'EW122',
        severity: foreign ? 'note' : 'warning',
        message: `${tunnel.name} has no ruleset for ${open
          .map(({ family, directions }) => `${familyName(family)} ${directions.join(' and ')}`)
          .join(', ')}: ${reachOf(open.flatMap(({ directions }) => directions))} is open to its peers`,
        hint: `attach rulesets under ${tunnel.name}'s firewall: in and local, or say why not with unfiltered: REASON`,
        running: onRouter(input, iface.path),
      });
    });
  },
};

function reachOf(directions: readonly string[]): string {
  const parts = [
    ...(directions.includes('local') ? ['the router itself'] : []),
    ...(directions.includes('in') ? ['every network behind it'] : []),
  ];
  return parts.join(' and ');
}

const bgpPort = 179;

/** Either end may open the session; when the neighbour does, it needs port 179 of the router. */
export const bgpPassage: Check = {
  explanations: {
    EW123: {
      title: "a BGP neighbour can't open its session",
      ignorable: true,
      why: `Either end may open the TCP connection to port 179. When the neighbour does and the local ruleset of the tunnel
      drops it, the session comes up only when the router happens to be first, and after a restart perhaps not.`,
      way: 'Accept tcp to port 179 from the address of the neighbour in the local ruleset of the tunnel.',
    },
  },
  find(input) {
    const { after } = viewOf(input);
    return (input.site.bgp?.neighbors ?? []).flatMap(neighbor => {
      const iface = after.iface(neighbor.tunnel);
      const from = parseAddress(neighbor.address);
      if (iface === undefined || from === undefined || neighbor.disable) return [];
      const stages = stagesToRouter(after.tree, iface, from.family);
      const own = ownAddresses(iface, from.family);
      const parts = askStages(after.firewall, stages, from.family, {
        protocol: only(6),
        state: only(states.new),
        source: only(from.address),
        ...(own.length > 0 && { destination: own }),
        destinationPort: only(bgpPort),
      });
      const passed = passage(parts);
      if (passed === 'all') return [];
      const blocking = parts.filter(part => passes(part) !== 'yes');
      const tunnel = input.site.tunnels.find(one => one.name === neighbor.tunnel);
      return finding(input, placeOfFilter(tunnel, neighbor, from.family), {
        code: 'EW123',
        severity: passed === 'none' ? 'error' : 'warning',
        message: `BGP neighbour ${neighbor.address} ${passed === 'none' ? "can't" : 'may not'} reach port ${bgpPort} of the router through ${neighbor.tunnel}: ${tellParts(blocking)}`,
        hint: `accept tcp from ${neighbor.address} to port ${bgpPort} in the local ruleset of ${neighbor.tunnel}`,
      });
    });
  },
};

const placeOfFilter = (tunnel: Tunnel | undefined, neighbor: Neighbor, family: Family): Neighbor['at'] => {
  const name = family === 4 ? 'ipv4' : 'ipv6';
  return tunnel?.firewall.local[name] === undefined ? neighbor.at : [...tunnel.at, 'firewall', 'local', name];
};
