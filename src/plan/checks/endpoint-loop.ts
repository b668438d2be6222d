// EW210: a tunnel whose own packets would go into the tunnel, or into another that needs this one. The whole ring is
// followed: route, peer, endpoint, route … (design, 'No circular route').
import { peersOf } from '../../routing/peers.ts';
import { follow, type Hop } from '../../routing/trace.ts';
import type { SitePath } from '../../site/site.ts';
import type { Interface } from '../../vyatta/interfaces.ts';
import { host, parseAddress } from '../../wireguard/prefix.ts';
import type { Prospect } from '../make.ts';
import type { Diagnostic } from '../plan.ts';
import { alreadyThere, placeOfRoute, tellEntry } from './routes.ts';
import { finding, type Side, viewOf } from './view.ts';

export function endpointLoops(prospect: Prospect): Diagnostic[] {
  const { before, after } = viewOf(prospect);
  const isOurs = (name: string): boolean => prospect.site.tunnels.some(tunnel => tunnel.name === name);
  const rings = ringsOf(after);
  if (rings.every(ring => isOurs(ring.face.name))) return rings.map(ring => told(prospect, ring));
  const earlier = new Set(ringsOf(before).map(ring => `${ring.face.name} ${ring.key}`));
  return rings
    .filter(ring => isOurs(ring.face.name) || !earlier.has(`${ring.face.name} ${ring.key}`))
    .map(ring => told(prospect, ring));
}

interface Ring {
  readonly face: Interface;
  readonly key: string;
  readonly endpoint: string;
  /** From the endpoint's address back into `face`. */
  readonly hops: readonly Hop[];
  /** It closes only when a BGP neighbour announces the address. */
  readonly announcedBy?: string;
}

function ringsOf({ faces, routing }: Side): Ring[] {
  return faces
    .filter(face => face.kind === 'wireguard' && !face.disabled)
    .flatMap(face =>
      peersOf(face).flatMap((peer): Ring[] => {
        const found = parseAddress(peer.endpoint?.host ?? '');
        if (found === undefined || peer.disabled) return [];
        const { hops } = follow(routing, found.family, found.address);
        const back = hops.findIndex(hop => hop.out?.name === face.name && hop.routes.length > 0);
        const ring = { face, key: peer.key, endpoint: peer.endpoint?.host ?? '' };
        if (back !== -1) return [{ ...ring, hops: hops.slice(0, back + 1) }];
        const perhaps = routing
          .mayWin(host(found.family, found.address))
          .find(announced => announced.out === face.name);
        return perhaps === undefined ? [] : [{ ...ring, hops: [], announcedBy: perhaps.neighbor }];
      }),
    );
}

function told(prospect: Prospect, { face, key, endpoint, hops, announcedBy }: Ring): Diagnostic {
  const tunnel = prospect.site.tunnels.find(one => one.name === face.name);
  const peer = tunnel?.peers.find(one => one.publicKey === key);
  const who = peer?.name ?? `${key.slice(0, 8)}…`;
  const what = `${face.name}: the endpoint of ${who}, ${endpoint},`;
  const entries = hops.flatMap(hop => hop.routes.slice(0, 1));
  const fallback = entries.map(entry => placeOfRoute(prospect, entry)).find(at => at !== undefined);
  const at: SitePath = peer === undefined ? (fallback ?? tunnel?.at ?? []) : [...peer.at, 'endpoint'];
  const hint = `give ${who} an endpoint that no route leads into a tunnel, such as a second address of that machine, or take the route out`;
  if (announcedBy !== undefined)
    return finding(prospect, at, {
      code: 'EW210',
      severity: 'warning',
      message: `${what} is in what BGP neighbour ${announcedBy} may announce through ${face.name}: the tunnel's packets would then go into the tunnel itself`,
      hint: 'take the address out of what is accepted from that neighbour, or give the peer another endpoint',
    });
  const [first] = entries;
  const way = entries.map(entry => tellEntry(prospect, entry)).join(', ');
  return finding(prospect, at, {
    code: 'EW210',
    severity: 'error',
    message:
      entries.length === 1
        ? `${what} is routed into ${face.name} itself by ${way}: the tunnel's own packets would go into the tunnel`
        : `${what} is reached only through ${face.name} itself: ${way}; none of these tunnels can come up`,
    hint,
    ...(first && alreadyThere(prospect, first.path)),
  });
}
