// EW343: a peer that may use any source address, on a tunnel that is no way to the internet.

import { familyName } from '../../model/firewall/words.ts';
import { carriedBy } from '../../model/routing/carried.ts';
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { Check } from '../../plan/types/check.ts';
import type { Peer, Tunnel } from '../../site/site.ts';
import { type Family, printPrefix } from '../../wireguard/prefix.ts';
import { families, finding, type Side, viewOf } from '../view.ts';

/** How every address is said: at once, or in two halves, which many use so that the default route stays. */
const ways: Readonly<Record<Family, readonly (readonly string[])[]>> = {
  4: [['0.0.0.0/0'], ['0.0.0.0/1', '128.0.0.0/1']],
  6: [['::/0'], ['::/1', '8000::/1']],
};

export const anySource: Check = {
  explanations: {
    EW343: {
      title: 'a peer may send from any address, and only some are routed to it',
      why: `AllowedIPs decide both ways: where packets go, and whose addresses a peer may use as source. With 0.0.0.0/0 or ::/0 a server
      that is taken over can pass for any address, one at home too, and rulesets that go by source let it in.`,
      way: `Name the prefixes that are behind the peer: those that are routed to it, and those that BGP announces. Where it is the
      way to the internet, route 0.0.0.0/0 to it.`,
    },
  },
  find(input) {
    const { after } = viewOf(input);
    return input.site.tunnels.flatMap(tunnel =>
      families.flatMap(family =>
        tunnel.peers.flatMap(peer => {
          const index = tunnel.routes.length === 0 || peer.disable ? undefined : coversAll(peer, family);
          if (index === undefined || families.some(any => isWayOut(after, tunnel, any))) return [];
          const routed = routedInto(after, tunnel.name);
          const { allowedIPs } = peer;
          const narrow = narrowed(allowedIPs, routed, family);
          const isAlone = tunnel.peers.length === 1;
          return finding(input, [...peer.at, 'allowedIPs', index], {
            code: 'EW343',
            severity: 'warning',
            message: `${tunnel.name}: ${peer.name} may send from any ${familyName(family)} address, and only ${routed.join(', ')} ${routed.length === 1 ? 'is' : 'are'} routed to it`,
            hint: 'name in allowedIPs what is behind the peer and no more',
            ...(isAlone && {
              fix: { kind: 'site', edits: [{ path: [...peer.at, 'allowedIPs'], value: narrow }] },
            }),
          });
        }),
      ),
    );
  },
};

/** All prefixes that are routed into a tunnel, or may be by BGP. */
function routedInto({ routing }: Side, name: string): string[] {
  const { routes, announced } = carriedBy(routing, name);
  const led = routes.filter(
    ({ origin, prefix: { family, length } }) => origin !== 'connected' || length < (family === 4 ? 32 : 128),
  );
  return [...new Set([...led, ...announced].map(({ prefix }) => printPrefix(prefix)))];
}

/** What is behind a peer, with every address of a family taken out. */
function narrowed(allowedIPs: readonly string[], routed: readonly string[], family: Family): string[] {
  const all = ways[family].flat();
  const kept = allowedIPs.filter(prefix => !all.includes(prefix));
  const behind = routed.filter(prefix => !all.includes(prefix) && prefix.includes(':') === (family === 6));
  return [...new Set([...kept, ...behind])];
}

/** The place among the allowed IPs of the first of those that are every address together, also in halves. */
function coversAll({ allowedIPs }: Peer, family: Family): number | undefined {
  const widest = ways[family].find(parts => parts.every(part => allowedIPs.includes(part)));
  return widest && allowedIPs.findIndex(prefix => widest.includes(prefix));
}

/** A default route leads into it, whole or in halves: by a route or a next hop, in any table, by route-allowed-ips or by BGP. */
function isWayOut({ routing, tree }: Side, { name }: Tunnel, family: Family): boolean {
  if (tunnelKind.value(tree, 'routeAllowedIPs', name) !== 'false') return true;
  const { routes, announced } = carriedBy(routing, name);
  return (
    routes.some(({ prefix }) => prefix.family === family && prefix.length <= 1) ||
    announced.some(({ prefix, isOpen }) => prefix.family === family && (isOpen || prefix.length <= 1))
  );
}
