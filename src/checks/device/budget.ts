// How much a plan removes: more than the site file's limits is refused, with the counts and the flag that lifts it.

import { peer as peerKind } from '../../objects/peer.ts';
import { route as routeKind } from '../../objects/route.ts';
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { Check } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { has, type Tree } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';

const defaults = { deleteInterfaces: 0, deletePeers: 1 } as const;

/** No interface, one peer and never more than a third of an interface's, never the last route to a prefix. */
export const budget: Check = {
  explanations: {
    EW030: {
      title: 'the plan removes more than the site file allows',
      why: `A file that was cut short, merged wrongly or written for another router looks like an order to delete. So a plan may
      remove no interface, one peer and never more than a third of an interface's peers, and never the last route to a
      prefix, unless limits in the site file say otherwise.`,
      way: `Look at what is deleted. If all of it is meant, give --allow delete=N with the number that the finding names, once;
      raise limits only if that is how the site is always run.`,
    },
  },
  find(input) {
    const { site, running, after, placeOf } = input;
    const interfaces = tunnelKind.names(running).filter(name => !tunnelKind.has(after, name));
    const peers = lostPeers(running, after);
    const lostPeerCount = peers.reduce((sum, { lost }) => sum + lost, 0);
    const routes = lostRoutes(running, after, interfaces);
    const reasons = [
      interfaces.length > (site.limits.deleteInterfaces ?? defaults.deleteInterfaces) &&
        `${count(interfaces.length, 'interface')} (${interfaces.join(', ')})`,
      (lostPeerCount > (site.limits.deletePeers ?? defaults.deletePeers) ||
        peers.some(({ lost, of }) => of > 1 && lost * 3 > of && site.limits.deletePeers === undefined)) &&
        `${count(lostPeerCount, 'peer')} (${peers.map(({ name, lost, of }) => `${lost} of ${of} on ${name}`).join(', ')})`,
      routes.length > 0 && `the last route to ${routes.join(', ')}`,
    ].filter(reason => reason !== false);
    if (reasons.length === 0) return [];

    const total = interfaces.length + lostPeerCount + routes.length;
    const finding: Finding = {
      code: 'EW030',
      severity: 'error',
      message: `the plan removes ${reasons.join(' and ')}, more than the limits of the site file allow`,
      hint: 'if that is meant, lift it this once, or raise the limits',
      source: placeOf(['limits']),
      allow: `delete=${total}`,
    };
    return [finding];
  },
};

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A peer that gives way to a new one (its key was changed) isn't lost. */
function lostPeers(running: Tree, after: Tree): { name: string; lost: number; of: number }[] {
  return tunnelKind
    .names(running)
    .filter(name => tunnelKind.has(after, name))
    .map(name => {
      const before = peerKind.names(running, name);
      const now = peerKind.names(after, name);
      const gone = before.filter(key => !now.includes(key)).length;
      const come = now.filter(key => !before.includes(key)).length;
      return { name, lost: Math.max(0, gone - come), of: before.length };
    })
    .filter(({ lost }) => lost > 0);
}

const stays = (after: Tree, family: Family, prefix: string): boolean =>
  has(after, routeKind.tag(family, prefix).slice(0, -1));

/** Prefixes that no interface route carries any more; what went with its interface is counted there. */
function lostRoutes(running: Tree, after: Tree, goneInterfaces: readonly string[]): string[] {
  const lost = routeKind
    .all(running)
    .filter(([family, prefix, hop]) => !goneInterfaces.includes(hop) && !stays(after, family, prefix))
    .map(([, prefix]) => prefix);
  return [...new Set(lost)];
}
