// EW430: what MetalLB announces, and what the router takes of it.
import type { Check } from '../../plan/types/check.ts';
import { isIn, pairsOf, touches, twoSided } from './both.ts';

export const announced: Check = {
  explanations: {
    EW430: {
      title: 'what MetalLB announces and what the router takes are not the same',
      ignorable: true,
      why: `The router's prefix lists take only accept. What is missing there never gets a route; what is too much lets a node draw
      traffic to itself, with no accept at all even the default route.`,
      way: "accept is MetalLB's ranges, on every neighbour.",
    },
  },
  find(input) {
    return pairsOf(input).flatMap(({ cluster, neighbors, node }) =>
      neighbors.flatMap(neighbor => {
        const ranges = cluster.metallb?.ranges ?? [];
        const refused = ranges
          .map((range, i) => ({ range, at: ['cluster', 'metallb', 'ranges', i] }))
          .filter(
            ({ range }) => neighbor.accept.length > 0 && !neighbor.accept.some(prefix => isIn(prefix, range)),
          )
          .map(({ range, at }) =>
            twoSided(
              input,
              { router: [...neighbor.at, 'accept'], cluster: at },
              {
                code: 'EW430',
                severity: 'error',
                message: `${node.name} announces addresses of ${range}, and the router takes only ${neighbor.accept.join(', ')} from it`,
                hint: `add ${range} to accept`,
              },
            ),
          );
        const wider = neighbor.accept
          .map((prefix, i) => ({ prefix, at: [...neighbor.at, 'accept', i] }))
          .filter(({ prefix }) => !ranges.some(range => isIn(range, prefix)))
          .map(({ prefix, at }) =>
            twoSided(
              input,
              { router: at, cluster: ['cluster', 'metallb', 'ranges'] },
              {
                code: 'EW430',
                severity: 'warning',
                message: `the router takes ${prefix} from ${node.name}, which announces ${ranges.join(', ') || 'nothing'}${ranges.some(range => touches(range, prefix)) ? ' alone' : ''}`,
                hint: 'take what is not announced out of accept: a node could draw that traffic to itself',
              },
            ),
          );
        const everything =
          neighbor.accept.length === 0
            ? [
                twoSided(
                  input,
                  { router: neighbor.at, cluster: ['cluster', 'metallb', 'ranges'] },
                  {
                    code: 'EW430',
                    severity: 'warning',
                    message: `the router takes whatever ${node.name} announces, even a default route`,
                    hint: `say accept: [${ranges.join(', ')}]`,
                  },
                ),
              ]
            : [];
        return [...refused, ...wider, ...everything];
      }),
    );
  },
};
