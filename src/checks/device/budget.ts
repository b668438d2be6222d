// How much a plan removes: more than the site file's limits is refused, with the counts and the flag that lifts it.

import type { Check } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { has, type Tree, values } from '../../vyatta/tree.ts';

const defaults = { deleteInterfaces: 0, deletePeers: 1 } as const;
const base = ['interfaces', 'wireguard'];
const routeKinds = ['interface-route', 'interface-route6'];

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
    const interfaces = values(running, base).filter(name => !has(after, [...base, name]));
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
  return values(running, base)
    .filter(name => has(after, [...base, name]))
    .map(name => {
      const before = values(running, [...base, name, 'peer']);
      const now = values(after, [...base, name, 'peer']);
      const gone = before.filter(key => !now.includes(key)).length;
      const come = now.filter(key => !before.includes(key)).length;
      return { name, lost: Math.max(0, gone - come), of: before.length };
    })
    .filter(({ lost }) => lost > 0);
}

/** Prefixes that no interface route carries any more; what went with its interface is counted there. */
function lostRoutes(running: Tree, after: Tree, goneInterfaces: readonly string[]): string[] {
  return routeKinds.flatMap(kind => {
    const path = ['protocols', 'static', kind];
    return values(running, path).filter(prefix => {
      if (has(after, [...path, prefix])) return false;
      const hops = values(running, [...path, prefix, 'next-hop-interface']);
      return hops.some(hop => !goneInterfaces.includes(hop));
    });
  });
}
