// `bypass`: a tunnel's public addresses reached directly for a while. The node's public address goes through its tunnel; when that is
// broken, the route is what stands between a person and the node. Only these routes move, whatever else the file wants.
import { route as routeKind } from '../objects/route.ts';
import { tunnel as tunnelKind } from '../objects/tunnel.ts';
import type { Route, Site, Tunnel } from '../site/site.ts';
import { has, type Path, type Tree } from '../vyatta/tree.ts';
import { covers, parsePrefix } from '../wireguard/prefix.ts';

/** What no address of the internet lies in: RFC 6890 and RFC 4193, link-local and multicast. */
const special =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/3 fc00::/7 fe80::/10 ff00::/8 ::/8'
    .split(' ')
    .flatMap(text => parsePrefix(text) ?? []);

/** The routes of a tunnel to addresses of the internet; never a default route, which is no address of a node. */
export function publicRoutes(tunnel: Tunnel): Route[] {
  return tunnel.routes.filter(({ prefix, disable }) => {
    const found = parsePrefix(prefix);
    return (
      !disable && found !== undefined && found.length > 0 && !special.some(range => covers(range, found))
    );
  });
}

/** The node of the router that is a route of a tunnel. */
export function routeNode(tunnel: Tunnel, { prefix, family }: Route): Path {
  return routeKind.path(family, prefix, tunnel.name);
}

/** The tunnel is there, and none of its public routes is: as `bypass` leaves it. */
export function isBypassed(tunnel: Tunnel, running: Tree): boolean {
  const routes = publicRoutes(tunnel);
  return (
    routes.length > 0 &&
    // with it the allowed IPs are routes of the kernel, beside those of the configuration
    tunnelKind.value(running, 'routeAllowedIPs', tunnel.name) === 'false' &&
    tunnelKind.has(running, tunnel.name) &&
    routes.every(route => !has(running, routeNode(tunnel, route)))
  );
}

/** The site that wants nothing but those routes gone, or back. */
export function bypassSite(site: Site, tunnel: Tunnel, isRestored: boolean): Site {
  const routes = publicRoutes(tunnel);
  const bare: Tunnel = {
    at: tunnel.at,
    name: tunnel.name,
    disable: false,
    address: [],
    firewall: { in: {}, out: {}, local: {} },
    peers: [],
    routes,
  };
  const { bgp: _, dns: __, rotateAfter: ___, ...rest } = site;
  return {
    ...rest,
    manages: { at: site.manages.at, interfaces: [], firewallRules: new Map(), natRules: [] },
    rulesets: [],
    groups: [],
    nat: [],
    tunnels: isRestored ? [bare] : [],
    mssClamp: { ipv4: 'off', ipv6: 'off' },
    absent: {
      at: tunnel.at,
      tunnels: [],
      peers: new Map(),
      routes: isRestored ? new Map() : new Map([[tunnel.name, routes.map(({ prefix }) => prefix)]]),
      rulesets: [],
      firewallRules: new Map(),
      natRules: [],
      groups: [],
      neighbors: [],
    },
  };
}
