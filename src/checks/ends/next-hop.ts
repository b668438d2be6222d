// EW426: a blackhole over the address that a node announces from. While the link of the tunnel is down it is the way to that address, and
// to all that is announced from there: FRR 8.4 then has the BGP routes as blackholes, with the session still up.
import type { Check } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { parsePrefix } from '../../wireguard/prefix.ts';
import { onRouter, viewOf } from '../view.ts';
import { pairsOf, twoSided } from './both.ts';

export const nextHopIsGuarded: Check = {
  explanations: {
    EW426: {
      title: 'a blackhole covers the address that a node announces from',
      ignorable: true,
      why: `A BGP route leads to its next hop, here the node's address in the tunnel, by whatever route there is to that address. When the link
        goes down its /32 goes with it, and the blackhole is the best that is left: the routing daemon keeps the announced routes, as
        blackholes, and the session stays up until its hold time has passed.`,
      way: "Guard what is behind the node (pods, public addresses), not the node's address in the tunnel nor a network that holds it.",
    },
  },
  find(input) {
    const { main } = viewOf(input).after.routing;
    return pairsOf(input).flatMap(pair =>
      pair.neighbors.flatMap((neighbor): Finding[] => {
        const address = parsePrefix(neighbor.address);
        if (neighbor.disable || address === undefined) return [];
        const guard = main
          .covering(address)
          .flat()
          .find(({ origin }) => origin === 'blackhole');
        if (guard === undefined) return [];
        const prefix = guard.path[3] ?? '';
        const route = input.site.tunnels
          .flatMap(({ routes }) => routes)
          .find(one => one.guard && one.prefix === prefix);
        const hint =
          route === undefined
            ? `route ${neighbor.address} alone, and let the blackhole hold what is behind it`
            : `take guard out of ${prefix}, and guard what is behind ${neighbor.address} instead`;
        return [
          {
            ...twoSided(
              input,
              { router: route?.at ?? neighbor.at, cluster: [...pair.node.at, 'address'] },
              {
                code: 'EW426',
                severity: 'warning',
                message: `${pair.tunnel.name}: the blackhole for ${prefix} covers ${neighbor.address}: when the link flaps, all that ${pair.node.name} announces becomes a blackhole, with the session up`,
                hint,
              },
            ),
            ...(route === undefined && { running: onRouter(input, guard.path) }),
          },
        ];
      }),
    );
  },
};
