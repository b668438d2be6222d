// EW420 to EW422: who the neighbours are. Each end of a BGP session must expect the other: its number, its address, its tunnel.
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { bare, pairsOf, sessionsOf, twoSided } from './both.ts';

/** The number of the router, which the whole cluster expects. */
export const routerAsn: Check = {
  explanations: {
    EW420: {
      title: "the router's AS number is not the one that the nodes expect",
      ignorable: true,
      why: 'A BGP session is refused when the AS number in the OPEN message is not the expected one (RFC 4271 section 6.2).',
      way: 'Write the same number as bgp.asn and cluster.bgp.routerAsn.',
    },
  },
  find({ site, placeOf }) {
    const { bgp, cluster } = site;
    if (cluster?.bgp === undefined) return [];
    const other = placeOf([...cluster.bgp.at, 'routerAsn']);
    if (bgp === undefined)
      return [
        {
          code: 'EW420',
          severity: 'error',
          message: `the nodes expect a router of AS ${cluster.bgp.routerAsn}, and the file says nothing of its BGP`,
          hint: 'add bgp with the nodes as neighbors',
          source: placeOf(['tunnels']),
          other,
        },
      ];
    if (bgp.asn === cluster.bgp.routerAsn) return [];
    return [
      {
        code: 'EW420',
        severity: 'error',
        message: `the router's AS is ${bgp.asn}, and the nodes expect ${cluster.bgp.routerAsn}: no session comes up`,
        hint: 'write the same number in both places',
        source: placeOf([...bgp.at, 'asn']),
        other,
      },
    ];
  },
};

export const nodesAsn: Check = {
  explanations: {
    EW421: {
      title: "a node's AS number is not the one that the router expects",
      ignorable: true,
      why: 'A BGP session is refused when the AS number in the OPEN message is not the expected one (RFC 4271 section 6.2).',
      way: "Write the same number as the neighbour's remoteAsn and cluster.bgp.asn.",
    },
  },
  find(input) {
    return sessionsOf(input).flatMap(({ neighbor, pair, expected }) =>
      neighbor.remoteAsn === expected.asn
        ? []
        : twoSided(
            input,
            { router: [...neighbor.at, 'remoteAsn'], cluster: [...expected.at, 'asn'] },
            {
              code: 'EW421',
              severity: 'error',
              message: `the router expects AS ${neighbor.remoteAsn} of ${pair.node.name}, whose AS is ${expected.asn}: no session comes up`,
              hint: 'write the same number in both places',
            },
          ),
    );
  },
};

/** A node without a neighbour, and a neighbour through a node's tunnel that is no address of it. */
export const everyNeighbor: Check = {
  explanations: {
    EW422: {
      title: 'a node and its BGP neighbour on the router are not the same',
      ignorable: true,
      why: `Sessions run between the two addresses in the tunnel. A neighbour with another address, behind another tunnel, or missing is a
      session that one side tries for ever.`,
      way: "The neighbour's address is the node's in the tunnel, and its tunnel the one that the node names.",
    },
  },
  find(input) {
    const { bgp, cluster } = input.site;
    if (bgp === undefined) return [];
    const perNode = pairsOf(input).flatMap(({ node, tunnel, neighbors }): Finding[] => {
      const strangers = bgp.neighbors.filter(one => one.tunnel === tunnel.name && !neighbors.includes(one));
      const told = strangers.map(one =>
        twoSided(
          input,
          { router: one.at, cluster: [...node.at, 'address'] },
          {
            code: 'EW422',
            severity: 'error',
            message: `${one.address} is a neighbour through ${tunnel.name}, and ${node.name} has ${node.address.map(bare).join(', ')} there`,
            hint: "write the node's address in the tunnel",
          },
        ),
      );
      const elsewhere = neighbors.filter(one => one.tunnel !== tunnel.name);
      told.push(
        ...elsewhere.map(one =>
          twoSided(
            input,
            { router: [...one.at, 'tunnel'], cluster: [...node.at, 'tunnel'] },
            {
              code: 'EW422',
              severity: 'error',
              message: `${one.address} is ${node.name}, which is behind ${tunnel.name}, not behind ${one.tunnel}`,
              hint: `write tunnel: ${tunnel.name}`,
            },
          ),
        ),
      );
      if (cluster?.bgp === undefined || neighbors.length > 0 || strangers.length > 0) {
        if (cluster?.bgp === undefined && neighbors[0] !== undefined)
          told.push(
            twoSided(
              input,
              { router: neighbors[0].at, cluster: ['cluster', 'bgp'] },
              {
                code: 'EW422',
                severity: 'warning',
                message: `the router expects BGP of ${node.name}, and the cluster has none`,
                hint: "add cluster.bgp, so that the nodes' end is rendered",
              },
            ),
          );
        return told;
      }
      return [
        twoSided(
          input,
          { router: [...bgp.at, 'neighbors'], cluster: node.at },
          {
            code: 'EW422',
            severity: 'error',
            message: `${node.name} would open a BGP session, and the router has no neighbour ${node.address.map(bare).join(' or ')}`,
            hint: `add it under bgp.neighbors with tunnel: ${tunnel.name}`,
          },
        ),
      ];
    });
    return [...perNode, ...left(input)];
  },
};

/** The other direction: a neighbour of the cluster's AS behind a tunnel that leads to no node, as one that left the list of nodes. */
function left(input: CheckInput): Finding[] {
  const { bgp, cluster } = input.site;
  const behind = new Set(cluster?.nodes.map(({ tunnel }) => tunnel));
  return (bgp?.neighbors ?? [])
    .filter(one => one.remoteAsn === cluster?.bgp?.asn && !one.disable && !behind.has(one.tunnel))
    .map(one =>
      twoSided(
        input,
        { router: one.at, cluster: ['cluster', 'nodes'] },
        {
          code: 'EW422',
          severity: 'warning',
          message: `${one.address} is a neighbour of the cluster's AS behind ${one.tunnel}, and no node is there`,
          hint: 'take it out with its tunnel, or add the node',
        },
      ),
    );
}
