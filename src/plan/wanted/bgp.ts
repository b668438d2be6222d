// The router's BGP neighbours over the tunnels, each with a prefix list that takes only the announced ranges (docs/edgeos.md 'BGP').
import type { Bgp, Neighbor, Site } from '../../site/site.ts';
import { type Tree, values } from '../../vyatta/tree.ts';
import { covers, parseInterfaceAddress } from '../../wireguard/prefix.ts';
import { prefixListPrefix } from '../ownership.ts';
import type { Wanted } from './builder.ts';

/** The name of the prefix list for a neighbour; the address is in it, so two neighbours never share one. */
function prefixListName(neighbor: Neighbor): string {
  return `${prefixListPrefix}${neighbor.address.replaceAll(/[.:]/g, '-')}`;
}

export function wantBgp(wanted: Wanted, site: Site, bgp: Bgp, running: Tree): void {
  const base = ['protocols', 'bgp', String(bgp.asn)];
  if (bgp.routerId !== undefined)
    wanted.set([...base, 'parameters', 'router-id', bgp.routerId], [...bgp.at, 'routerId']);
  if (bgp.maximumPaths !== undefined) {
    const ibgp = bgp.neighbors.some(neighbor => neighbor.remoteAsn === bgp.asn);
    const ebgp = bgp.neighbors.some(neighbor => neighbor.remoteAsn !== bgp.asn);
    const paths = String(bgp.maximumPaths);
    if (ebgp) wanted.set([...base, 'maximum-paths', 'ebgp', paths], [...bgp.at, 'maximumPaths']);
    if (ibgp) wanted.set([...base, 'maximum-paths', 'ibgp', paths], [...bgp.at, 'maximumPaths']);
  }
  for (const neighbor of bgp.neighbors) {
    const path = [...base, 'neighbor', neighbor.address];
    wantNeighbor(wanted, path, neighbor);
    const external = neighbor.remoteAsn !== bgp.asn && neighbor.ebgpMultihop === undefined;
    if (external && !isNextDoor(site, neighbor, running))
      wanted.set([...path, 'ebgp-multihop', '2'], [...neighbor.at, 'tunnel']);
  }
}

/**
 * Whether the neighbour's address lies in a network of the tunnel's own. Where it doesn't, as with a /32 on each end, a route leads there,
 * and zebra uses what an external neighbour announces through a route only when more than one hop is allowed (Quagga and FRR: without
 * ebgp-multihop every nexthop stays inactive although the session is up; test/packets shows it).
 */
function isNextDoor(site: Site, neighbor: Neighbor, running: Tree): boolean {
  const address = parseInterfaceAddress(neighbor.address);
  const said = site.tunnels.find(({ name }) => name === neighbor.tunnel)?.address ?? [];
  const own =
    said.length > 0 ? said : values(running, ['interfaces', 'wireguard', neighbor.tunnel, 'address']);
  return own.some(text => {
    const network = parseInterfaceAddress(text);
    return network !== undefined && address !== undefined && covers(network, address);
  });
}

function wantNeighbor(wanted: Wanted, base: string[], neighbor: Neighbor): void {
  const leaf = (words: readonly string[], key: string): void =>
    wanted.set([...base, ...words], [...neighbor.at, key]);
  leaf(['remote-as', String(neighbor.remoteAsn)], 'remoteAsn');
  if (neighbor.description !== undefined) leaf(['description', neighbor.description], 'description');
  if (neighbor.disable) leaf(['shutdown'], 'disable');
  if (neighbor.updateSource !== undefined) leaf(['update-source', neighbor.updateSource], 'updateSource');
  if (neighbor.ebgpMultihop !== undefined)
    leaf(['ebgp-multihop', String(neighbor.ebgpMultihop)], 'ebgpMultihop');
  if (neighbor.softReconfiguration) leaf(['soft-reconfiguration', 'inbound'], 'softReconfiguration');
  if (neighbor.timers !== undefined) {
    leaf(['timers', 'keepalive', String(neighbor.timers.keepalive)], 'timers');
    leaf(['timers', 'holdtime', String(neighbor.timers.holdtime)], 'timers');
  }
  if (neighbor.accept.length > 0) wantPrefixList(wanted, base, neighbor);
}

function wantPrefixList(wanted: Wanted, base: string[], neighbor: Neighbor): void {
  const [node, size] = neighbor.family === 4 ? ['prefix-list', 32] : ['prefix-list6', 128];
  const name = prefixListName(neighbor);
  const at = [...neighbor.at, 'accept'];
  for (const [i, prefix] of neighbor.accept.entries()) {
    const rule = ['policy', node, name, 'rule', String((i + 1) * 10)];
    wanted.set([...rule, 'action', 'permit'], [...at, i]);
    wanted.set([...rule, 'prefix', prefix], [...at, i]);
    // a MetalLB range is announced as single addresses, so everything within it is taken
    if (!prefix.endsWith(`/${size}`)) wanted.set([...rule, 'le', String(size)], [...at, i]);
  }
  wanted.set([...base, 'prefix-list', 'import', name], at);
}
