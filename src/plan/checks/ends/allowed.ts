// EW405, EW406: AllowedIPs mirror. What one end sends and the other doesn't accept is dropped without a word.
import type { Prospect } from '../../make.ts';
import type { Diagnostic } from '../../plan.ts';
import { type Pair, pairsOf, sentBy, touches, twoSided, within } from './both.ts';

export function accepted(prospect: Prospect): Diagnostic[] {
  return pairsOf(prospect).flatMap(pair =>
    sentBy(pair)
      .filter(({ prefix }) => !within(pair.peer.allowedIPs, prefix))
      .map(({ prefix, what, at }) =>
        twoSided(
          prospect,
          { router: [...pair.peer.at, 'allowedIPs'], cluster: at },
          {
            code: 'EW405',
            severity: 'error',
            message: `${pair.tunnel.name}: ${prefix}, ${what}, is not among the allowedIPs of ${pair.peer.name}: the router drops what comes from it`,
            hint: `add ${prefix} to allowedIPs`,
          },
        ),
      ),
  );
}

/** What the router would send to the node although nothing there answers. */
export function nobodys(prospect: Prospect): Diagnostic[] {
  return pairsOf(prospect).flatMap(pair =>
    pair.peer.allowedIPs.flatMap((prefix, i) => {
      if (isNodes(pair, prefix)) return [];
      return twoSided(
        prospect,
        { router: [...pair.peer.at, 'allowedIPs', i], cluster: pair.node.at },
        {
          code: 'EW406',
          severity: 'warning',
          message: `${pair.tunnel.name}: the router takes ${prefix} for ${pair.peer.name}'s, and ${pair.node.name} has nothing there`,
          hint: `take it out of allowedIPs, or say on the node whose it is`,
        },
      );
    }),
  );
}

const isNodes = (pair: Pair, prefix: string): boolean =>
  sentBy(pair).some(sent => touches(prefix, sent.prefix)) ||
  pair.cluster.cni.services.some(service => touches(service, prefix));
