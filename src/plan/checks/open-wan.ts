// EW105: an interface that faces the internet without a ruleset for what comes to the router itself. A rule that opens one port
// then means nothing, since all of them are open.
import { stagesToRouter } from '../../firewall/attached.ts';
import { familyName } from '../../firewall/words.ts';
import type { Prospect } from '../make.ts';
import type { Diagnostic } from '../plan.ts';
import { families, finding, onRouter, viewOf } from './view.ts';

export function openWan(prospect: Prospect): Diagnostic[] {
  const { after } = viewOf(prospect);
  const { site } = prospect;
  if (!site.tunnels.some(tunnel => tunnel.openPort !== undefined)) return [];
  return families.flatMap(family => {
    const name = family === 4 ? 'ipv4' : 'ipv6';
    const ruleset = site.uplink.rulesets[name];
    const open = after
      .wan(family)
      .filter(({ face }) => stagesToRouter(after.tree, face, family).length === 0);
    const [first] = open;
    if (first === undefined) return [];
    const each = open.map(({ face, reasons }) => `${face.name} (${reasons[0]?.text})`);
    const node = family === 4 ? 'name' : 'ipv6-name';
    return finding(prospect, ['uplink', 'rulesets', name], {
      code: 'EW105',
      severity: 'warning',
      message: `no ${familyName(family)} ruleset keeps the internet from the router itself at ${each.join(', ')}: every port of it is open there`,
      hint: `attach one on the router: set ${first.face.path.join(' ')} firewall local ${node} ${ruleset ?? (family === 4 ? 'WAN_LOCAL' : 'WANv6_LOCAL')}`,
      running: onRouter(prospect, first.face.path),
    });
  });
}
