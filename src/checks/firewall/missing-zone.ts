// EW158: the zone that a tunnel is to be in.
import { zoneMember } from '../../objects/zone.ts';
import type { Check } from '../../plan/types/check.ts';
import { noZone } from '../../site/grammar/names.ts';
import { has, values } from '../../vyatta/tree.ts';
import { finding } from '../view.ts';

export const missingZone: Check = {
  explanations: {
    EW158: {
      title: "a tunnel is to be in a zone that isn't there",
      why: `Zones are the router's own: the file puts a tunnel into one, and doesn't make it. A zone made of a tunnel alone drops everything
        towards it, since nothing says what may come from the others. The local zone is the router itself, and takes no interface.`,
      way: `Name a zone of the router, or make it there with what may pass: set zone-policy zone VPN default-action drop, set zone-policy
        zone VPN from LAN firewall name …. Or leave zone out, and filter with rulesets.`,
    },
  },
  find: input =>
    input.site.tunnels.flatMap(({ at, name, zone }) => {
      if (zone === undefined || zone === noZone) return [];
      const path = zoneMember.path(zone, name).slice(0, 3);
      const isLocal = has(input.running, [...path, 'local-zone']);
      if (has(input.running, path) && !isLocal) return [];
      const there = values(input.running, path.slice(0, 2)).filter(
        one => !has(input.running, [...path.slice(0, 2), one, 'local-zone']),
      );
      return finding(input, [...at, 'zone'], {
        code: 'EW158',
        severity: 'error',
        message: isLocal
          ? `zone ${zone} is the router itself: no interface can be in it`
          : `${name} is to be in zone ${zone}, which the router doesn't have`,
        hint:
          there.length === 0
            ? 'the router has no zones: leave zone out, and filter with rulesets'
            : `it has ${there.join(', ')}`,
      });
    }),
};
