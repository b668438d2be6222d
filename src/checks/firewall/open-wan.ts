// EW105: an interface that faces the internet without a ruleset for what comes to the router itself. A rule that opens one port
// then means nothing, since all of them are open.
import { stagesToRouter } from '../../model/firewall/attached.ts';
import { familyName } from '../../model/firewall/words.ts';
import type { Check } from '../../plan/types/check.ts';
import { families, finding, onRouter, viewOf } from '../view.ts';

export const openWan: Check = {
  explanations: {
    EW105: {
      title: 'an interface that faces the internet has no ruleset for the router itself',
      why: `Without a local ruleset EdgeOS accepts everything that is sent to the router: SSH, the GUI, DNS. The rule that opens
      the port of a tunnel then changes nothing. Often it is IPv6 that was forgotten.`,
      way: `Attach a ruleset on the router, with rules that accept established and related packets, and in IPv6 ICMPv6 and
      DHCPv6. If somebody else guards the router, say so: # edgewg-ignore EW105: REASON.`,
    },
  },
  find(input) {
    const { after } = viewOf(input);
    const { site } = input;
    if (!site.tunnels.some(tunnel => tunnel.openPort !== undefined)) return [];
    return families.flatMap(family => {
      const name = family === 4 ? 'ipv4' : 'ipv6';
      const ruleset = site.uplink.rulesets[name];
      const open = after
        .wan(family)
        .filter(({ iface }) => stagesToRouter(after.tree, iface, family).length === 0);
      const [first] = open;
      if (first === undefined) return [];
      const each = open.map(({ iface, reasons }) => `${iface.name} (${reasons[0]?.text})`);
      const node = family === 4 ? 'name' : 'ipv6-name';
      return finding(input, ['uplink', 'rulesets', name], {
        code: 'EW105',
        severity: 'warning',
        message: `no ${familyName(family)} ruleset keeps the internet from the router itself at ${each.join(', ')}: every port of it is open there`,
        hint: `attach one on the router: set ${first.iface.path.join(' ')} firewall local ${node} ${ruleset ?? (family === 4 ? 'WAN_LOCAL' : 'WANv6_LOCAL')}`,
        running: onRouter(input, first.iface.path),
      });
    });
  },
};
