// EW407, EW408: routes mirror. What the node has must be routed into its tunnel, and nothing else; MetalLB's ranges are BGP's.
import type { Check } from '../../plan/types/check.ts';
import { pairsOf, sentBy, touches, twoSided, within } from './both.ts';

export const unrouted: Check = {
  explanations: {
    EW407: {
      title: 'something of a node is not routed into its tunnel',
      ignorable: true,
      why: `With routeAllowedIPs: false only routes send packets into a tunnel. What is missing among them goes by the default
      route, to the internet.`,
      way: "Add the prefix to the tunnel's routes.",
    },
  },
  find(input) {
    return pairsOf(input).flatMap(pair => {
      const { tunnel, peer } = pair;
      const routed = tunnel.routes.filter(route => !route.disable).map(route => route.prefix);
      const byAllowed = tunnel.routeAllowedIPs === true ? peer.allowedIPs : [];
      const local = tunnel.address;
      return sentBy(pair)
        .filter(({ at }) => at[1] === 'nodes')
        .filter(({ prefix }) => !within([...routed, ...byAllowed, ...local], prefix))
        .map(({ prefix, what, at }) =>
          twoSided(
            input,
            { router: tunnel.at, cluster: at },
            {
              code: 'EW407',
              severity: 'error',
              message: `${tunnel.name}: nothing routes ${prefix}, ${what}, into the tunnel`,
              hint: `add ${prefix} to the routes of ${tunnel.name}`,
            },
          ),
        );
    });
  },
};

/** The routes that WireGuard makes itself are static, too. */
export const rangesByAllowed: Check = {
  explanations: {
    EW408: {
      title: 'a route leads to a node that has nothing there, or holds what BGP moves',
      ignorable: true,
      why: `A static route wins over BGP. When MetalLB moves an address to another node, packets would stay; routeAllowedIPs makes such routes, too. And a route to what a
      node doesn't have sends packets to a place where nobody answers.`,
      way: 'Take the route out.',
    },
  },
  find(input) {
    return pairsOf(input).flatMap(({ tunnel, peer, cluster }) =>
      (cluster.metallb?.ranges ?? []).flatMap((range, i) => {
        const prefix = peer.allowedIPs.find(allowed => touches(range, allowed));
        if (tunnel.routeAllowedIPs !== true || prefix === undefined) return [];
        return twoSided(
          input,
          { router: [...tunnel.at, 'routeAllowedIPs'], cluster: ['cluster', 'metallb', 'ranges', i] },
          {
            code: 'EW408',
            severity: 'error',
            message: `${tunnel.name}: routeAllowedIPs makes a route to ${prefix}, which holds what MetalLB announces of ${range}: packets stay here when an address moves`,
            hint: 'take routeAllowedIPs out, and write the routes of the tunnel',
          },
        );
      }),
    );
  },
};

export const routedInVain: Check = {
  explanations: {},
  find(input) {
    return pairsOf(input).flatMap(pair =>
      pair.tunnel.routes.flatMap(route => {
        const isRange = (pair.cluster.metallb?.ranges ?? []).find(range => touches(range, route.prefix));
        const places = {
          router: route.at,
          cluster: isRange === undefined ? pair.node.at : ['cluster', 'metallb', 'ranges'],
        };
        if (isRange !== undefined)
          return twoSided(input, places, {
            code: 'EW408',
            severity: 'error',
            message: `${pair.tunnel.name}: the static route to ${route.prefix} holds what MetalLB announces of ${isRange}: packets stay here when an address moves`,
            hint: 'leave the range to BGP',
          });
        if (sentBy(pair).some(({ prefix }) => touches(prefix, route.prefix))) return [];
        if (pair.cluster.cni.services.some(service => touches(service, route.prefix))) return [];
        return twoSided(input, places, {
          code: 'EW408',
          severity: 'warning',
          message: `${pair.tunnel.name}: ${route.prefix} is routed to ${pair.node.name}, which has nothing there`,
          hint: 'take the route out, or say on the node whose it is',
        });
      }),
    );
  },
};
