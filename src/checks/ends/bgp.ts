// EW420 to EW425: the two ends of a BGP session. Each must expect the other as it is: number, address, tunnel, hops, password.

import { neighbor as neighborKind } from '../../objects/neighbor.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Neighbor } from '../../site/site.ts';
import { find } from '../../vyatta/tree.ts';
import { onRouter } from '../view.ts';
import { bare, type Pair, pairsOf, twoSided } from './both.ts';

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

/** A /32 through an interface route is no connected network: eBGP with one hop never begins there. */
export const enoughHops: Check = {
  explanations: {
    EW423: {
      title: 'a session between two single addresses needs a second hop',
      ignorable: true,
      why: `eBGP expects a neighbour in a network that the router is connected to. The ends of a tunnel are /32 or /128, reached by
      a route, so without ebgp-multihop the session stays idle, on either side.`,
      way: 'Leave ebgpMultihop out, with the neighbour and in cluster.bgp: both ends then have it where they need it.',
    },
  },
  find(input) {
    return sessionsOf(input).flatMap(({ neighbor, pair, expected }): Finding[] => {
      if (expected.asn === expected.routerAsn) return [];
      const places = {
        router: [...neighbor.at, 'ebgpMultihop'],
        cluster: [...expected.at, 'ebgpMultihop'],
      };
      const isNext = pair.tunnel.address.some(text => !/\/(32|128)$/.test(text));
      const session = [String(input.site.bgp?.asn), neighbor.address] as const;
      // one end that doesn't look whether the other is connected is enough: it begins, and the other takes the session (FRR 8.4)
      const isUnchecked =
        find(input.after, [...neighborKind.path(...session), 'disable-connected-check']) !== undefined;
      const here =
        isNext || isUnchecked || Number(neighborKind.value(input.after, 'ebgpMultihop', ...session) ?? 1) > 1;
      if (here && (isNext || isUnchecked || expected.ebgpMultihop)) return [];
      const who = here ? pair.node.name : 'the router';
      return [
        twoSided(input, places, {
          code: 'EW423',
          severity: 'error',
          message: `${who} would run eBGP over one hop only, and the other end of ${pair.tunnel.name} is in no network that it is connected to: the session never begins`,
          hint: 'leave ebgpMultihop out on both sides: the router then takes 2, and the nodes as many as they need',
        }),
      ];
    });
  },
};

export const sameTimersAndSource: Check = {
  explanations: {
    EW424: {
      title: 'the ends of a session have another source or other timers than expected',
      ignorable: true,
      why: `A node takes a session only from the address that it has for the router. Timers that differ are no error: the shorter
      hold time counts for both, and what one side meant to wait is not what happens.`,
      way: "updateSource is the router's address in the tunnel; write the timers the same on both sides.",
    },
  },
  find(input) {
    return sessionsOf(input).flatMap(({ neighbor, pair, expected }): Finding[] => {
      const told: Finding[] = [];
      const source = neighbor.updateSource;
      const isAddress = source !== undefined && /^\d|:/.test(source);
      if (isAddress && !pair.tunnel.address.map(bare).includes(source))
        told.push(
          twoSided(
            input,
            { router: [...neighbor.at, 'updateSource'], cluster: pair.node.at },
            {
              code: 'EW424',
              severity: 'error',
              message: `the router connects to ${pair.node.name} from ${source}, and the node expects ${pair.tunnel.address.map(bare).join(' or ')}`,
              hint: `write the router's address in ${pair.tunnel.name}`,
            },
          ),
        );
      const { timers } = neighbor;
      const differs =
        timers !== undefined &&
        ((expected.holdtime !== undefined && expected.holdtime !== timers.holdtime) ||
          (expected.keepalive !== undefined && expected.keepalive !== timers.keepalive));
      if (differs)
        told.push(
          twoSided(
            input,
            { router: [...neighbor.at, 'timers'], cluster: expected.at },
            {
              code: 'EW424',
              severity: 'warning',
              message: `the router and ${pair.node.name} have different timers: the shorter hold time counts for both (RFC 4271 section 4.2)`,
              hint: 'write the same in both places',
            },
          ),
        );
      return told;
    });
  },
};

/** A password on one side only: TCP MD5 makes the other drop every packet without a word. */
export const samePassword: Check = {
  explanations: {
    EW425: {
      title: 'only one end of a session has a password',
      ignorable: true,
      why: `TCP MD5 (RFC 2385) makes a host drop segments whose signature is missing or wrong, without an answer. EdgeOS has the
      password only in clear in its configuration, so a site file can't set it there; edgewg leaves one that is there alone.`,
      way: 'Set it on the router by hand, or leave it out on both sides: the tunnel already authenticates the other end.',
    },
  },
  find(input) {
    return sessionsOf(input).flatMap(({ neighbor, pair, expected }): Finding[] => {
      const asn = String(input.site.bgp?.asn);
      const path = neighborKind.leaf('password', asn, neighbor.address);
      const here = find(input.after, path) !== undefined;
      const there = expected.password !== undefined;
      if (here === there) return [];
      const who = here ? 'the router' : pair.node.name;
      return [
        {
          ...twoSided(
            input,
            { router: neighbor.at, cluster: there ? [...expected.at, 'password'] : expected.at },
            {
              code: 'EW425',
              severity: 'error',
              message: `only ${who} has a password for the session with ${neighbor.address}: the other end never answers`,
              hint: there
                ? 'set it on the router by hand, where its configuration holds it in clear, or do without'
                : 'say cluster.bgp.password, or delete the one on the router',
            },
          ),
          ...(here && { running: onRouter(input, path) }),
        },
      ];
    });
  },
};

interface SessionEnds {
  readonly neighbor: Neighbor;
  readonly pair: Pair;
  readonly expected: NonNullable<Pair['cluster']['bgp']>;
}

function sessionsOf(input: CheckInput): SessionEnds[] {
  return pairsOf(input).flatMap(pair => {
    const expected = pair.cluster.bgp;
    return expected === undefined
      ? []
      : pair.neighbors.filter(one => !one.disable).map(neighbor => ({ neighbor, pair, expected }));
  });
}
