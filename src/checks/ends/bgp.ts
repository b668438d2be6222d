// EW420 to EW425: the two ends of a BGP session. Each must expect the other as it is: number, address, tunnel, hops, password.

import type { CheckInput } from '../../plan/types/check.ts';
import type { Diagnostic } from '../../plan/types/plan.ts';
import type { Neighbor } from '../../site/site.ts';
import { find, value } from '../../vyatta/tree.ts';
import { onRouter } from '../view.ts';
import { bare, type Pair, pairsOf, twoSided } from './both.ts';

/** The number of the router, which the whole cluster expects. */
export function routerAsn({ site, placeOf }: CheckInput): Diagnostic[] {
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
}

export function nodesAsn(input: CheckInput): Diagnostic[] {
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
}

/** A node without a neighbour, and a neighbour through a node's tunnel that is no address of it. */
export function everyNeighbor(input: CheckInput): Diagnostic[] {
  const { bgp, cluster } = input.site;
  if (bgp === undefined) return [];
  return pairsOf(input).flatMap(({ node, tunnel, neighbors }): Diagnostic[] => {
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
}

/** A /32 through an interface route is no connected network: eBGP with one hop never begins there. */
export function enoughHops(input: CheckInput): Diagnostic[] {
  return sessionsOf(input).flatMap(({ neighbor, pair, expected }): Diagnostic[] => {
    if (expected.asn === expected.routerAsn) return [];
    const places = {
      router: [...neighbor.at, 'ebgpMultihop'],
      cluster: [...expected.at, 'ebgpMultihop'],
    };
    const isNext = pair.tunnel.address.some(text => !/\/(32|128)$/.test(text));
    const base = ['protocols', 'bgp', String(input.site.bgp?.asn), 'neighbor', neighbor.address];
    const here = isNext || Number(value(input.after, [...base, 'ebgp-multihop']) ?? 1) > 1;
    if (here && (isNext || expected.ebgpMultihop)) return [];
    const who = here ? pair.node.name : 'the router';
    return [
      twoSided(input, places, {
        code: 'EW423',
        severity: 'error',
        message: `${who} would speak eBGP over one hop only, and the other end of ${pair.tunnel.name} is in no network that it is connected to: the session never begins`,
        hint: 'leave ebgpMultihop out on both sides: the router then takes 2, and the nodes as many as they need',
      }),
    ];
  });
}

export function sameTimersAndSource(input: CheckInput): Diagnostic[] {
  return sessionsOf(input).flatMap(({ neighbor, pair, expected }): Diagnostic[] => {
    const told: Diagnostic[] = [];
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
            message: `the router speaks to ${pair.node.name} from ${source}, and the node expects ${pair.tunnel.address.map(bare).join(' or ')}`,
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
}

/** A password on one side only: TCP MD5 makes the other drop every packet without a word. */
export function samePassword(input: CheckInput): Diagnostic[] {
  return sessionsOf(input).flatMap(({ neighbor, pair, expected }): Diagnostic[] => {
    const asn = String(input.site.bgp?.asn);
    const path = ['protocols', 'bgp', asn, 'neighbor', neighbor.address, 'password'];
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
}

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
