// How much a plan removes: more than the site file's limits is refused, with the counts and the flag that lifts it; what only these limits
// let through is told, since a pull request can raise them.

import { peer as peerKind } from '../../objects/peer.ts';
import { route as routeKind } from '../../objects/route.ts';
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Limits } from '../../site/site.ts';
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
      raise limits only if that is how the site is always run. What passes only by raised limits is shown
      to whoever reviews the plan as an error that the site file ignores.`,
    },
  },
  find(input) {
    const { site, placeOf } = input;
    const lost = lossOf(input);
    const refused = reasonsFor(lost, site.limits);
    const lifted = reasonsFor(lost, {}).filter(reason => !refused.includes(reason));
    const removes = (reasons: readonly string[]): string =>
      `the plan removes ${reasons.join(' and ')}, more than`;
    const total = lost.interfaces.length + lost.peerCount + lost.routes.length;
    const both = { code: 'EW030', severity: 'error', source: placeOf(['limits']) } as const;
    return [
      ...(lifted.length === 0
        ? []
        : [
            {
              ...both,
              message: `${removes(lifted)} edgewg's own limits allow`,
              silenced: saidBy(site.limits),
            },
          ]),
      ...(refused.length === 0
        ? []
        : [
            {
              ...both,
              message: `${removes(refused)} the limits of the site file allow`,
              hint: 'if that is meant, lift it this once, or raise the limits',
              allow: `delete=${total}`,
            },
          ]),
    ];
  },
};

interface Loss {
  readonly interfaces: readonly string[];
  readonly peers: readonly { readonly name: string; readonly lost: number; readonly of: number }[];
  readonly peerCount: number;
  /** Prefixes that no interface route carries any more. */
  readonly routes: readonly string[];
}

function lossOf({ running, after }: CheckInput): Loss {
  const interfaces = tunnelKind.names(running).filter(name => !tunnelKind.has(after, name));
  const peers = lostPeers(running, after);
  const peerCount = peers.reduce((sum, { lost }) => sum + lost, 0);
  return { interfaces, peers, peerCount, routes: lostRoutes(running, after, interfaces) };
}

/** What of it is more than the limits, for the middle of a sentence. */
function reasonsFor({ interfaces, peers, peerCount, routes }: Loss, limits: Limits): string[] {
  return [
    interfaces.length > (limits.deleteInterfaces ?? defaults.deleteInterfaces) &&
      `${count(interfaces.length, 'interface')} (${interfaces.join(', ')})`,
    (peerCount > (limits.deletePeers ?? defaults.deletePeers) ||
      peers.some(({ lost, of }) => of > 1 && lost * 3 > of && limits.deletePeers === undefined)) &&
      `${count(peerCount, 'peer')} (${peers.map(({ name, lost, of }) => `${lost} of ${of} on ${name}`).join(', ')})`,
    routes.length > 0 && `the last route to ${routes.join(', ')}`,
  ].filter(reason => reason !== false);
}

/** The reason why it passes: the limits as the file has them. */
const saidBy = (limits: Limits): string =>
  `limits of the site file: ${Object.entries(limits)
    .map(([name, most]) => `${name} ${most}`)
    .join(', ')}`;

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
