// EW153: a NAT rule of the file for an interface that isn't there: the router takes it with a warning, and it does nothing.
import type { Check } from '../../plan/types/check.ts';
import { finding, viewOf } from '../view.ts';

export const natInterfaces: Check = {
  explanations: {
    EW153: {
      title: "a NAT rule names an interface that isn't there",
      why: `The router commits such a rule with a warning ('interface eth9 does not exist on this system'). No packet ever matches it, so what was
        to be translated leaves with its own address, and the answers don't come back.`,
      way: 'Name the interface as EdgeOS does: eth0, eth0.20 for a VLAN, pppoe0 for the PPPoE line on it, switch0, wg1.',
    },
  },
  find(input) {
    const { after } = viewOf(input);
    return input.site.nat.flatMap(rule =>
      (['outboundInterface', 'inboundInterface'] as const).flatMap(key => {
        const name = rule[key];
        if (name === undefined || name.endsWith('+') || after.iface(name) !== undefined) return [];
        const there = after.ifaces.filter(({ kind }) => kind !== 'loopback').map(iface => iface.name);
        return finding(input, [...rule.at, key], {
          code: 'EW153',
          severity: 'warning',
          message: `NAT rule ${rule.number} is for ${name}, which the router doesn't have`,
          hint: there.length === 0 ? 'name one that is there' : `it has ${there.slice(0, 8).join(', ')}`,
        });
      }),
    );
  },
};
