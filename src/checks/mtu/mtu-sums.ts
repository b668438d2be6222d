// EW140: where a tunnel's MTU comes from, and what of it is left for TCP, with the sums; told when the plan sets it. EW144: the file's
// uplink.mtu is more than the router's own line takes.

import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import { tunnelSum } from '../../objects/uplinks.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Tunnel } from '../../site/site.ts';
import { insideOverlay, segmentSize, tellOverhead, tellSegment } from '../../wireguard/mtu.ts';
import { siteFix } from '../fix.ts';
import { listed, livingTunnels } from '../routing/routes.ts';
import { families, finding, onRouter, viewOf } from '../view.ts';
import { routersUplinks, uplinksAfter } from './link-mtus.ts';

export const mtuSums: Check = {
  explanations: {
    EW140: {
      title: "where a tunnel's MTU comes from",
      why: `A packet of the tunnel travels inside an IP header (20 bytes, or 40 for IPv6), a UDP header (8) and WireGuard's own 32
      bytes: 60 over IPv4, 80 over IPv6. What the way to the internet takes, less that, is the largest packet that leaves in
      one piece. A host name, or a peer that calls from anywhere, may turn out to be IPv6, so the worse family counts. A TCP
      segment is 40 bytes smaller than a packet, 60 over IPv6.`,
      way: 'Give the other end the same MTU: each end decides only about what it sends.',
    },
  },
  find(input) {
    const set = new Set(
      input.changes.flatMap(({ path, action }) => {
        const found = tunnelKind.match(path);
        const isSet = action !== 'keep' && action !== 'delete' && found !== undefined;
        return isSet && tunnelKind.keyAt(found.below) === 'mtu' ? found.instance : [];
      }),
    );
    const bySum = new Map<string, Tunnel[]>();
    for (const tunnel of livingTunnels(input)) {
      if (!set.has(tunnel.name) || typeof tunnel.mtu === 'number') continue;
      const sum = tellSum(input, tunnel);
      bySum.set(sum, [...(bySum.get(sum) ?? []), tunnel]);
    }
    return [...bySum].flatMap(([sum, tunnels]) => {
      const names = tunnels.map(({ name }) => name);
      const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : names;
      return finding(input, [...(tunnels[0]?.at ?? []), 'mtu'], {
        code: 'EW140',
        severity: 'note',
        message: `${listed(shown)}: ${sum}`,
      });
    });
  },
};

const most = 4;

/** What the cluster's overlay leaves for pods, where its packets go through the tunnel; by the addresses that the node has in it. */
function tellPods({ site }: CheckInput, tunnel: string, mtu: number): string {
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

function tellSum(input: CheckInput, { name, peers }: Tunnel): string {
  const { outer, uplink, mtu } = tunnelSum(uplinksAfter(input), peers);
  const unsure = peers.filter(({ endpoint }) => endpoint?.family === undefined).map(({ name }) => name);
  const worse =
    unsure.length === 0
      ? ''
      : `; ${listed(unsure.slice(0, most))} may come by either family, and the worse counts`;
  const segments = families.map(family => `${segmentSize(mtu, family)} (${tellSegment(mtu, family)})`);
  return `MTU ${mtu} = ${uplink.mtu} (${uplink.said}) ${tellOverhead('−', outer)}${worse}; TCP segments up to ${segments.join(' and ')}${tellPods(input, name, mtu)}; the other end needs the same MTU`;
}

export const uplinkMtu: Check = {
  explanations: {
    EW144: {
      title: "uplink.mtu is more than the router's line takes",
      why: `The MTU of tunnels is computed from uplink.mtu where the file says it. The router's own interface to the internet is
      smaller: PPPoE takes 8 bytes of Ethernet's 1500 and has 1492, a 6in4 tunnel 1480. All tunnels would be too large by the
      difference.`,
      way: "Leave uplink.mtu out, or say the smaller number. It is for paths that are narrower than the router's own line.",
    },
  },
  find(input) {
    const { site, wanted } = input;
    const said = site.uplink.mtu;
    const counts = livingTunnels(input).some(({ name }) => tunnelKind.says(wanted, 'mtu', name));
    if (said === undefined || !counts) return [];
    const lines = routersUplinks(viewOf(input).after);
    const least = lines[4].mtu < lines[6].mtu ? lines[4] : lines[6];
    if (said <= least.mtu) return [];
    return [
      finding(input, [...site.uplink.at, 'mtu'], {
        code: 'EW144',
        severity: 'warning',
        message: `uplink.mtu is ${said}, and the way to the internet takes ${least.mtu} (${least.said}): tunnels that count on ${said} send packets that don't fit`,
        hint: `say uplink.mtu: ${least.mtu}, or leave it out: it is read from the router`,
        ...siteFix({ path: [...site.uplink.at, 'mtu'], value: least.mtu }),
        ...(least.path && { running: onRouter(input, least.path) }),
      }),
    ];
  },
};
