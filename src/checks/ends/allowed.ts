// EW405, EW406: AllowedIPs mirror. What one end sends and the other doesn't accept is dropped without a word.
import type { CheckInput } from '../../plan/types/check.ts';
import type { Diagnostic } from '../../plan/types/plan.ts';
import { isIn, type Pair, pairsOf, sentBy, touches, twoSided, within } from './both.ts';

export function accepted(input: CheckInput): Diagnostic[] {
  return pairsOf(input).flatMap(pair =>
    sentBy(pair)
      .filter(({ prefix }) => !within(pair.peer.allowedIPs, prefix))
      .map(({ prefix, what, at }) =>
        twoSided(
          input,
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
export function nobodys(input: CheckInput): Diagnostic[] {
  return pairsOf(input).flatMap(pair =>
    pair.peer.allowedIPs.flatMap((prefix, i) => {
      if (isNodes(pair, prefix)) return [];
      return twoSided(
        input,
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

/** What the router would take from one node although it is another's. */
export function anothers(input: CheckInput): Diagnostic[] {
  const pairs = pairsOf(input);
  return pairs.flatMap(pair =>
    pair.peer.allowedIPs.flatMap((prefix, i) => {
      const other = pairs
        .filter(one => one !== pair)
        .flatMap(one => sentBy(one).map(sent => ({ ...sent, node: one.node })))
        .find(({ prefix: theirs, node }) => theirs !== prefix && isIn(prefix, theirs) && isOwn(theirs, node));
      if (other === undefined) return [];
      return twoSided(
        input,
        { router: [...pair.peer.at, 'allowedIPs', i], cluster: other.at },
        {
          code: 'EW406',
          severity: 'warning',
          message: `${pair.tunnel.name}: the router takes all of ${prefix} for ${pair.peer.name}'s, and ${other.prefix} is ${other.what}`,
          hint: `allow ${pair.peer.name} what ${pair.node.name} has, and no more`,
        },
      );
    }),
  );
}

/** MetalLB's ranges are every node's. */
const isOwn = (prefix: string, node: Pair['node']): boolean =>
  [...node.address, ...node.publicAddresses, ...node.pods].some(text => isIn(text, prefix));

const isNodes = (pair: Pair, prefix: string): boolean =>
  sentBy(pair).some(sent => touches(prefix, sent.prefix)) ||
  pair.cluster.cni.services.some(service => touches(service, prefix));
