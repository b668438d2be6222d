// Static routes of a configuration against the kernel's tables. The routing daemon keeps the best way to each prefix, by distance, and puts
// that one in (docs/edgeos.md 'The kernel'): a guard's blackhole while the tunnel is up is therefore as wrong as no route.
import { type Tree, values } from '../../vyatta/tree.ts';
import { covers, parsePrefix, printPrefix } from '../../wireguard/prefix.ts';
import type { Entry } from '../routing/entry.ts';
import { staticRoutes } from '../routing/statics.ts';
import type { KernelRoute } from './route-table.ts';
import type { Seen } from './seen.ts';

/** A prefix of a table. */
export interface RouteName {
  /** Undefined: the main one. */
  readonly table: string | undefined;
  readonly prefix: string;
}

export interface RouteInput {
  /** What is configured now, and what was before the apply. */
  readonly running: Tree;
  readonly before: Tree;
  readonly kernel: readonly KernelRoute[];
}

/** Each prefix that the apply touches, in its table. */
export function seenRoutes(input: RouteInput, touched: readonly RouteName[]): Seen[] {
  return touched.map(name => seenRoute(input, name));
}

function seenRoute({ running, before, kernel }: RouteInput, { table, prefix }: RouteName): Seen {
  const where = table === undefined ? '' : ` of table ${table}`;
  const ways = waysTo(running, table, prefix);
  const found = kernel
    .filter(route => route.table === (table ?? 'main') && route.prefix === prefix)
    .sort((a, b) => a.metric - b.metric);
  const [best] = found;
  const saw = best === undefined ? 'no such route' : said(best);
  if (ways.length === 0) {
    const what = `route ${prefix}${where} is gone`;
    const old = waysTo(before, table, prefix);
    const isLeft = best !== undefined && isDaemons(best) && old.some(way => isWay(best, way));
    return isLeft ? { what, is: 'wrong', saw } : { what, is: 'there' };
  }
  const sure = ways.filter(way => isSure(running, way));
  const [first] = sure;
  const [wanted = first ?? ways[0]] = ways.filter(way => best !== undefined && isWay(best, way));
  const what = `route ${prefix}${where} ${wayOf(first ?? wanted)}`;
  if (best === undefined)
    return first === undefined
      ? { what, is: 'unknown', saw: `${saw}; whether its way is up isn't known` }
      : { what, is: 'wrong', saw };
  const isOurs = ways.some(way => isWay(best, way));
  if (!isOurs) return otherWay(running, best, ways, what);
  const isBeaten = first !== undefined && wanted !== undefined && first.distance < wanted.distance;
  return isBeaten ? { what, is: 'wrong', saw } : { what, is: 'there' };
}

/** By distance: the best first. */
const waysTo = (tree: Tree, table: string | undefined, prefix: string): Entry[] =>
  staticRoutes(tree, table)
    .filter(way => printPrefix(way.prefix) === prefix)
    .sort((a, b) => a.distance - b.distance);

/** Somebody else's way: of another routing protocol, or of no daemon at all, either of which may be better. */
function otherWay(running: Tree, best: KernelRoute, ways: readonly Entry[], what: string): Seen {
  const saw = said(best);
  const isRival =
    !isDaemons(best) || ['bgp', 'ospf', 'ospfv3', 'rip', 'ripng'].some(name => speaks(running, name));
  const isLess = ways.every(({ distance }) => distance >= leastOfBgp);
  return isRival && (isLess || !isDaemons(best)) ? { what, is: 'unknown', saw } : { what, is: 'wrong', saw };
}

/** A route of a neighbour in another AS has this distance (Quagga, ZebOS); those of other protocols a greater one. */
const leastOfBgp = 20;

const speaks = (tree: Tree, name: string): boolean =>
  values(tree, ['protocols']).includes(name) && values(tree, ['protocols', name]).length > 0;

/** Put in by a routing daemon: ZebOS and Quagga call themselves zebra, FRR names the protocol. */
const isDaemons = ({ protocol }: KernelRoute): boolean =>
  !['kernel', 'boot', 'dhcp', 'ra'].includes(protocol);

function isWay(route: KernelRoute, way: Entry): boolean {
  if (way.origin === 'blackhole')
    return route.isBlackhole || route.hops.some(({ out }) => out === 'lo' || out === 'null0');
  return route.hops.some(
    ({ out, via }) =>
      (way.via === undefined || way.via === via) && (way.out === undefined || way.out === out),
  );
}

/** Whether the way is certainly usable: a blackhole, or a tunnel that is configured to be up. Other links may have no cable. */
function isSure(running: Tree, { origin, out = '', via }: Entry): boolean {
  if (origin === 'blackhole') return true;
  if (!/^wg\d+$/.test(out) || via !== undefined) return false;
  const node = running.children.get('interfaces')?.children.get('wireguard')?.children.get(out);
  return node !== undefined && !node.children.has('disable');
}

function wayOf(way: Entry | undefined): string {
  if (way === undefined) return '';
  if (way.origin === 'blackhole') return 'into the blackhole';
  return way.out === undefined ? `by ${way.via}` : `through ${way.out}`;
}

function said({ isBlackhole, hops, protocol }: KernelRoute): string {
  const ways = hops.map(({ out, via }) =>
    [via && `via ${via}`, out && `dev ${out}`].filter(Boolean).join(' '),
  );
  return `${isBlackhole ? 'blackhole' : ways.join(', ')} proto ${protocol}`;
}

/** Whether the tunnel's prefix is routed into it, by that prefix or one that covers it: what `route-allowed-ips true` makes. */
export function seenAllowed(kernel: readonly KernelRoute[], tunnel: string, prefix: string): Seen {
  const what = `allowed IPs ${prefix} are routed through ${tunnel}`;
  const wanted = parsePrefix(prefix);
  const isThere = kernel.some(route => {
    const own = parsePrefix(route.prefix);
    const isSame = own !== undefined && wanted !== undefined && own.family === wanted.family;
    return isSame && covers(own, wanted) && route.hops.some(({ out }) => out === tunnel);
  });
  return isThere
    ? { what, is: 'there' }
    : { what, is: 'wrong', saw: `no route through ${tunnel} covers them` };
}
