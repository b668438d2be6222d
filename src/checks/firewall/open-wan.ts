// EW105: an interface that faces the internet without a ruleset for what comes to the router itself. A rule that opens one port
// then means nothing, since all of them are open.

import { stagesToRouter } from '../../model/firewall/attached.ts';
import { states } from '../../model/firewall/packets.ts';
import { anywhere } from '../../model/firewall/port.ts';
import { only } from '../../model/firewall/ranges.ts';
import type { Ruleset } from '../../model/firewall/ruleset.ts';
import { ask, passage } from '../../model/firewall/verdict.ts';
import { familyName } from '../../model/firewall/words.ts';
import { localRuleset } from '../../objects/ruleset.ts';
import type { Check } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Interface } from '../../vyatta/interfaces.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { families, finding, onRouter, type Side, viewOf } from '../view.ts';
import { listenPort } from './need.ts';

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
    if (
      !site.tunnels.some(tunnel => tunnel.openPort !== undefined || listenPort(after, tunnel) !== undefined)
    )
      return [];
    return families.flatMap(family => {
      const name = family === 4 ? 'ipv4' : 'ipv6';
      const ruleset = site.uplink.rulesets[name];
      const open = after
        .wan(family)
        .filter(({ iface }) => stagesToRouter(after.tree, iface, family).length === 0);
      const [first] = open;
      if (first === undefined) return [];
      const each = open.map(({ iface, reasons }) => `${iface.name} (${reasons[0]?.text})`);
      return finding(input, ['uplink', 'rulesets', name], {
        code: 'EW105',
        severity: 'warning',
        message: `no ${familyName(family)} ruleset keeps the internet from the router itself at ${each.join(', ')}: every port of it is open there`,
        ...wayIn(after, first.iface, family, ruleset),
        running: onRouter(input, first.iface.path),
      });
    });
  },
};

/** A ruleset that lets replies in may be attached as it is; one without, or none at all, must be made whole first. */
function wayIn(
  { firewall }: Side,
  iface: Interface,
  family: Family,
  ruleset: string | undefined,
): Pick<Finding, 'hint' | 'fix'> {
  const found = ruleset === undefined ? undefined : firewall.ruleset(family, ruleset);
  const path = [...iface.path, ...localRuleset(family)];
  if (found !== undefined && letsRepliesIn(found))
    return {
      hint: `attach one on the router: set ${path.join(' ')} ${found.name}`,
      fix: { kind: 'router', commands: [{ op: 'set', path: [...path, found.name] }] },
    };
  const icmp = family === 4 ? '' : ', ICMPv6 and DHCPv6';
  return {
    hint: `make a ruleset that accepts established and related packets${icmp} first, and attach it then: set ${path.join(' ')} NAME; without such a rule it would drop every reply`,
  };
}

/** What comes back to the router from the internet is accepted, whatever it is. */
function letsRepliesIn(ruleset: Ruleset): boolean {
  const replies = { state: only(states.established), source: anywhere(ruleset.family) };
  return passage(ask(ruleset, replies)) === 'all';
}
