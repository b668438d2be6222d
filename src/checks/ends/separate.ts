// EW412, EW413, EW414: what must be apart: the endpoint from all that is routed into a tunnel, pods from pods, home from the
// cluster.

import type { Check } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { SitePath } from '../../site/site.ts';
import { bare, isIn, pairsOf, touches, twoSided } from './both.ts';

/** The node's second address must not itself go into the tunnel, on either side. */
export const endpointApart: Check = {
  explanations: {
    EW412: {
      title: "the address apart from the tunnel isn't",
      ignorable: true,
      why: `The endpoint of a node must stay outside: whatever routes it into a tunnel, at home or on the nodes, sends the tunnel's
      own packets into a tunnel, and nothing ever leaves. The same holds for the address where the nodes look for the router.`,
      way: 'Give the node an address that is in nothing else, for the endpoint alone. A second IPv6 address costs nothing.',
    },
  },
  find(input) {
    return pairsOf(input).flatMap(({ node, cluster, tunnel }) => {
      const { endpoint } = node;
      if (endpoint === undefined) return [];
      const places: { prefix: string; what: string; at: SitePath }[] = [
        ...input.site.tunnels.flatMap(one =>
          one.routes
            .filter(route => !route.disable)
            .map(({ prefix, at }) => ({ prefix, what: `is routed into ${one.name}`, at })),
        ),
        ...node.publicAddresses.map((text, i) => ({
          prefix: `${text}/${text.includes(':') ? 128 : 32}`,
          what: 'is also a public address that home reaches through the tunnel',
          at: [...node.at, 'publicAddresses', i],
        })),
        ...cluster.homeNetworks.map((prefix, i) => ({
          prefix,
          what: 'lies in a network at home, which the nodes send into their tunnels',
          at: ['cluster', 'homeNetworks', i],
        })),
        ...(cluster.metallb?.ranges ?? []).map((prefix, i) => ({
          prefix,
          what: 'lies in what MetalLB announces',
          at: ['cluster', 'metallb', 'ranges', i],
        })),
      ];
      return places
        .filter(({ prefix }) => isIn(prefix, endpoint.address))
        .map(({ what, at, prefix }) =>
          twoSided(
            input,
            { router: at, cluster: [...endpoint.at, 'address'] },
            {
              code: 'EW412',
              severity: 'error',
              message: `${tunnel.name}: the endpoint of ${node.name}, ${endpoint.address}, ${what} (${prefix}): the tunnel's own packets would go into a tunnel`,
              hint: 'give the node a second address that is in nothing else, for the endpoint alone',
            },
          ),
        );
    });
  },
};

/** Nor must the address where the nodes look for the router: they would look for it in the tunnel, or among themselves. */
export const routerApart: Check = {
  explanations: {},
  find(input) {
    const { cluster } = input.site;
    const host = cluster?.routerEndpoint;
    if (cluster === undefined || host === undefined) return [];
    const places: { prefix: string; what: string; at: SitePath }[] = [
      ...cluster.homeNetworks.map((prefix, i) => ({
        prefix,
        what: 'lies in a network at home, which the nodes send into their tunnels',
        at: ['cluster', 'homeNetworks', i],
      })),
      ...pairsOf(input).flatMap(({ tunnel, node }) => [
        ...tunnel.address.map((text, i) => ({
          prefix: bare(text),
          what: `is the router's address in ${tunnel.name}`,
          at: [...tunnel.at, 'address', i],
        })),
        ...node.publicAddresses.map((prefix, i) => ({
          prefix,
          what: `is a public address of ${node.name}`,
          at: [...node.at, 'publicAddresses', i],
        })),
        ...(node.endpoint === undefined
          ? []
          : [
              {
                prefix: node.endpoint.address,
                what: `is the endpoint of ${node.name}`,
                at: [...node.endpoint.at, 'address'],
              },
            ]),
      ]),
    ];
    return places
      .filter(({ prefix }) => isIn(prefix, host))
      .map(({ what, at }) =>
        twoSided(
          input,
          { router: at, cluster: ['cluster', 'routerEndpoint'] },
          {
            code: 'EW412',
            severity: 'error',
            message: `the nodes look for the router at ${host}, which ${what}`,
            hint: "write the router's address on the internet, or a name that leads there",
          },
        ),
      );
  },
};

export const podsApart: Check = {
  explanations: {
    EW413: {
      title: 'two nodes have the same pods, or pods are outside the network of pods',
      ignorable: true,
      why: 'The router has one route to a prefix: the pods of one of the nodes are out of reach.',
      way: '`kubectl get nodes -o json | edgewg cluster sync-nodes -` takes the prefixes from the cluster itself.',
    },
  },
  find(input) {
    const pairs = pairsOf(input);
    return pairs.flatMap((pair, n) =>
      pair.node.pods.flatMap((pods, i): Finding[] => {
        const at = [...pair.node.at, 'pods', i];
        const tell = (router: SitePath, message: string, hint: string): Finding[] => [
          twoSided(input, { router, cluster: at }, { code: 'EW413', severity: 'error', message, hint }),
        ];
        const clash = pairs.slice(0, n).find(({ node }) => node.pods.some(other => touches(other, pods)));
        if (clash !== undefined)
          return tell(
            [...clash.node.at, 'pods'],
            `${pods} are pods of ${pair.node.name} and of ${clash.node.name}: a route leads to one of them`,
            'take the podCIDRs that `kubectl get nodes -o json` prints',
          );
        const { cni } = pair.cluster;
        if (cni.pods.length > 0 && !cni.pods.some(all => isIn(all, pods)))
          return tell(
            [...cni.at, 'pods'],
            `${pods}, the pods of ${pair.node.name}, are not in the network of all pods, ${cni.pods.join(', ')}`,
            'one of the two is wrong',
          );
        return [];
      }),
    );
  },
};

/** The service network never leaves the cluster: kube-proxy answers for it on every node. */
export const servicesApart: Check = {
  explanations: {
    EW414: {
      title: 'the service network is sent to a node',
      ignorable: true,
      why: `Addresses of services (ClusterIP) exist only as rules of kube-proxy on each node. From outside they are reached by
      accident at best.`,
      way: 'Give the service type LoadBalancer: MetalLB announces an address of it.',
    },
  },
  find(input) {
    return pairsOf(input).flatMap(({ cluster, tunnel, peer }) =>
      cluster.cni.services.flatMap((services, i) =>
        [
          ...tunnel.routes.map(({ prefix, at }) => ({ prefix, at, what: 'routed into the tunnel' })),
          ...peer.allowedIPs.map((prefix, k) => ({
            prefix,
            at: [...peer.at, 'allowedIPs', k],
            what: 'taken from the peer',
          })),
        ]
          .filter(({ prefix }) => touches(prefix, services))
          .map(({ prefix, at, what }) =>
            twoSided(
              input,
              { router: at, cluster: [...cluster.cni.at, 'services', i] },
              {
                code: 'EW414',
                severity: 'warning',
                message: `${tunnel.name}: ${prefix} is ${what}, and ${services} is the service network, which no node answers for from outside`,
                hint: 'announce a LoadBalancer address by BGP instead',
              },
            ),
          ),
      ),
    );
  },
};
