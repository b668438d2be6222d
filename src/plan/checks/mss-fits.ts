// EW143: an MSS clamp that lets through larger segments than the smallest tunnel takes. EdgeOS has one value per family for all
// interface types, so the smallest decides (edgeos-facts 2).
import { linkMtu } from '../../vyatta/link-mtu.ts';
import { has, value, values } from '../../vyatta/tree.ts';
import { segmentSize, tellSegment } from '../../wireguard/mtu.ts';
import type { Family } from '../../wireguard/prefix.ts';
import type { Prospect } from '../make.ts';
import type { Diagnostic } from '../plan.ts';
import { livingTunnels } from './routes.ts';
import { families, finding, onRouter, viewOf } from './view.ts';

export function mssFits(prospect: Prospect): Diagnostic[] {
  return livingTunnels(prospect).length === 0 ? [] : families.flatMap(family => clamp(prospect, family));
}

function clamp(prospect: Prospect, family: Family): Diagnostic[] {
  const { tree, faces } = viewOf(prospect).after;
  const node = family === 4 ? 'mss-clamp' : 'mss-clamp6';
  const path = ['firewall', 'options', node];
  const mss = Number(value(tree, [...path, 'mss']) ?? Number.NaN);
  const types = values(tree, [...path, 'interface-type']);
  if (!types.some(type => type === 'wg' || type === 'all')) return [];
  const least = faces
    .filter(face => face.kind === 'wireguard' && !face.disabled)
    .map(face => ({ name: face.name, mtu: linkMtu(face).mtu }))
    .reduce<{ name: string; mtu: number } | undefined>((a, b) => (a && a.mtu <= b.mtu ? a : b), undefined);
  if (least === undefined || !(mss > segmentSize(least.mtu, family))) return [];
  const leaf = [...path, 'mss', String(mss)];
  const room = segmentSize(least.mtu, family);
  return [
    finding(prospect, ['mssClamp', family === 4 ? 'ipv4' : 'ipv6'], {
      code: 'EW143',
      severity: 'warning',
      message: `${node} ${mss} lets TCP segments through that ${least.name} has no room for: ${tellSegment(least.mtu, family)} = ${room}`,
      hint: `say mssClamp: { ${family === 4 ? 'ipv4' : 'ipv6'}: auto }, or ${room} at most`,
      ...(has(prospect.running, leaf) && { running: onRouter(prospect, leaf) }),
    }),
  ];
}
