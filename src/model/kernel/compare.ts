// The kernel of a router against its configuration, for what an apply touches. Pure: texts of the router's programs in, what was seen out.
// What can't be read is unknown: it fails nothing, and nobody is told that it is proven.
import { type Tree, value, values } from '../../vyatta/tree.ts';
import { covers, type Prefix, parsePrefix, printPrefix } from '../../wireguard/prefix.ts';
import { staticRoutes, staticTables } from '../routing/statics.ts';
import { seenClamp, seenNat } from './mangle-nat.ts';
import { type Netfilter, parseNetfilter } from './netfilter.ts';
import { type KernelRoute, parseRoutes } from './route-table.ts';
import { seenAllowed, seenRoutes } from './routes.ts';
import { seenAttachment, seenDefault, seenRuleset } from './rulesets.ts';
import type { KernelText, Seen } from './seen.ts';
import type { Touches } from './touches.ts';

export interface Compared {
  readonly before: Tree;
  readonly running: Tree;
  readonly text: KernelText;
  readonly touches: Touches;
}

export function compareKernel({ before, running, text, touches }: Compared): Seen[] {
  const routes = text.routes === undefined ? undefined : parseRoutes(text.routes);
  return [
    ...routesSeen(before, running, routes, touches),
    ...([4, 6] as const).flatMap(family => netfilterSeen(running, text, touches, family)),
    ...touches.tables.map(table => seenRule(text.rules, table)),
    ...sourcesSeen(running, text.sources, routes, touches),
  ];
}

const unread = (what: string): Seen => ({
  what,
  is: 'unknown',
  saw: 'the router did not tell it in a known form',
});

function routesSeen(
  before: Tree,
  running: Tree,
  kernel: readonly KernelRoute[] | undefined,
  touches: Touches,
): Seen[] {
  const allowed = touches.tunnels.filter(name => isUp(running, name) && routesAllowed(running, name));
  if (touches.routes.length === 0 && allowed.length === 0) return [];
  if (kernel === undefined) return [unread('routes in the kernel')];
  return [
    ...seenRoutes({ running, before, kernel }, touches.routes),
    ...allowed.flatMap(name => allowedOf(running, name).map(prefix => seenAllowed(kernel, name, prefix))),
  ];
}

const tunnelPath = (name: string) => ['interfaces', 'wireguard', name] as const;

const isUp = (tree: Tree, name: string): boolean => {
  const node = tree.children.get('interfaces')?.children.get('wireguard')?.children.get(name);
  return node !== undefined && !node.children.has('disable');
};

/** The router's default is true. */
const routesAllowed = (tree: Tree, name: string): boolean =>
  (value(tree, [...tunnelPath(name), 'route-allowed-ips']) ?? 'true') === 'true';

/** Of the peers that are in WireGuard. */
function allowedOf(tree: Tree, name: string): string[] {
  return values(tree, [...tunnelPath(name), 'peer'])
    .map(key => [...tunnelPath(name), 'peer', key])
    .filter(path => !values(tree, path).includes('disable'))
    .flatMap(path => values(tree, [...path, 'allowed-ips']))
    .flatMap(text => text.split(','));
}

function netfilterSeen(running: Tree, text: KernelText, touches: Touches, family: 4 | 6): Seen[] {
  const isOf = ({ tree }: { readonly tree: string }): boolean => tree.startsWith('ipv6') === (family === 6);
  const rulesets = touches.rulesets.filter(isOf);
  const defaults = touches.defaults.filter(isOf);
  const attachments = touches.attachments.filter(isOf);
  const clamps = touches.clamps.filter(one => one === family);
  const nat = family === 4 ? touches.nat : [];
  if (rulesets.length + attachments.length + clamps.length + nat.length === 0) return [];
  const said = family === 4 ? text.filter4 : text.filter6;
  const netfilter: Netfilter | undefined =
    said === undefined || said === '' ? undefined : parseNetfilter(said);
  if (netfilter === undefined || netfilter.size === 0) return [unread(`netfilter of IPv${family}`)];
  return [
    ...rulesets.flatMap(touch => seenRuleset(running, netfilter, touch)),
    ...defaults
      .filter(({ tree, name }) => values(running, ['firewall', tree]).includes(name))
      .map(({ tree, name }) => seenDefault(running, netfilter, tree, name)),
    ...attachments.map(attachment => seenAttachment(netfilter, attachment)),
    ...clamps.map(one => seenClamp(running, netfilter, one)),
    ...nat.map(number => seenNat(running, netfilter, number)),
  ];
}

/** A mark of the table's number in bits 23 to 30, and a rule of that preference (vyatta-cfg src/ubnt/fw/fw_pbr.cpp). */
function seenRule(text: string | undefined, table: string): Seen {
  const what = `packets marked for table ${table} are looked up there`;
  if (text === undefined || text === '') return unread(what);
  const mark = (Number(table) * 2 ** 23).toString(16);
  const isThere = text
    .split('\n')
    .some(
      line => line.includes(`fwmark 0x${mark}/0x7f800000`) && new RegExp(`lookup ${table}\\s*$`).test(line),
    );
  return isThere ? { what, is: 'there' } : { what, is: 'wrong', saw: 'no such rule of `ip rule`' };
}

/**
 * Where the kernel checks sources strictly although the configuration doesn't say so, answers from what a policy table sends into a tunnel
 * are dropped unless the main table leads there too. The larger of `all` and the interface's own counts.
 */
function sourcesSeen(
  running: Tree,
  text: string | undefined,
  routes: readonly KernelRoute[] | undefined,
  { tunnels }: Touches,
): Seen[] {
  if (text === undefined || routes === undefined) return [];
  const told = new Map(text.split('\n').map(line => line.split(' ') as [string, string]));
  const tables = values(running, staticTables).flatMap(table => staticRoutes(running, table));
  return tunnels
    .filter(name => isUp(running, name) && told.has(name))
    .flatMap((name): Seen[] => {
      const isStrict = Math.max(Number(told.get('all') ?? 0), Number(told.get(name))) === 1;
      const isConfigured =
        value(running, ['firewall', 'source-validation']) === 'strict' ||
        value(running, [...tunnelPath(name), 'ip', 'source-validation']) === 'strict';
      if (!isStrict || isConfigured) return [];
      const dropped = tables
        .filter(({ out, prefix }) => out === name && prefix.family === 4 && !leadsTo(routes, prefix, name))
        .map(({ prefix }) => printPrefix(prefix));
      if (dropped.length === 0) return [];
      const saw = `rp_filter 1 drops packets from ${[...new Set(dropped)].join(', ')}`;
      return [{ what: `${name} takes what its policy tables send there and is answered`, is: 'wrong', saw }];
    });
}

/** By the longest prefix of the main table. */
function leadsTo(routes: readonly KernelRoute[], target: Prefix, out: string): boolean {
  const found = routes
    .filter(({ table }) => table === 'main')
    .map(route => ({ route, prefix: parsePrefix(route.prefix) }))
    .filter((one): one is { route: KernelRoute; prefix: Prefix } => {
      const { prefix } = one;
      return prefix !== undefined && prefix.family === target.family && covers(prefix, target);
    })
    .sort((a, b) => b.prefix.length - a.prefix.length || a.route.metric - b.route.metric)[0];
  return found?.route.hops.some(hop => hop.out === out) ?? false;
}
