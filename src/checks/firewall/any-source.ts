// EW343: a peer that may use any source address, on a tunnel that is no way to the internet.
import { familyName } from '../../model/firewall/words.ts';
import type { Check } from '../../plan/types/check.ts';
import type { Peer, Tunnel } from '../../site/site.ts';
import { has, type Tree, value, values } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { families, finding, viewOf } from '../view.ts';

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
          if (index === undefined || isWayOut(after.tree, tunnel, family)) return [];
          const routed = tunnel.routes.map(route => route.prefix);
          return finding(input, [...peer.at, 'allowedIPs', index], {
            code: 'EW343',
            severity: 'warning',
            message: `${tunnel.name}: ${peer.name} may send from any ${familyName(family)} address, and only ${routed.join(', ')} ${routed.length === 1 ? 'is' : 'are'} routed to it`,
            hint: 'name in allowedIPs what is behind the peer and no more',
          });
        }),
      ),
    );
  },
};

/** The place among the allowed IPs of the first of those that are every address together, also in halves. */
function coversAll({ allowedIPs }: Peer, family: Family): number | undefined {
  const widest = ways[family].find(parts => parts.every(part => allowedIPs.includes(part)));
  return widest && allowedIPs.findIndex(prefix => widest.includes(prefix));
}

/** A default route leads into it: in the main table, in another one, or by route-allowed-ips. */
function isWayOut(tree: Tree, { name }: Tunnel, family: Family): boolean {
  if (value(tree, ['interfaces', 'wireguard', name, 'route-allowed-ips']) !== 'false') return true;
  const kind = family === 4 ? 'interface-route' : 'interface-route6';
  const tables = values(tree, ['protocols', 'static', 'table']).map(number => ['table', number]);
  return [[], ...tables].some(table =>
    ways[family]
      .flat()
      .some(prefix => has(tree, ['protocols', 'static', ...table, kind, prefix, 'next-hop-interface', name])),
  );
}
