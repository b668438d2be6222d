// What is ours on the router: decided once, before anything is compared (docs/reference.md 'Ownership'). No state is kept anywhere;
// the site file says it.
import { managesInterface, managesRule } from '../site/manages.ts';
import type { Site } from '../site/site.ts';
import { lookup } from '../vyatta/nodes.ts';
import { has, type Path, type Tree, value, values } from '../vyatta/tree.ts';

/** Far enough that every route through a tunnel wins over it, and below 255, which means unreachable. */
export const guardDistance = '254';

/** How the names of edgewg's prefix lists begin; the neighbour's address follows. */
export const prefixListPrefix = 'EDGEWG-';

/** The leaves of an interface that a site file can say; others below it (`ip ospf …`) are kept and reported. */
const interfaceLeaves = new Set([
  'address',
  'description',
  'disable',
  'firewall',
  'listen-port',
  'mtu',
  'peer',
  'private-key',
  'route-allowed-ips',
]);

/**
 * `ours`: deleted when the file doesn't name it. `kept`: below something of ours, but not the file's to delete, so it is
 * reported. `foreign`: nobody asked.
 */
export type Fate = 'ours' | 'kept' | 'foreign';

/** The fate of a node of the running configuration that the file doesn't want. */
export type Ownership = (path: Path) => Fate;

/** `wanted` tells which leaves the file names on interfaces and rules that it doesn't manage as a whole. */
export function ownership(site: Site, running: Tree, wanted: Tree): Ownership {
  const wants = (path: Path): boolean => has(wanted, path);
  const absentTunnels = new Set(site.absent.tunnels);
  const named = new Set(site.tunnels.map(t => t.name));
  const whole = (name: string): boolean => managesInterface(site, name) || absentTunnels.has(name);
  const rulesets = new Set([...site.rulesets.map(r => r.name), ...site.absent.rulesets]);
  const neighbors = new Set([...(site.bgp?.neighbors ?? []).map(n => n.address), ...site.absent.neighbors]);

  /** A neighbour that an earlier site file wanted: its prefix list has the name that edgewg gives. */
  const isOurNeighbor = (neighbor: Path): boolean =>
    site.bgp !== undefined &&
    value(running, [...neighbor, 'prefix-list', 'import'])?.startsWith(prefixListPrefix) === true;

  /** The blackhole that `guard: true` once put behind a route through an interface of ours. */
  const isOrphanedGuard = (kind: 'route' | 'route6', prefix: string): boolean => {
    const hops = ['protocols', 'static', `interface-${kind}`, prefix, 'next-hop-interface'];
    const guard = ['protocols', 'static', kind, prefix, 'blackhole', 'distance', guardDistance];
    const leaves = (name: string): boolean =>
      whole(name) || site.absent.routes.get(name)?.includes(prefix) === true;
    return has(running, guard) && [...values(running, hops), ...values(wanted, hops)].some(leaves);
  };

  return path => {
    const [a, b, c, d, e, f] = path;
    if (a === 'interfaces' && b === 'wireguard' && c !== undefined) {
      if (whole(c) && !named.has(c)) return 'ours';
      if (d !== undefined && !interfaceLeaves.has(d)) return named.has(c) || whole(c) ? 'kept' : 'foreign';
      if (whole(c)) return 'ours';
      if (d === 'peer' && e !== undefined && site.absent.peers.get(c)?.includes(e)) return 'ours';
      if (!named.has(c)) return 'foreign';
      return ownLeaf(path, wants);
    }
    if (a === 'firewall' && (b === 'name' || b === 'ipv6-name') && c !== undefined) {
      if (rulesets.has(c)) return 'ours';
      if (d !== 'rule' || e === undefined) return 'foreign';
      if (managesRule(site, c, Number(e))) return 'ours';
      if (site.absent.firewallRules.get(c)?.includes(Number(e))) return 'ours';
      return wants(path.slice(0, 5)) ? ownLeaf(path, wants) : 'foreign';
    }
    if (a === 'protocols' && b === 'static' && (c === 'interface-route' || c === 'interface-route6')) {
      if (d === undefined || e === undefined || f === undefined) return 'foreign';
      if (whole(f) || site.absent.routes.get(f)?.includes(d)) return 'ours';
      return wants(path.slice(0, 6)) ? 'ours' : 'foreign';
    }
    if (a === 'protocols' && b === 'static' && (c === 'route' || c === 'route6'))
      return wants(path.slice(0, 5)) || (d !== undefined && isOrphanedGuard(c, d)) ? 'ours' : 'foreign';
    if (a === 'service' && b === 'ubnt-discover' && c === 'interface' && d !== undefined)
      return whole(d) || wants(path.slice(0, 4)) ? 'ours' : 'foreign';
    // set by hand, since a site file holds no secret; without it a session that has one would be down
    if (a === 'protocols' && b === 'bgp' && d === 'neighbor' && f === 'password' && wants(path.slice(0, 5)))
      return 'kept';
    if (a === 'protocols' && b === 'bgp' && d === 'neighbor' && e !== undefined)
      return neighbors.has(e) || isOurNeighbor(path.slice(0, 5)) ? 'ours' : 'foreign';
    if (a === 'policy' && (b === 'prefix-list' || b === 'prefix-list6') && c !== undefined)
      return wants(path.slice(0, 3)) || (site.bgp !== undefined && c.startsWith(prefixListPrefix))
        ? 'ours'
        : 'foreign';
    return 'foreign';
  };
}

/** A leaf that the file names is the file's with all its values; one that it doesn't name is somebody else's. */
function ownLeaf(path: Path, wants: (path: Path) => boolean): Fate {
  const found = lookup(path);
  const isLeafValue = found?.isValue === true && (found.node.kind === 'leaf' || found.node.kind === 'multi');
  return isLeafValue && wants(path.slice(0, -1)) ? 'ours' : 'kept';
}
