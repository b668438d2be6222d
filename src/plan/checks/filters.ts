// EW122 and EW123: what keeps the other end of a tunnel from the router and from the networks behind it. An interface
// without rulesets lets everything in, which must be said (`unfiltered: REASON`), since EdgeOS's default is silence.
import { attachedTo, stagesToRouter } from '../../firewall/attached.ts';
import { states } from '../../firewall/packets.ts';
import { askStages } from '../../firewall/passing.ts';
import { ownAddresses } from '../../firewall/port.ts';
import { only } from '../../firewall/ranges.ts';
import { passage, passes } from '../../firewall/verdict.ts';
import { familyName, tellParts } from '../../firewall/words.ts';
import { managesInterface } from '../../site/manages.ts';
import type { Neighbor, Tunnel } from '../../site/site.ts';
import type { Interface } from '../../vyatta/interfaces.ts';
import { find, has, type Tree, values } from '../../vyatta/tree.ts';
import { type Family, parseAddress } from '../../wireguard/prefix.ts';
import type { Prospect } from '../make.ts';
import type { Diagnostic } from '../plan.ts';
import { families, finding, onRouter, viewOf } from './view.ts';

/** Families of what a tunnel's peers may send: their allowed IPs on the router after the plan. */
function familiesOf(face: Interface): Family[] {
  const peers = find(face.node, ['peer'])?.children.values() ?? [];
  const allowed = [...peers].flatMap(peer => values(peer, ['allowed-ips']));
  const sent = allowed.flatMap(list => list.split(',')).map(text => (text.includes(':') ? 6 : 4));
  return families.filter(family => sent.includes(family));
}

/** `in` also counts as guarded when the interface is in a zone: zones then decide by where packets go. */
function openDirections(tree: Tree, face: Interface, family: Family): string[] {
  const zones = find(tree, ['zone-policy', 'zone'])?.children.values() ?? [];
  const zoned = [...zones].some(zone => has(zone, ['interface', face.name]));
  return [
    ...(attachedTo(face, 'in', family) !== undefined || zoned ? [] : ['in']),
    ...(stagesToRouter(tree, face, family).length > 0 ? [] : ['local']),
  ];
}

export function unfiltered(prospect: Prospect): Diagnostic[] {
  const { before, after } = viewOf(prospect);
  return prospect.site.tunnels.flatMap(tunnel => {
    const face = after.face(tunnel.name);
    if (face === undefined || tunnel.disable || tunnel.unfiltered !== undefined) return [];
    const open = familiesOf(face)
      .map(family => ({ family, directions: openDirections(after.tree, face, family) }))
      .filter(({ directions }) => directions.length > 0);
    if (open.length === 0) return [];
    // Somebody else's interface that was open before is told, and no more: the file only adds a peer to it.
    const foreign = before.face(tunnel.name) !== undefined && !managesInterface(prospect.site, tunnel.name);
    return finding(prospect, tunnel.at, {
      code: 'EW122',
      severity: foreign ? 'note' : 'warning',
      message: `${tunnel.name} has no ruleset for ${open
        .map(({ family, directions }) => `${familyName(family)} ${directions.join(' and ')}`)
        .join(', ')}: ${reachOf(open.flatMap(({ directions }) => directions))} is open to its peers`,
      hint: `attach rulesets under ${tunnel.name}'s firewall: in and local, or say why not with unfiltered: REASON`,
      running: onRouter(prospect, face.path),
    });
  });
}

function reachOf(directions: readonly string[]): string {
  const parts = [
    ...(directions.includes('local') ? ['the router itself'] : []),
    ...(directions.includes('in') ? ['every network behind it'] : []),
  ];
  return parts.join(' and ');
}

const bgpPort = 179;

/** Either end may open the session; when the neighbour does, it needs port 179 of the router. */
export function bgpPassage(prospect: Prospect): Diagnostic[] {
  const { after } = viewOf(prospect);
  return (prospect.site.bgp?.neighbors ?? []).flatMap(neighbor => {
    const face = after.face(neighbor.tunnel);
    const from = parseAddress(neighbor.address);
    if (face === undefined || from === undefined || neighbor.disable) return [];
    const stages = stagesToRouter(after.tree, face, from.family);
    const own = ownAddresses(face, from.family);
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
    const tunnel = prospect.site.tunnels.find(one => one.name === neighbor.tunnel);
    return finding(prospect, placeOfFilter(tunnel, neighbor, from.family), {
      code: 'EW123',
      severity: passed === 'none' ? 'error' : 'warning',
      message: `BGP neighbour ${neighbor.address} ${passed === 'none' ? "can't" : 'may not'} reach port ${bgpPort} of the router through ${neighbor.tunnel}: ${tellParts(blocking)}`,
      hint: `accept tcp from ${neighbor.address} to port ${bgpPort} in the local ruleset of ${neighbor.tunnel}`,
    });
  });
}

const placeOfFilter = (tunnel: Tunnel | undefined, neighbor: Neighbor, family: Family): Neighbor['at'] => {
  const name = family === 4 ? 'ipv4' : 'ipv6';
  return tunnel?.firewall.local[name] === undefined ? neighbor.at : [...tunnel.at, 'firewall', 'local', name];
};
