// EW143: an MSS clamp that lets through larger segments than the smallest tunnel takes. EdgeOS has one value per family for all
// interface types, so the smallest decides (docs/edgeos.md 'Clamps').

import { clamp as clampKind, clampNode, isForTunnels } from '../../objects/clamp.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { isWireguard } from '../../vyatta/interfaces.ts';
import { linkMtu } from '../../vyatta/link-mtu.ts';
import { has } from '../../vyatta/tree.ts';
import { segmentSize, tellSegment } from '../../wireguard/mtu.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { siteFix } from '../fix.ts';
import { livingTunnels } from '../routing/routes.ts';
import { families, finding, onRouter, viewOf } from '../view.ts';

export const mssFits: Check = {
  explanations: {
    EW143: {
      title: 'the MSS clamp is larger than what a tunnel takes',
      why: `The clamp lowers the segment size that both ends of a TCP connection agree on, so that full packets fit the tunnel. With
      a larger value they agree on segments that don't, and depend on ICMP messages that many networks drop. EdgeOS has one
      value per family for all interface types, so the smallest tunnel decides.`,
      way: 'Use auto: the smallest MTU of all WireGuard interfaces, less 40 for IPv4 and less 60 for IPv6.',
    },
  },
  find(input) {
    return livingTunnels(input).length === 0 ? [] : families.flatMap(family => clamp(input, family));
  },
};

function clamp(input: CheckInput, family: Family): Finding[] {
  const { tree, ifaces } = viewOf(input).after;
  const mss = Number(clampKind.value(tree, 'mss', family) ?? Number.NaN);
  if (!isForTunnels(clampKind.values(tree, 'interfaceTypes', family))) return [];
  const least = ifaces
    .filter(iface => isWireguard(iface) && !iface.disabled)
    .map(iface => ({ name: iface.name, mtu: linkMtu(iface).mtu }))
    .reduce<{ name: string; mtu: number } | undefined>((a, b) => (a && a.mtu <= b.mtu ? a : b), undefined);
  if (least === undefined || !(mss > segmentSize(least.mtu, family))) return [];
  const leaf = [...clampKind.leaf('mss', family), String(mss)];
  const room = segmentSize(least.mtu, family);
  return [
    finding(input, ['mssClamp', family === 4 ? 'ipv4' : 'ipv6'], {
      code: 'EW143',
      severity: 'warning',
      message: `${clampNode(family)} ${mss} lets TCP segments through that ${least.name} has no room for: ${tellSegment(least.mtu, family)} = ${room}`,
      hint: `say mssClamp: { ${family === 4 ? 'ipv4' : 'ipv6'}: auto }, or ${room} at most`,
      ...siteFix({ path: ['mssClamp', family === 4 ? 'ipv4' : 'ipv6'], value: 'auto' }),
      ...(has(input.running, leaf) && { running: onRouter(input, leaf) }),
    }),
  ];
}
