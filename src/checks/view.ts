// What several checks look up in their input, worked out once: both configurations with their interfaces and rulesets.

import { ownAddresses } from '../model/firewall/port.ts';
import type { Ranges } from '../model/firewall/ranges.ts';
import { type Firewall, firewallOf } from '../model/firewall/ruleset.ts';
import { type Facing, facingWan, guardedBy } from '../model/firewall/wan.ts';
import { type Routing, routingOf } from '../model/routing/routing.ts';
import { onLine } from '../plan/literal-keys.ts';
import type { CheckInput } from '../plan/types/check.ts';
import type { Finding } from '../plan/types/plan.ts';
import type { Site, SitePath } from '../site/site.ts';
import { type Interface, interfacesOf } from '../vyatta/interfaces.ts';
import type { Path, Tree } from '../vyatta/tree.ts';
import type { Family } from '../wireguard/prefix.ts';

/** An interface that faces the internet, with the addresses it has there; none when only the router knows them. */
export interface Uplink extends Facing {
  readonly own: Ranges;
}

/** One of the two configurations. */
export interface Side {
  readonly tree: Tree;
  readonly firewall: Firewall;
  readonly ifaces: readonly Interface[];
  readonly routing: Routing;
  iface(name: string): Interface | undefined;
  wan(family: Family): readonly Uplink[];
}

export interface View {
  readonly before: Side;
  readonly after: Side;
  /** The plan changes nothing below any of these nodes. */
  isSame(...tops: readonly string[]): boolean;
}

export const families: readonly Family[] = [4, 6];

const views = new WeakMap<CheckInput, View>();

export function viewOf(input: CheckInput): View {
  let view = views.get(input);
  if (view === undefined) {
    const changed = new Set(input.changes.filter(one => one.action !== 'keep').map(one => one.path[0]));
    view = {
      before: sideOf(input.running, input),
      after: sideOf(input.after, input),
      isSame: (...tops) => !tops.some(top => changed.has(top)),
    };
    views.set(input, view);
  }
  return view;
}

function sideOf(tree: Tree, { site, facts }: CheckInput): Side {
  const live = facts?.routes ?? [];
  const ifaces = interfacesOf(tree);
  const byName = new Map(ifaces.map(iface => [iface.name, iface]));
  const uplinks = (family: Family): Uplink[] =>
    wanOf(tree, family, ifaces, site).map(facing => ({ ...facing, own: ownAddresses(facing.iface, family) }));
  let routing: Routing | undefined;
  const wan = new Map<Family, readonly Uplink[]>();
  return {
    tree,
    firewall: firewallOf(tree),
    ifaces,
    // Not every check asks for these.
    get routing() {
      routing ??= routingOf(tree, live, ifaces);
      return routing;
    },
    iface: name => byName.get(name),
    wan(family) {
      let found = wan.get(family);
      if (found === undefined) {
        found = uplinks(family);
        wan.set(family, found);
      }
      return found;
    },
  };
}

/**
 * What faces the internet; where the configuration doesn't say it, as with IPv6 by router advertisement, the ruleset that the
 * site file names is evidence enough: the interfaces at which it guards the router.
 */
function wanOf(tree: Tree, family: Family, ifaces: readonly Interface[], site: Site): Facing[] {
  const found = facingWan(tree, family, ifaces);
  const named = site.uplink.rulesets[family === 4 ? 'ipv4' : 'ipv6'];
  return found.length > 0 || named === undefined ? found : guardedBy(tree, family, ifaces, named);
}

/** ` (line 12)` of the site file, to be put behind the name of the other side of a conflict. */
export const lineOf = (input: CheckInput, at: SitePath): string => ` (line ${input.placeOf(at).line})`;

/** The node on the router that a finding is about; its line is that of the running configuration. */
export function onRouter({ running }: CheckInput, path: Path): NonNullable<Finding['running']> {
  return onLine(running, path);
}

/** A finding at a place of the site file. */
export function finding(input: CheckInput, at: SitePath, found: Omit<Finding, 'source'>): Finding {
  return { ...found, source: input.placeOf(at) };
}
