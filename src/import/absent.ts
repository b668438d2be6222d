// How `absent` of a site file names what the router has: the list that it would stand in, and the item.
import { groups } from '../objects/group.ts';
import { natRule } from '../objects/nat.ts';
import { neighbor } from '../objects/neighbor.ts';
import { peer } from '../objects/peer.ts';
import { route } from '../objects/route.ts';
import { rule, ruleset } from '../objects/ruleset.ts';
import { tunnel } from '../objects/tunnel.ts';
import type { SitePath } from '../site/load.ts';
import type { Path } from '../vyatta/tree.ts';
import { canonicalAddress, canonicalPrefix } from '../wireguard/prefix.ts';

export interface AbsentName {
  /** Such as `['absent', 'firewallRules', 'LAN_IN']`. */
  readonly list: SitePath;
  /** Whether an item of that list, as it is written, is the name. */
  readonly is: (written: string) => boolean;
}

/** Of each object that a path of the router is at or within: a peer is one, and its tunnel another. */
export function absentNames(path: Path): AbsentName[] {
  const found: AbsentName[] = [];
  const add = (list: SitePath, name: string, canonical = (text: string): string => text): void => {
    found.push({ list: ['absent', ...list], is: written => canonical(written) === canonical(name) });
  };
  const ofTunnel = tunnel.match(path)?.instance;
  if (ofTunnel !== undefined) add(['tunnels'], ofTunnel[0]);
  const ofPeer = peer.match(path)?.instance;
  if (ofPeer !== undefined) add(['peers', ofPeer[0]], ofPeer[1]);
  const ofRoute = route.match(path)?.instance;
  if (ofRoute !== undefined) add(['routes', ofRoute[2]], ofRoute[1], canonicalPrefix);
  const ofRuleset = ruleset.match(path)?.instance;
  if (ofRuleset !== undefined) add(['rulesets'], ofRuleset[1]);
  const ofRule = rule.match(path)?.instance;
  if (ofRule !== undefined) add(['firewallRules', ofRule[1]], ofRule[2]);
  const ofNat = natRule.match(path)?.instance;
  if (ofNat !== undefined) add(['natRules'], ofNat[0]);
  for (const group of groups) {
    const ofGroup = group.match(path)?.instance;
    if (ofGroup !== undefined) add(['groups'], ofGroup[0]);
  }
  const ofNeighbor = neighbor.match(path)?.instance;
  if (ofNeighbor !== undefined) add(['neighbors'], ofNeighbor[1], canonicalAddress);
  return found;
}
