// All kinds of objects: what the file wants of them, whose those on the router are, which of them a running configuration has.
// Defaults are derived here, and each node remembers the line that asked for it.
import type { PlaceOf } from '../plan/types/check.ts';
import type { RouterFacts } from '../plan/types/facts.ts';
import type { Site, Tunnel } from '../site/site.ts';
import { generationOf } from '../vyatta/firmware.ts';
import { byVersion, has, type Path, type Tree } from '../vyatta/tree.ts';
import { clamp, draftClamps, wantClamps } from './clamp.ts';
import { draftClients } from './clients/draft.ts';
import { attachments, modifyRule, modifySet, table } from './clients/kinds.ts';
import { wantClients } from './clients/want.ts';
import { discovery, wantDiscovery } from './discovery.ts';
import { draftDns, exceptInterface, listenOn, wantDns } from './dns.ts';
import type { Draft } from './draft.ts';
import { draftGroups, groups, wantGroups } from './group.ts';
import { Claim } from './hold.ts';
import type { Kind, Reach, Title } from './kind.ts';
import type { Instance } from './leaf.ts';
import { draftNat, natRule, wantNat } from './nat.ts';
import { bgp, draftBgp, neighbor, prefixList, wantBgp } from './neighbor.ts';
import { finderOf, type OwnershipOf, ownershipOf } from './ownership.ts';
import { draftPeers, peer, wantPeer } from './peer.ts';
import { draftPorts, wantOpenPort } from './port-rule.ts';
import { resolver, wantResolver } from './resolver.ts';
import { draftRoutes, guard, route, wantRoute } from './route.ts';
import { draftRulesets, rule, ruleset, wantRuleset } from './ruleset.ts';
import { draftTunnel, isWhole, tunnel } from './tunnel.ts';
import { uplinksOf } from './uplinks.ts';
import { type KeyPath, Wanted, type Wish } from './wanted.ts';
import { draftZone, wantZone, zoneMember } from './zone.ts';

/** The deepest first, so that a peer is found before its tunnel. */
const kinds = (
  [
    ...[tunnel, peer, route, guard, discovery, ruleset, rule, clamp, bgp, neighbor, prefixList],
    ...[natRule, resolver, table, modifySet, modifyRule, ...attachments],
    ...[...groups, listenOn, exceptInterface, zoneMember],
  ] as unknown as Kind<Instance, string>[]
).sort((a, b) => b.depth - a.depth) as readonly Kind<Instance, string>[];

const kindAt = finderOf(kinds);

/**
 * What a plan may touch at all; below it, what the table of nodes knows and ownership allows. `within`: at or below an object, or
 * what goes with one. `above`: there may be one below. `outside`: nothing there is ever touched.
 */
export function reach(path: Path): Reach {
  let found: Reach = 'outside';
  for (const kind of kinds) {
    const one = kind.reach(path);
    if (one === 'within') return one;
    if (one === 'above') found = one;
  }
  return found;
}

/** Niceties that some firmwares lack, by the name of the probe: without them a tunnel works as well. */
const niceties: Record<string, (path: Path) => boolean> = {
  'ubnt-discover': path => discovery.match(path) !== undefined,
  'route-description': path => isRouteDescription(path, 4),
  'route6-description': path => isRouteDescription(path, 6),
};

/** What a router of this release would say, where nobody asked it (docs/edgeos.md 'EdgeOS 3'). */
export function presumedProbes(version: string, running: Tree): RouterFacts['probes'] {
  const isUnseen = generationOf(version) === 3 && !has(running, ['service', 'ubnt-discover']);
  return new Map(isUnseen ? [['ubnt-discover', false]] : []);
}

function isRouteDescription(path: Path, family: 4 | 6): boolean {
  const found = route.match(path);
  return found?.instance[0] === family && route.keyAt(found.below) === 'description';
}

/** From the site file and what the router has to the wanted configuration: everything that is ours, and nothing else. */
export function deriveWanted(
  site: Site,
  placeOf: PlaceOf,
  running: Tree,
  keyPath: KeyPath,
  probes: RouterFacts['probes'] = new Map(),
): Wanted {
  const lacking = Object.entries(niceties).filter(([probe]) => probes.get(probe) === false);
  const wanted = new Wanted(placeOf, running, path => !lacking.some(([, concerns]) => concerns(path)));
  const wish: Wish = { site, keyPath, uplinks: uplinksOf(site, running) };
  for (const one of site.tunnels) {
    wantTunnel(wanted, one, wish);
    wantOpenPort(wanted, site, one);
  }
  for (const one of site.rulesets) wantRuleset(wanted, one);
  wantGroups(wanted, site);
  wantNat(wanted, site);
  wantClients(wanted, site);
  wantDns(wanted, site);
  wantClamps(wanted, site);
  if (site.bgp !== undefined) wantBgp(wanted, site, site.bgp);
  return wanted;
}

/** An interface with its peers and routes. */
function wantTunnel(wanted: Wanted, said: Tunnel, wish: Wish): void {
  const whole = isWhole(wish.site, wanted.running, said);
  tunnel.want(wanted, said, [said.name], wish, whole);
  for (const one of said.peers) wantPeer(wanted, said, one, wish);
  for (const one of said.routes) wantRoute(wanted, said, one);
  wantResolver(wanted, said);
  wantZone(wanted, said);
  if (whole) wantDiscovery(wanted, said);
}

/** `wanted` tells which leaves the file names on interfaces and rules that it doesn't manage as a whole. */
export function ownership(site: Site, running: Tree, wanted: Tree): OwnershipOf {
  return ownershipOf(kindAt, new Claim(site, running, wanted));
}

/** Everything of a running configuration that a site file could say, whether the file's rules like it or not. */
export function draftObjects(draft: Draft, running: Tree): void {
  const names = tunnel.names(running).sort(byVersion);
  for (const name of names) {
    draftTunnel(draft, running, name);
    draftPeers(draft, running, name);
    draftRoutes(draft, running, name);
    draftZone(draft, running, name);
  }
  draftPorts(draft, running);
  if (names.length === 0) return;
  draftRulesets(draft, running);
  draftNat(draft, running);
  draftClients(draft, running);
  draftGroups(draft, running);
  draftDns(draft, running);
  draftClamps(draft, running);
  draftBgp(draft, running);
}

/** Why a site file can't say a node of the router; undefined where it could, or where that is no part of an object. */
export function whyUnsayable(path: Path): string | undefined {
  const found = kindAt(path);
  const key = found?.kind.keyAt(found.below, found.instance);
  return found?.kind.leaves.find(leaf => leaf.key === key)?.unsayable;
}

/** What reports call the object that a path is at or below, how it is ordered, and the path of the object and the words below it. */
export interface Named extends Title {
  readonly object: Path;
  readonly label: Path;
}

/** Undefined for a path that belongs to no object. */
export function nameOf(path: Path): Named | undefined {
  const found = kindAt(path);
  if (found === undefined) return undefined;
  const { kind, instance } = found;
  const title = kind.title(...instance);
  if (title.partOf === undefined)
    return { ...title, object: path.slice(0, kind.known), label: path.slice(kind.known) };
  return { ...title, object: title.partOf, label: [...path.slice(0, 2), ...path.slice(kind.depth)] };
}
