// EW222: the site file's AS is not the router's. A router is in one AS: the second `protocols bgp` is refused at set.
import { bgp } from '../../objects/neighbor.ts';
import type { Check } from '../../plan/types/check.ts';
import { siteFix } from '../fix.ts';
import { finding, onRouter } from '../view.ts';

export const otherAs: Check = {
  explanations: {
    EW222: {
      title: 'the router is in another AS',
      why: `A router has one BGP process, which is in one AS. It has one already, under another number than bgp.asn: the router
        refuses the second one, and if it didn't, all its sessions would end.`,
      way: `Take the router's number for bgp.asn, and tell the neighbours behind the tunnels: it is their remote AS. To move the
        whole router to another AS, do that on the router first.`,
    },
  },
  find(input) {
    const { site, running, after } = input;
    if (site.bgp === undefined) return [];
    const { asn, at } = site.bgp;
    const other = bgp.names(running).find(number => number !== String(asn) && bgp.has(after, number));
    if (other === undefined) return [];
    return [
      finding(input, [...at, 'asn'], {
        code: 'EW222',
        severity: 'error',
        message: `bgp.asn is ${asn}, and the router is in AS ${other}: it takes no second one`,
        hint: `say asn: ${other}, or move the router to AS ${asn} first`,
        ...siteFix(
          { path: [...at, 'asn'], value: Number(other) },
          ...(site.cluster?.bgp === undefined
            ? []
            : [{ path: ['cluster', 'bgp', 'routerAsn'], value: Number(other) }]),
        ),
        running: onRouter(input, bgp.path(other)),
      }),
    ];
  },
};
