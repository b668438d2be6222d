// EW405, EW406: AllowedIPs mirror. What one end sends and the other doesn't accept is dropped without a word.
import type { Check } from '../../plan/types/check.ts';
import { isIn, type Pair, pairsOf, sentBy, touches, twoSided, within } from './both.ts';

export const accepted: Check = {
  explanations: {
    EW405: {
      title: 'the node sends what the router does not accept',
      ignorable: true,
      why: `WireGuard drops a packet whose source is not among the allowed IPs of the peer that it came from, and has no key for one
      whose destination is in nobody's. Addresses, pods and MetalLB's range of the node must all be there.`,
      way: 'Add the prefix to allowedIPs of the peer.',
    },
  },
  find(input) {
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
  },
};

/** What the router would send to the node although nothing there answers. */
export const nobodys: Check = {
  explanations: {
    EW406: {
      title: 'the router accepts what the node does not have',
      ignorable: true,
      why: `An allowed IP is also a right: the node may send from that prefix. What nobody has there is a leftover, or a slip; what another node has there is that node's.`,
      way: 'Take it out, or say under the node what is there.',
    },
  },
  find(input) {
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
  },
};

/** What the router would take from one node although it is another's. */
export const anothers: Check = {
  explanations: {},
  find(input) {
    const pairs = pairsOf(input);
    return pairs.flatMap(pair =>
      pair.peer.allowedIPs.flatMap((prefix, i) => {
        const other = pairs
          .filter(one => one !== pair)
          .flatMap(one => sentBy(one).map(sent => ({ ...sent, node: one.node })))
          .find(
            ({ prefix: theirs, node }) => theirs !== prefix && isIn(prefix, theirs) && isOwn(theirs, node),
          );
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
  },
};

/** MetalLB's ranges are every node's. */
const isOwn = (prefix: string, node: Pair['node']): boolean =>
  [...node.address, ...node.publicAddresses, ...node.pods].some(text => isIn(text, prefix));

const isNodes = (pair: Pair, prefix: string): boolean =>
  sentBy(pair).some(sent => touches(prefix, sent.prefix)) ||
  pair.cluster.cni.services.some(service => touches(service, prefix));
