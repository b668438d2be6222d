// EW126: a ruleset of its own for an interface that is in a zone: EdgeOS has either.
import { zoneWith } from '../../model/firewall/attached.ts';
import { tunnel as kind } from '../../objects/tunnel.ts';
import type { Check } from '../../plan/types/check.ts';
import { finding, onRouter } from '../view.ts';

const directions = ['in', 'out', 'local'] as const;
const families = ['ipv4', 'ipv6'] as const;

export const inZone: Check = {
  explanations: {
    EW126: {
      title: 'a ruleset is attached to an interface that is in a zone',
      why: `Zones and rulesets of interfaces exclude each other: EdgeOS refuses a ruleset on an interface of a zone ('interface wg0 is
        defined under zone VPN'), and a commit that tries fails. What comes out of the tunnel passes the rulesets between its
        zone and the others.`,
      way: `Leave the tunnel's firewall out, and filter in the zones: zone-policy zone LAN from VPN firewall name. Or take the
        interface out of its zone first.`,
    },
  },
  find: input =>
    input.site.tunnels.flatMap(tunnel => {
      const zone = zoneWith(input.after, tunnel.name);
      if (zone === undefined) return [];
      const said = directions.flatMap(direction =>
        families.flatMap(name => {
          const ruleset = tunnel.firewall[direction][name];
          return ruleset !== undefined &&
            kind.value(input.after, `firewall.${direction}.${name}`, tunnel.name) === ruleset
            ? { direction, name, ruleset }
            : [];
        }),
      );
      const [first] = said;
      if (first === undefined) return [];
      return finding(input, [...tunnel.at, 'firewall', first.direction, first.name], {
        code: 'EW126',
        severity: 'error',
        message: `${tunnel.name} is in zone ${zone.name}, so the router refuses rulesets of its own: ${said.map(({ ruleset, direction }) => `${ruleset} (${direction})`).join(', ')}`,
        hint: `leave firewall out and filter between the zones, or take ${tunnel.name} out of zone ${zone.name} on the router first`,
        running: onRouter(input, zone.path),
      });
    }),
};
