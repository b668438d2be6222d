// EW343: a peer that may use any source address, on a tunnel that is no way to the internet.
import { span, union } from '../../firewall/ranges.ts';
import type { Peer, Tunnel } from '../../site/site.ts';
import { find, has, type Tree, value, values } from '../../vyatta/tree.ts';
import { type Family, last, parsePrefix } from '../../wireguard/prefix.ts';
import type { Prospect } from '../make.ts';
import type { Diagnostic } from '../plan.ts';
import { families, finding, viewOf } from './view.ts';

export function anySource(prospect: Prospect): Diagnostic[] {
  const { after } = viewOf(prospect);
  return prospect.site.tunnels.flatMap(tunnel =>
    families.flatMap(family => {
      if (tunnel.routes.length === 0 || isWayOut(after.tree, tunnel, family)) return [];
      return tunnel.peers.flatMap(peer => {
        const index = coversAll(peer, family);
        if (index === undefined || peer.disable) return [];
        return finding(prospect, [...peer.at, 'allowedIPs', index], {
          code: 'EW343',
          severity: 'warning',
          message: `${tunnel.name}: ${peer.name} may send from any ${family === 4 ? 'IPv4' : 'IPv6'} address, and only ${tunnel.routes.map(route => route.prefix).join(', ')} ${tunnel.routes.length === 1 ? 'is' : 'are'} routed to it`,
          hint: 'name in allowedIPs what is behind the peer and no more',
        });
      });
    }),
  );
}

/** The place among the allowed IPs of the first of those that are every address together, also in halves. */
function coversAll({ allowedIPs }: Peer, family: Family): number | undefined {
  const prefixes = allowedIPs.map(parsePrefix);
  const set = prefixes
    .filter(prefix => prefix?.family === family)
    .flatMap(prefix => prefix ?? [])
    .reduce<ReturnType<typeof union>>((all, prefix) => union(all, span(prefix.first, last(prefix))), []);
  const bits = family === 4 ? 32n : 128n;
  const isAll = set[0]?.[0] === 0n && set[0][1] === (1n << bits) - 1n;
  if (!isAll) return undefined;
  return prefixes.findIndex(prefix => prefix?.family === family && prefix.length <= 1);
}

/** A default route leads into it: in the main table, in another one, or by route-allowed-ips. */
function isWayOut(tree: Tree, { name }: Tunnel, family: Family): boolean {
  if (value(tree, ['interfaces', 'wireguard', name, 'route-allowed-ips']) !== 'false') return true;
  const kind = family === 4 ? 'interface-route' : 'interface-route6';
  const tables = values(tree, ['protocols', 'static', 'table']).map(number => ['table', number]);
  return [[], ...tables].some(table => {
    const routes = find(tree, ['protocols', 'static', ...table, kind])?.children ?? [];
    return [...routes].some(([prefix, node]) => {
      const length = parsePrefix(prefix)?.length ?? 128;
      return length <= 1 && has(node, ['next-hop-interface', name]);
    });
  });
}
