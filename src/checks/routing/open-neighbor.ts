// EW221: a BGP neighbour from which anything is taken.
import { isLimited } from '../../model/routing/announced.ts';
import type { Check } from '../../plan/types/check.ts';
import { finding } from '../view.ts';

export const openNeighbor: Check = {
  explanations: {
    EW221: {
      title: 'a BGP neighbour may announce any route',
      ignorable: true,
      why: `Without accept the router takes whatever the neighbour announces: a default route, the home network itself, the address
        of another tunnel's endpoint. One server that is taken over, or set up wrongly, then gets traffic that is not its own,
        and no check can say which way a packet goes.`,
      way: `Name under accept what the neighbour is there for, such as the range of MetalLB; what lies within is taken too. If the
        neighbour is as trusted as the router, say so: # edgewg-ignore EW221: REASON.`,
    },
  },
  find: input =>
    (input.site.bgp?.neighbors ?? [])
      .filter(
        ({ accept, disable, address }) =>
          accept.length === 0 && !disable && !isLimited(input.after, String(input.site.bgp?.asn), address),
      )
      .map(neighbor =>
        finding(input, neighbor.at, {
          code: 'EW221',
          severity: 'warning',
          message: `BGP neighbour ${neighbor.address} has no accept: it may announce any route, a default route and the networks at home too`,
          hint: `name what it may announce: accept: [PREFIX] of ${neighbor.address}`,
        }),
      ),
};
