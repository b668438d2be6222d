// EW132: a route into a tunnel whose peers may not have what it carries. WireGuard picks the peer by AllowedIPs; where none has the
// address, the packet is refused on the router ("Required key not available") and never sent.
import { difference, intersection, type Ranges } from '../../model/firewall/ranges.ts';
import type { Entry } from '../../model/routing/entry.ts';
import { peersOf } from '../../model/routing/peers.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Tunnel } from '../../site/site.ts';
import { type Family, printPrefix } from '../../wireguard/prefix.ts';
import { isNode, longer, siteFix } from '../fix.ts';
import { finding, lineOf, viewOf } from '../view.ts';
import { allOf, type Owned, ownedBy, rangeOf, tellAllowed } from './crypto-routing.ts';
import { alreadyThere, listed, livingTunnels, placeOfRoute, tellEntry } from './routes.ts';

export const routesWithoutPeer: Check = {
  explanations: {
    EW132: {
      title: 'a route into a tunnel leads to no peer',
      why: `The route brings a packet to the interface, and the interface finds no peer whose allowed IPs hold its destination.
      The router then refuses it ("Required key not available"), and nothing is sent: WireGuard never answers with a route.
      A route wider than what the peers have works for its part only. Routes to a range of addresses that peers have one by
      one are not reported.`,
      way: 'Add the prefix to the allowedIPs of the peer that should get it, or take the route out.',
    },
  },
  find(input) {
    const { after } = viewOf(input);
    const byTunnel = new Map<string, Entry[]>(livingTunnels(input).map(({ name }) => [name, []]));
    // networks of interfaces are wider than their peers as a rule, and route-allowed-ips follows the peers
    for (const entry of after.routing.main.all)
      if (entry.origin === 'interface' || entry.origin === 'route')
        byTunnel.get(entry.out ?? '')?.push(entry);
    return livingTunnels(input).flatMap(tunnel => {
      const iface = after.iface(tunnel.name);
      const entries = byTunnel.get(tunnel.name) ?? [];
      if (iface === undefined || entries.length === 0) return [];
      const owned = ownedBy(iface);
      const sets = { 4: allOf(owned, 4), 6: allOf(owned, 6) };
      const hasPeers = peersOf(iface).some(peer => !peer.disabled);
      return entries.flatMap(entry => uncovered(input, tunnel, entry, { owned, sets, hasPeers }) ?? []);
    });
  },
};

/** What the peers of a tunnel that are on have. */
interface Allowed {
  readonly owned: readonly Owned[];
  readonly sets: Readonly<Record<Family, Ranges>>;
  readonly hasPeers: boolean;
}

function uncovered(
  input: CheckInput,
  tunnel: Tunnel,
  entry: Entry,
  { owned, sets, hasPeers }: Allowed,
): Finding | undefined {
  const range = rangeOf(entry.prefix);
  const allowed = sets[entry.prefix.family];
  if (difference(range, allowed).length === 0) return undefined;
  const text = printPrefix(entry.prefix);
  const isNone = intersection(range, allowed).length === 0;
  const inside = owned.filter(
    one => intersection(rangeOf(one.prefix), range).length > 0 && one.prefix.family === entry.prefix.family,
  );
  // a route to a pool of addresses that are given to peers one by one
  if (!isNone && inside.every(({ prefix }) => prefix.length === (prefix.family === 4 ? 32 : 128)))
    return undefined;
  const at = placeOfRoute(input, entry);
  const [only] = tunnel.peers;
  // the other family's packets would be new, and its rulesets with them
  const isKnown = owned.some(one => one.prefix.family === entry.prefix.family);
  return finding(input, at ?? tunnel.at, {
    code: 'EW132',
    severity: isNone && hasPeers && at !== undefined ? 'error' : 'warning',
    message: isNone
      ? `${tunnel.name}: the route ${tellEntry(input, entry)} leads to nobody: ${hasPeers ? `no peer has ${text} in its allowed IPs, so WireGuard refuses every packet` : 'the interface has no peer that is on'}`
      : `${tunnel.name}: of the route ${tellEntry(input, entry)} only ${listed(inside.slice(0, 4).map(tellAllowed))} belongs to a peer: WireGuard refuses packets to the rest`,
    hint: !hasPeers
      ? `take disable out of a peer of ${tunnel.name}, or the routes out`
      : only === undefined || tunnel.peers.length > 1
        ? `add ${text} to the allowedIPs of the peer that has it, or narrow the route`
        : `add ${text} to the allowedIPs of ${only.name}${lineOf(input, only.at)}, or narrow the route`,
    ...(only !== undefined && tunnel.peers.length === 1 && hasPeers && isKnown && !isNode(input.site, tunnel)
      ? siteFix(longer([...only.at, 'allowedIPs'], only.allowedIPs, text))
      : {}),
    ...alreadyThere(input, entry.path),
  });
}
