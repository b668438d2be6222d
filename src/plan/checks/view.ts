// What several checks look up in a prospect, worked out once: both configurations with their interfaces and rulesets.

import { ownAddresses } from '../../firewall/port.ts';
import type { Ranges } from '../../firewall/ranges.ts';
import { type Firewall, firewallOf } from '../../firewall/ruleset.ts';
import { type Facing, facingWan } from '../../firewall/wan.ts';
import { type Routing, routingOf } from '../../routing/routing.ts';
import type { SitePath } from '../../site/site.ts';
import { type Interface, interfacesOf } from '../../vyatta/interfaces.ts';
import type { Path, Tree } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { onLine } from '../literals.ts';
import type { Prospect } from '../make.ts';
import type { Diagnostic } from '../plan.ts';

/** An interface that faces the internet, with the addresses it has there; none when only the router knows them. */
export interface Uplink extends Facing {
  readonly own: Ranges;
}

/** One of the two configurations. */
export interface Side {
  readonly tree: Tree;
  readonly firewall: Firewall;
  readonly faces: readonly Interface[];
  readonly routing: Routing;
  face(name: string): Interface | undefined;
  wan(family: Family): readonly Uplink[];
}

export interface View {
  readonly before: Side;
  readonly after: Side;
  /** The plan changes nothing below any of these nodes. */
  isSame(...tops: readonly string[]): boolean;
}

export const families: readonly Family[] = [4, 6];

const views = new WeakMap<Prospect, View>();

export function viewOf(prospect: Prospect): View {
  let view = views.get(prospect);
  if (view === undefined) {
    const changed = new Set(prospect.changes.filter(one => one.action !== 'keep').map(one => one.path[0]));
    view = {
      before: sideOf(prospect.running, prospect.facts?.routes),
      after: sideOf(prospect.after, prospect.facts?.routes),
      isSame: (...tops) => !tops.some(top => changed.has(top)),
    };
    views.set(prospect, view);
  }
  return view;
}

function sideOf(tree: Tree, live: readonly string[] = []): Side {
  const faces = interfacesOf(tree);
  const byName = new Map(faces.map(face => [face.name, face]));
  const uplinks = (family: Family): Uplink[] =>
    facingWan(tree, family, faces).map(facing => ({ ...facing, own: ownAddresses(facing.face, family) }));
  let routing: Routing | undefined;
  const wan = new Map(families.map(family => [family, uplinks(family)]));
  return {
    tree,
    firewall: firewallOf(tree),
    faces,
    // Not every check asks for it, and a plan that changes nothing asks only once.
    get routing() {
      routing ??= routingOf(tree, live, faces);
      return routing;
    },
    face: name => byName.get(name),
    wan: family => wan.get(family) ?? [],
  };
}

/** ` (line 12)` of the site file, to be put behind the name of the other side of a conflict. */
export const lineOf = (prospect: Prospect, at: SitePath): string => ` (line ${prospect.placeOf(at).line})`;

/** The node on the router that a finding is about; its line is that of the running configuration. */
export function onRouter({ running }: Prospect, path: Path): NonNullable<Diagnostic['running']> {
  return onLine(running, path);
}

/** A finding at a place of the site file. */
export function finding(
  prospect: Prospect,
  at: SitePath,
  diagnostic: Omit<Diagnostic, 'source'>,
): Diagnostic {
  return { ...diagnostic, source: prospect.placeOf(at) };
}
