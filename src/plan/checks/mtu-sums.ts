// EW140: where a tunnel's MTU comes from, and what of it is left for TCP, with the sums; told when the plan sets it. EW144: the file's
// uplink.mtu is more than the router's own line takes.
import type { Tunnel } from '../../site/site.ts';
import { has } from '../../vyatta/tree.ts';
import { insideOverlay, segmentSize, tellOverhead, tellSegment } from '../../wireguard/mtu.ts';
import type { Prospect } from '../make.ts';
import type { Diagnostic } from '../plan.ts';
import { tunnelSum } from '../wanted/uplinks.ts';
import { listed, livingTunnels } from './routes.ts';
import { families, finding, onRouter, viewOf } from './view.ts';
import { routersUplinks, uplinksAfter } from './ways.ts';

export function mtuSums(prospect: Prospect): Diagnostic[] {
  const set = new Set(
    prospect.changes.flatMap(({ path, action }) =>
      path[1] === 'wireguard' && path[3] === 'mtu' && action !== 'keep' && action !== 'delete'
        ? [path[2]]
        : [],
    ),
  );
  const bySum = new Map<string, Tunnel[]>();
  for (const tunnel of livingTunnels(prospect)) {
    if (!set.has(tunnel.name) || typeof tunnel.mtu === 'number') continue;
    const sum = tellSum(prospect, tunnel);
    bySum.set(sum, [...(bySum.get(sum) ?? []), tunnel]);
  }
  return [...bySum].flatMap(([sum, tunnels]) => {
    const names = tunnels.map(({ name }) => name);
    const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : names;
    return finding(prospect, [...(tunnels[0]?.at ?? []), 'mtu'], {
      code: 'EW140',
      severity: 'note',
      message: `${listed(shown)}: ${sum}`,
    });
  });
}

const most = 4;

/** What the cluster's overlay leaves for pods, where its packets go through the tunnel; by the addresses that the node has in it. */
function tellPods({ site }: Prospect, tunnel: string, mtu: number): string {
  const node = site.cluster?.nodes.find(one => one.tunnel === tunnel);
  const { overlay, mtu: said } = site.cluster?.cni ?? {};
  if (node === undefined || overlay === undefined || overlay === 'none') return '';
  const inside = insideOverlay(mtu, overlay, node.address.some(text => !text.includes(':')) ? 4 : 6);
  const more =
    said !== undefined && said > inside.mtu
      ? `, and cni.mtu is ${said}: right only where the overlay goes another way`
      : '';
  return `; pods in ${overlay} through it have ${inside.mtu} (${inside.said})${more}`;
}

function tellSum(prospect: Prospect, { name, peers }: Tunnel): string {
  const { outer, uplink, mtu } = tunnelSum(uplinksAfter(prospect), peers);
  const unsure = peers.filter(({ endpoint }) => endpoint?.family === undefined).map(({ name }) => name);
  const worse =
    unsure.length === 0
      ? ''
      : `; ${listed(unsure.slice(0, most))} may come by either family, and the worse counts`;
  const segments = families.map(family => `${segmentSize(mtu, family)} (${tellSegment(mtu, family)})`);
  return `MTU ${mtu} = ${uplink.mtu} (${uplink.said}) ${tellOverhead('−', outer)}${worse}; TCP segments up to ${segments.join(' and ')}${tellPods(prospect, name, mtu)}; the other end needs the same MTU`;
}

export function uplinkMtu(prospect: Prospect): Diagnostic[] {
  const { site, wanted } = prospect;
  const said = site.uplink.mtu;
  const counts = livingTunnels(prospect).some(({ name }) =>
    has(wanted, ['interfaces', 'wireguard', name, 'mtu']),
  );
  if (said === undefined || !counts) return [];
  const lines = routersUplinks(viewOf(prospect).after);
  const least = lines[4].mtu < lines[6].mtu ? lines[4] : lines[6];
  if (said <= least.mtu) return [];
  return [
    finding(prospect, [...site.uplink.at, 'mtu'], {
      code: 'EW144',
      severity: 'warning',
      message: `uplink.mtu is ${said}, and the way to the internet takes ${least.mtu} (${least.said}): tunnels that count on ${said} send packets that don't fit`,
      hint: `say uplink.mtu: ${least.mtu}, or leave it out: it is read from the router`,
      ...(least.path && { running: onRouter(prospect, least.path) }),
    }),
  ];
}
