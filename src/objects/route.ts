// A route into a tunnel, and the guard behind it: a blackhole that holds what the route leaves when its tunnel is gone.
import type { Route, Tunnel } from '../site/site.ts';
import { byVersion, find, has, type Tree } from '../vyatta/tree.ts';
import { canonicalPrefix, type Family } from '../wireguard/prefix.ts';
import type { Draft } from './draft.ts';
import type { Claim } from './hold.ts';
import { any, type KeyOf, Kind } from './kind.ts';
import { leafOf } from './leaf.ts';
import type { Wanted } from './wanted.ts';

/** Far enough that every route through a tunnel wins over it, and below 255, which means unreachable. */
export const guardDistance = '254';

const leaf = leafOf<Route>();

const leaves = [leaf('description', 'description'), leaf('distance', 'distance'), leaf('disable', 'disable')];

export const route: Kind<[family: Family, prefix: string, tunnel: string], KeyOf<typeof leaves>> = new Kind({
  at: [
    'protocols',
    'static',
    { 4: 'interface-route', 6: 'interface-route6' },
    any,
    'next-hop-interface',
    any,
  ],
  leaves,
  hold: (claim, family, prefix, name) => {
    if (isOurs(claim, prefix, name) || claim.wants(route.path(family, prefix, name))) return 'all';
    return claim.isNamed(name) ? 'said' : 'none';
  },
  title: (_, prefix, name) => ({
    title: `route ${prefix} through ${name}`,
    order: ['tunnels', name, 2],
  }),
  isOneEntry: true,
  unit: 4,
});

const guardLeaves = [leaf('distance', 'distance'), leaf('disable', 'disable')];

export const guard: Kind<[family: Family, prefix: string], KeyOf<typeof guardLeaves>> = new Kind({
  at: ['protocols', 'static', { 4: 'route', 6: 'route6' }, any, 'blackhole'],
  leaves: guardLeaves,
  hold: (claim, family, prefix) => {
    if (claim.wants(guard.path(family, prefix))) return 'all';
    const { running, wanted } = claim;
    if (!isGuarded(running, family, prefix)) return 'none';
    const hops = [...route.names(running, family, prefix), ...route.names(wanted, family, prefix)];
    // the blackhole that `guard: true` once put behind a route through an interface of ours
    if (hops.some(name => isOurs(claim, prefix, name))) return 'all';
    return hops.some(name => claim.isNamed(name)) ? 'said' : 'none';
  },
  title: (_, prefix) => ({ title: `guard of ${prefix}`, order: ['Guard routes', prefix, 0] }),
  known: 4,
  unit: 4,
});

/** Every route of the interface is, or this one is to go. */
function isOurs(claim: Claim, prefix: string, name: string): boolean {
  return claim.isWhole(name) || claim.site.absent.routes.get(name)?.includes(prefix) === true;
}

/** A blackhole as a guard is one: at a distance that nobody else chooses. */
function isGuarded(tree: Tree, family: Family, prefix: string): boolean {
  return has(tree, [...guard.leaf('distance', family, prefix), guardDistance]);
}

export function wantRoute(wanted: Wanted, { name }: Tunnel, said: Route): void {
  const { family, prefix } = said;
  route.want(wanted, said, [family, prefix, name]);
  if (said.guard) wanted.set([...guard.leaf('distance', family, prefix), guardDistance], said.at);
}

/** A route with its guard is one entry. */
export function draftRoutes(draft: Draft, running: Tree, name: string): void {
  for (const family of [4, 6] as const)
    for (const prefix of prefixesOf(running, family).sort(byVersion)) {
      if (!route.has(running, family, prefix, name)) continue;
      const data = {
        ...route.data(running, family, prefix, name),
        ...(isGuarded(running, family, prefix) ? { guard: true } : {}),
      };
      const [only, ...more] = Object.entries(data);
      const isPlain = more.length === 0 && only?.[0] === 'description';
      const at = ['tunnels', name, 'routes', canonicalPrefix(prefix)];
      draft.set(at, isPlain ? only[1] : data, route.path(family, prefix, name));
    }
}

/** The prefixes that have a route through any interface. */
function prefixesOf(running: Tree, family: Family): string[] {
  return [...(find(running, route.path(family, '', '').slice(0, 3))?.children.keys() ?? [])];
}
