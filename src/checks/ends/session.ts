// EW423 to EW425: what both ends of a BGP session must agree on: hops, source, timers, password.
import { neighbor as neighborKind } from '../../objects/neighbor.ts';
import type { Check } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { find } from '../../vyatta/tree.ts';
import { onRouter } from '../view.ts';
import { bare, sessionsOf, twoSided } from './both.ts';

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
