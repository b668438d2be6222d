// EW126: a ruleset of its own for an interface that is in a zone: EdgeOS has either.
import type { Check } from '../../plan/types/check.ts';
import { find, has } from '../../vyatta/tree.ts';
import { finding, onRouter } from '../view.ts';

const directions = ['in', 'out', 'local'] as const;
const families = [
  { name: 'ipv4', node: 'name' },
  { name: 'ipv6', node: 'ipv6-name' },
] as const;

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
      const zones = find(input.after, ['zone-policy', 'zone'])?.children ?? [];
      const zone = [...zones].find(([, node]) => has(node, ['interface', tunnel.name]))?.[0];
      if (zone === undefined) return [];
      const path = ['interfaces', 'wireguard', tunnel.name, 'firewall'];
      const said = directions.flatMap(direction =>
        families.flatMap(({ name, node }) => {
          const ruleset = tunnel.firewall[direction][name];
          return ruleset !== undefined && has(input.after, [...path, direction, node, ruleset])
            ? { direction, name, ruleset }
            : [];
        }),
      );
      const [first] = said;
      if (first === undefined) return [];
      return finding(input, [...tunnel.at, 'firewall', first.direction, first.name], {
        code: 'EW126',
        severity: 'error',
        message: `${tunnel.name} is in zone ${zone}, so the router refuses rulesets of its own: ${said.map(({ ruleset, direction }) => `${ruleset} (${direction})`).join(', ')}`,
        hint: `leave firewall out and filter between the zones, or take ${tunnel.name} out of zone ${zone} on the router first`,
        running: onRouter(input, ['zone-policy', 'zone', zone, 'interface', tunnel.name]),
      });
    }),
};
