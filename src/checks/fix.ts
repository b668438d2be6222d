// Hints as data: what a machine may do in place of a person, so that the plan has nothing more against it then.
import type { Finding, SiteEdit } from '../plan/types/plan.ts';
import type { Route, Site, SitePath, Tunnel } from '../site/site.ts';
import { covers, parsePrefix } from '../wireguard/prefix.ts';

/** Other values in the site file; none of them, no fix. */
export function siteFix(...edits: readonly SiteEdit[]): Pick<Finding, 'fix'> {
  return edits.length === 0 ? {} : { fix: { kind: 'site', edits } };
}

/** RFC 1918, RFC 6598 and RFC 4193: nobody on the internet may use them, so whoever sends there means a private network. */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].flatMap(
  text => parsePrefix(text) ?? [],
);

export function isPrivate(text: string): boolean {
  const prefix = parsePrefix(text);
  return prefix !== undefined && privateRanges.some(range => covers(range, prefix));
}

/** A blackhole over a BGP neighbour's address would be one for all that it announces whenever the link flaps. */
export function mayBeGuarded({ bgp }: Site, text: string): boolean {
  const prefix = parsePrefix(text);
  const neighbors = (bgp?.neighbors ?? []).flatMap(({ address }) => parsePrefix(address) ?? []);
  return prefix !== undefined && !neighbors.some(one => covers(prefix, one));
}

/** A new route of a tunnel, with a guard where it must not leave in clear. */
export function routeEdit(site: Site, tunnel: Tunnel, prefix: string, description?: string): SiteEdit {
  const guard = isPrivate(prefix) && mayBeGuarded(site, prefix);
  return {
    path: [...tunnel.at, 'routes', prefix],
    value: { ...(description !== undefined && { description }), ...(guard && { guard }) },
  };
}

/** The checks of the two ends know what a node of the file has; here it is not for a machine to guess. */
export const isNode = ({ cluster }: Site, tunnel: Tunnel): boolean =>
  cluster?.nodes.some(node => node.tunnel === tunnel.name) === true;

/** A route that is there, with its guard. */
export function guarded({ at, description, distance }: Route): SiteEdit {
  return {
    path: at,
    value: {
      ...(description !== undefined && { description }),
      ...(distance !== undefined && { distance }),
      guard: true,
    },
  };
}

/** A list with one more. */
export const longer = (path: SitePath, list: readonly string[], more: string): SiteEdit => ({
  path,
  value: [...list, more],
});
