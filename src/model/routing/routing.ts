// How a router routes, as far as its configuration says: connected networks, static routes, what providers and BGP neighbours
// bring. The main table; what policy routing makes of it is policy.ts.
import { type Interface, interfacesOf } from '../../vyatta/interfaces.ts';
import { find, has, type Tree, values } from '../../vyatta/tree.ts';
import { covers, type Family, host, type Prefix, parseAddress, parsePrefix } from '../../wireguard/prefix.ts';
import { announcedBy, importList } from './announced.ts';
import type { Announced, Entry } from './entry.ts';
import { type OwnAddress, ownAddresses, routesOf } from './interfaces.ts';
import { gateway, type StaticRoute, staticRoutes } from './statics.ts';
import { type RoutingTable, tableOf } from './table.ts';

export interface Routing {
  readonly tree: Tree;
  readonly ifaces: readonly Interface[];
  readonly main: RoutingTable;
  readonly announced: readonly Announced[];
  iface(name: string): Interface | undefined;
  /** The router's own address, if it is one. */
  own(family: Family, address: bigint): OwnAddress | undefined;
  /** The table that policy routing may send packets to. */
  table(number: string): RoutingTable;
  /** What a neighbour may announce for all or part of `prefix` and that would win over the routes there are. */
  mayWin(prefix: Prefix): readonly Announced[];
  /** Why the answers may be wrong, in words: what only the router knows. */
  readonly doubts: readonly string[];
}

/** `live`: lines of `ip route show`, for networks that no configuration shows; undefined when no router was asked. */
export function routingOf(
  tree: Tree,
  live: readonly string[] = [],
  ifaces: readonly Interface[] = interfacesOf(tree),
): Routing {
  const byName = new Map(ifaces.map(iface => [iface.name, iface]));
  const isUp = (name: string | undefined): boolean =>
    name !== undefined && byName.get(name)?.disabled === false;
  const up = ifaces.filter(iface => !iface.disabled);
  const direct = up.flatMap(routesOf);
  const learned = kernelRoutes(live, byName, direct);
  const base = [...direct, ...learned];
  const usable = (statics: readonly StaticRoute[]): Entry[] =>
    resolved(
      statics.filter(one => one.out === undefined || isUp(one.out)),
      base,
      isUp,
    );
  const main = tableOf([...base, ...usable([...staticRoutes(tree), ...gateway(tree)])]);
  const announced = announcedBy(tree, main);
  const own = new Map(ownAddresses(up).map(one => [`${one.family} ${one.address}`, one]));
  const tables = new Map<string, RoutingTable>();
  return {
    tree,
    ifaces,
    main,
    announced,
    iface: name => byName.get(name),
    own: (family, address) => own.get(`${family} ${address}`),
    table(number) {
      let found = tables.get(number);
      if (found === undefined) {
        found = tableOf(usable(staticRoutes(tree, number)));
        tables.set(number, found);
      }
      return found;
    },
    mayWin: prefix => announced.filter(one => wins(one, prefix, main)),
    doubts: doubtsOf(tree, up, learned.length > 0),
  };
}

/** A longer prefix wins over any distance; among equal ones the static route does. */
function wins(one: Announced, prefix: Prefix, main: RoutingTable): boolean {
  if (one.isOpen || !(covers(one.prefix, prefix) || covers(prefix, one.prefix))) return false;
  const [best] = main.best(prefix);
  if (best === undefined || one.longest > best.prefix.length) return true;
  return one.longest === best.prefix.length && one.distance < best.distance;
}

/** Gives next hops the interface of their network. A blackhole stays without. */
function resolved(
  statics: readonly StaticRoute[],
  known: readonly Entry[],
  isUp: (name: string | undefined) => boolean,
): Entry[] {
  const direct = tableOf([...known, ...statics.filter(one => one.origin === 'interface')]);
  const outOf = (via: string): string | null | undefined => {
    const address = parseAddress(via);
    if (address === undefined) return null;
    const [found] = direct.best(host(address.family, address.address));
    // Zebra doesn't reach a next hop by the default route.
    return found !== undefined && found.prefix.length > 0 && isUp(found.out) ? found.out : undefined;
  };
  // most routes of a router have one of a few next hops
  const outs = new Map<string, string | null | undefined>();
  return statics.filter(one => {
    if (one.via === undefined || one.out !== undefined) return true;
    if (!outs.has(one.via)) outs.set(one.via, outOf(one.via));
    const out = outs.get(one.via);
    // in place: a copy of each would be as much as the routes themselves
    one.out = out ?? undefined;
    return out !== null;
  });
}

/** Connected networks and default routes that the kernel has and the configuration doesn't say: DHCP, PPPoE, delegation. */
function kernelRoutes(
  live: readonly string[],
  ifaces: ReadonlyMap<string, Interface>,
  direct: readonly Entry[],
): Entry[] {
  const said = new Set(
    direct.map(({ prefix, out }) => `${prefix.family} ${prefix.first}/${prefix.length} ${out}`),
  );
  return live.flatMap((line): Entry[] => {
    const [, text, , out] = /^(\S+) (via \S+ )?dev (\S+).* proto kernel/.exec(line) ?? [];
    const prefix = parsePrefix(text ?? '');
    const iface = ifaces.get(out ?? '');
    if (prefix === undefined || iface === undefined || iface.disabled || iface.kind === 'wireguard')
      return [];
    if (isLinkLocal(prefix) || said.has(`${prefix.family} ${prefix.first}/${prefix.length} ${out}`))
      return [];
    return [{ prefix, origin: 'kernel', distance: 0, out, path: iface.path }];
  });
}

const linkLocals = ['fe80::/10', 'ff00::/8', '169.254.0.0/16'].flatMap(text => parsePrefix(text) ?? []);

/** Every interface has its own: no routing table tells where it leads. */
export const isLinkLocal = (prefix: Prefix): boolean => linkLocals.some(one => covers(one, prefix));

/** Of the networks it is told about delegation by the router only, so without `hasLive` they are in doubt. */
function doubtsOf(tree: Tree, up: readonly Interface[], hasLive: boolean): string[] {
  const protocols = ['ospf', 'ospfv3', 'rip', 'ripng'].filter(
    protocol => (find(tree, ['protocols', protocol])?.children.size ?? 0) > 0,
  );
  const groups = values(tree, ['load-balance', 'group']).filter(
    group => !has(tree, ['load-balance', 'group', group, 'lb-local', 'disable']),
  );
  return [
    ...protocols.map(protocol => `${protocol.toUpperCase()} may bring routes`),
    ...openNeighbors(tree),
    ...(hasLive ? [] : up.flatMap(delegated)),
    ...groups.map(group => `load-balance group ${group} may choose another of its interfaces`),
  ];
}

function openNeighbors(tree: Tree): string[] {
  return [...(find(tree, ['protocols', 'bgp'])?.children ?? [])].flatMap(([as, node]) =>
    [...(find(node, ['neighbor'])?.children ?? [])]
      .filter(
        ([neighbor, said]) =>
          importList(said, neighbor.includes(':') ? 6 : 4) === undefined && !said.children.has('shutdown'),
      )
      .map(([neighbor]) => `BGP neighbour ${neighbor} of AS ${as} may announce anything`),
  );
}

function delegated({ name, node }: Interface): string[] {
  const delegations = [...(find(node, ['dhcpv6-pd', 'pd'])?.children.values() ?? [])];
  return delegations
    .flatMap(pd => values(pd, ['interface']))
    .map(inside => `only the router knows the prefix that ${name} hands to ${inside}`);
}
