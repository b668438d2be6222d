// EW210: a tunnel whose own packets would go into the tunnel, or into another that needs this one. The whole ring is
// followed: route, peer, endpoint, route … (docs/cluster.md 'Why the second address').
import { peersOf } from '../../model/routing/peers.ts';
import { follow, type Hop } from '../../model/routing/trace.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { SitePath } from '../../site/site.ts';
import { type Interface, isWireguard } from '../../vyatta/interfaces.ts';
import { host, parseAddress } from '../../wireguard/prefix.ts';
import { finding, type Side, viewOf } from '../view.ts';
import { alreadyThere, placeOfRoute, tellEntry } from './routes.ts';

export const endpointLoops: Check = {
  explanations: {
    EW210: {
      title: 'a tunnel would have to go through itself',
      why: `WireGuard sends its own packets by the routing table, like any other. When the address of a peer's endpoint is
      routed into the tunnel, they go into the tunnel again, and nothing ever leaves. The same happens in a ring: the
      endpoint of one tunnel lies behind another whose endpoint lies behind the first. edgewg follows route, peer and
      endpoint until a packet leaves by a line that is no tunnel.`,
      way: `Give the server a second address that is in no route of the tunnel, as endpoint only (a second IPv6 address costs
      nothing), or take its public address out of the routes.`,
    },
  },
  find(input) {
    const { before, after } = viewOf(input);
    const isOurs = (name: string): boolean => input.site.tunnels.some(tunnel => tunnel.name === name);
    const rings = ringsOf(after);
    if (rings.every(ring => isOurs(ring.iface.name))) return rings.map(ring => told(input, ring));
    const earlier = new Set(ringsOf(before).map(ring => `${ring.iface.name} ${ring.key}`));
    return rings
      .filter(ring => isOurs(ring.iface.name) || !earlier.has(`${ring.iface.name} ${ring.key}`))
      .map(ring => told(input, ring));
  },
};

interface Ring {
  readonly iface: Interface;
  readonly key: string;
  readonly endpoint: string;
  /** From the endpoint's address back into `face`. */
  readonly hops: readonly Hop[];
  /** It closes only when a BGP neighbour announces the address. */
  readonly announcedBy?: string;
}

function ringsOf({ ifaces, routing }: Side): Ring[] {
  return ifaces
    .filter(iface => isWireguard(iface) && !iface.disabled)
    .flatMap(iface =>
      peersOf(iface).flatMap((peer): Ring[] => {
        const found = parseAddress(peer.endpoint?.host ?? '');
        if (found === undefined || peer.disabled) return [];
        const { hops } = follow(routing, found.family, found.address);
        const back = hops.findIndex(hop => hop.out?.name === iface.name && hop.routes.length > 0);
        const ring = { iface, key: peer.key, endpoint: peer.endpoint?.host ?? '' };
        if (back !== -1) return [{ ...ring, hops: hops.slice(0, back + 1) }];
        const perhaps = routing
          .mayWin(host(found.family, found.address))
          .find(announced => announced.out === iface.name);
        return perhaps === undefined ? [] : [{ ...ring, hops: [], announcedBy: perhaps.neighbor }];
      }),
    );
}

function told(input: CheckInput, { iface, key, endpoint, hops, announcedBy }: Ring): Finding {
  const tunnel = input.site.tunnels.find(one => one.name === iface.name);
  const peer = tunnel?.peers.find(one => one.publicKey === key);
  const who = peer?.name ?? `${key.slice(0, 8)}…`;
  const what = `${iface.name}: the endpoint of ${who}, ${endpoint},`;
  const entries = hops.flatMap(hop => hop.routes.slice(0, 1));
  const fallback = entries.map(entry => placeOfRoute(input, entry)).find(at => at !== undefined);
  const at: SitePath = peer === undefined ? (fallback ?? tunnel?.at ?? []) : [...peer.at, 'endpoint'];
  const hint = `give ${who} an endpoint that no route leads into a tunnel, such as a second address of that machine, or take the route out`;
  if (announcedBy !== undefined)
    return finding(input, at, {
      code: 'EW210',
      severity: 'warning',
      message: `${what} is in what BGP neighbour ${announcedBy} may announce through ${iface.name}: the tunnel's packets would then go into the tunnel itself`,
      hint: 'take the address out of what is accepted from that neighbour, or give the peer another endpoint',
    });
  const [first] = entries;
  const way = entries.map(entry => tellEntry(input, entry)).join(', ');
  return finding(input, at, {
    code: 'EW210',
    severity: 'error',
    message:
      entries.length === 1
        ? `${what} is routed into ${iface.name} itself by ${way}: the tunnel's own packets would go into the tunnel`
        : `${what} is reached only through ${iface.name} itself: ${way}; none of these tunnels can come up`,
    hint,
    ...(first && alreadyThere(input, first.path)),
  });
}
