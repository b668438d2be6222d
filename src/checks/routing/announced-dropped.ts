// EW134: a range that a BGP neighbour announces through a tunnel, and that WireGuard wouldn't carry there: no peer of the interface has
// it, or another peer than the one behind which the neighbour is. With several neighbours (MetalLB announces from every node) the
// router spreads connections over all paths, so one that drops breaks its share of them (docs/faq.md 'Why one interface per server?').
import { difference, intersection, type Ranges } from '../../model/firewall/ranges.ts';
import type { Announced } from '../../model/routing/entry.ts';
import { peerFor, peersOf } from '../../model/routing/peers.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { SitePath, Tunnel } from '../../site/site.ts';
import { host, overlaps, parseAddress, printPrefix } from '../../wireguard/prefix.ts';
import { isNode, longer, siteFix } from '../fix.ts';
import { finding, lineOf, viewOf } from '../view.ts';
import { allOf, nameOf, type Owned, ownedBy, rangeOf } from './crypto-routing.ts';
import { alreadyThere, listed, livingTunnels } from './routes.ts';

export const announcedDropped: Check = {
  explanations: {
    EW134: {
      title: 'WireGuard would drop what a BGP neighbour announces',
      ignorable: true,
      why: `MetalLB announces a service's range from several servers, and the router spreads connections over all of them (ECMP).
      Each path must take the range: its interface needs it in the allowed IPs of the very peer that announces it. With one
      interface for several peers it belongs to one of them alone, whatever BGP says; that is the reason for one interface
      per server. The connections that hash to a path that drops just hang, and the others work.`,
      way: `Add the range to the allowedIPs of the peer on every tunnel through which it is announced; peers of one interface
      that announce the same range need interfaces of their own.`,
    },
  },
  find(input) {
    const { after } = viewOf(input);
    const tunnels = new Map(livingTunnels(input).map(tunnel => [tunnel.name, tunnel]));
    return after.routing.announced.flatMap(one => {
      const tunnel = tunnels.get(one.out ?? '');
      const iface = after.iface(one.out ?? '');
      if (one.isOpen || tunnel === undefined || iface === undefined) return [];
      const owned = ownedBy(iface);
      const { family } = one.prefix;
      const range = rangeOf(one.prefix);
      const allowed = allOf(owned, family);
      if (difference(range, allowed).length > 0)
        return [dropped(input, tunnel, one, intersection(range, allowed).length === 0)];
      const address = parseAddress(one.neighbor);
      const speaker = address && peerFor(peersOf(iface), host(address.family, address.address));
      const other = speaker && owned.find(it => takes(it, speaker.key, owned, range));
      if (speaker === undefined || other === undefined) return [];
      return [astray(input, tunnel, one, { speaker: nameOf(tunnel, speaker), other })];
    });
  },
};

/** Whether a prefix of another peer has any of `range`, where the speaker has no longer one. */
function takes({ peer, prefix }: Owned, speaker: string, owned: readonly Owned[], range: Ranges): boolean {
  if (peer.key === speaker) return false;
  const longer = owned.filter(one => one.peer.key === speaker && one.prefix.length > prefix.length);
  const taken = intersection(rangeOf(prefix), range);
  return difference(taken, allOf(longer, prefix.family)).length > 0;
}

/** The file's line of what is accepted; the tunnel where only the router has the neighbour. */
function placeOf({ site }: CheckInput, tunnel: Tunnel, { neighbor, prefix }: Announced): SitePath {
  const said = site.bgp?.neighbors.find(one => one.address === neighbor);
  const index = said?.accept.indexOf(printPrefix(prefix)) ?? -1;
  return said === undefined || index === -1 ? tunnel.at : [...said.at, 'accept', index];
}

function dropped(input: CheckInput, tunnel: Tunnel, one: Announced, isAll: boolean): Finding {
  const { announced } = viewOf(input).after.routing;
  const text = printPrefix(one.prefix);
  const others = announced.filter(
    it => it.neighbor !== one.neighbor && !it.isOpen && overlaps(it.prefix, one.prefix),
  );
  const shares =
    others.length === 0
      ? 'connections there fail'
      : `the router spreads connections over it and ${listed(others.map(it => `${it.neighbor} through ${it.out ?? 'another interface'}`))}, and its share of them fails`;
  const [peer] = tunnel.peers;
  const said = input.site.bgp?.neighbors.find(({ address }) => address === one.neighbor);
  const isHere = said === undefined || said.tunnel === tunnel.name;
  return finding(input, placeOf(input, tunnel, one), {
    code: 'EW134',
    severity: 'error',
    message: `${isAll ? '' : 'part of '}${text}, which BGP neighbour ${one.neighbor} announces through ${tunnel.name}, is in the allowed IPs of no peer of ${tunnel.name}${lineOf(input, tunnel.at)}: WireGuard drops it, and ${shares}`,
    hint: isHere
      ? `add ${text} to the allowedIPs of ${peer?.name ?? 'the peer'}: on interfaces of their own, peers may have the same prefix`
      : `let ${one.neighbor} be reached through its own tunnel`,
    ...(peer !== undefined && tunnel.peers.length === 1 && isHere && !isNode(input.site, tunnel)
      ? siteFix(longer([...peer.at, 'allowedIPs'], peer.allowedIPs, text))
      : {}),
    ...alreadyThere(input, one.path),
  });
}

function astray(
  input: CheckInput,
  tunnel: Tunnel,
  one: Announced,
  { speaker, other }: { speaker: string; other: Owned },
): Finding {
  return finding(input, placeOf(input, tunnel, one), {
    code: 'EW134',
    severity: 'error',
    message: `${printPrefix(one.prefix)}, which BGP neighbour ${one.neighbor} announces as ${speaker} of ${tunnel.name}, belongs to ${nameOf(tunnel, other.peer)} there (${printPrefix(other.prefix)}): WireGuard encrypts it for that peer, whatever BGP says`,
    hint: 'give each peer that announces it an interface of its own: then the routing table decides',
    ...alreadyThere(input, other.path),
  });
}
