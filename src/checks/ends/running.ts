// EW443: an end that is switched off, while the other one counts on it.
import type { Check } from '../../plan/types/check.ts';
import { pairsOf, twoSided } from './both.ts';

export const switchedOff: Check = {
  explanations: {
    EW443: {
      title: 'an end is switched off, and the other is not',
      ignorable: true,
      why: 'What is disabled on the router is still rendered for the node, which goes on trying.',
      way: 'Take the node out of the cluster section for that time.',
    },
  },
  find(input) {
    return pairsOf(input).flatMap(({ tunnel, peer, node, neighbors }) => {
      const off = [
        ...(tunnel.disable ? [{ what: `${tunnel.name} is disabled`, at: [...tunnel.at, 'disable'] }] : []),
        ...(peer.disable
          ? [{ what: `${peer.name} of ${tunnel.name} is disabled`, at: [...peer.at, 'disable'] }]
          : []),
        ...neighbors
          .filter(one => one.disable)
          .map(one => ({ what: `BGP neighbour ${one.address} is disabled`, at: [...one.at, 'disable'] })),
      ];
      return off.map(({ what, at }) =>
        twoSided(
          input,
          { router: at, cluster: node.at },
          {
            code: 'EW443',
            severity: 'warning',
            message: `${what} on the router, and ${node.name} is still set up for it`,
            hint: 'take the node out of the file as long as it is off, or switch it on',
          },
        ),
      );
    });
  },
};
