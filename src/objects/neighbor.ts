// The router's BGP neighbours over the tunnels, each with a prefix list that takes only the announced ranges (docs/edgeos.md 'BGP').
import type { Bgp, Neighbor, Site } from '../site/site.ts';
import { type Tree, value } from '../vyatta/tree.ts';
import { covers, type Family, parseInterfaceAddress, parsePrefix } from '../wireguard/prefix.ts';
import type { Draft } from './draft.ts';
import { any, type KeyOf, Kind } from './kind.ts';
import { leafOf, unsayable } from './leaf.ts';
import { route } from './route.ts';
import { isWhole, tunnel } from './tunnel.ts';
import type { Wanted } from './wanted.ts';

const bgpLeaf = leafOf<Bgp>();
const bgpLeaves = [
  bgpLeaf('parameters router-id', 'routerId'),
  bgpLeaf('maximum-paths', 'maximumPaths', {
    words: (paths, bgp) => {
      const kinds = bgp.neighbors.map(({ remoteAsn }) => (remoteAsn === bgp.asn ? 'ibgp' : 'ebgp'));
      return [...new Set(kinds)].sort().map(kind => [kind, String(paths)]);
    },
    // one number in the file
    said: node => {
      const paths = new Set([...node.children.keys()].map(kind => value(node, [kind])));
      return paths.size === 1 ? Number([...paths][0]) : undefined;
    },
  }),
];

export const bgp: Kind<[asn: string], KeyOf<typeof bgpLeaves>> = new Kind({
  at: ['protocols', 'bgp', any],
  leaves: bgpLeaves,
  hold: (claim, asn) => (claim.wants(bgp.path(asn)) ? 'shared' : 'none'),
  title: asn => ({ title: `BGP autonomous system ${asn}`, order: ['BGP', '', 0] }),
});

/** How the names of edgewg's prefix lists begin; the neighbour's address follows, so two neighbours never share one. */
const listPrefix = 'EDGEWG-';

const listOf = ({ address }: Neighbor): string => `${listPrefix}${address.replaceAll(/[.:]/g, '-')}`;

const byHand = 'set by hand: a site file holds no secret';
const foreignFilter = 'a filter that the file has no word for';

const ipv6Unicast = ['address-family', 'ipv6-unicast'] as const;

/** What is about the routes of a family stands below it; for IPv4 at the neighbour itself. */
const unicast = (node: string) => ({ 4: node, 6: [...ipv6Unicast, node].join(' ') });

/** Every link has such an address: which one is meant, the interface tells. */
function isLinkLocal(address: string): boolean {
  const [network, one] = [parsePrefix('fe80::/10'), parsePrefix(address)];
  return network !== undefined && one !== undefined && covers(network, one);
}

const leaf = leafOf<Neighbor>();
const leaves = [
  leaf('remote-as', 'remoteAsn'),
  leaf('description', 'description'),
  leaf('shutdown', 'disable'),
  leaf('update-source', 'updateSource'),
  leaf('ebgp-multihop', 'ebgpMultihop'),
  // over IPv6 a session carries nothing of IPv6 unless the neighbour has that family (docs/edgeos.md 'BGP')
  leaf(unicast('soft-reconfiguration inbound'), 'softReconfiguration'),
  leaf('timers keepalive', 'timers.keepalive'),
  leaf('timers holdtime', 'timers.holdtime'),
  leaf('interface', 'tunnel', {
    words: (name, { address }) => (isLinkLocal(address) ? [[name]] : undefined),
    said: () => undefined,
  }),
  leaf(unicast('prefix-list import'), 'accept', {
    words: (_, neighbor) => (neighbor.accept.length === 0 ? [] : [[listOf(neighbor)]]),
    said: (node, running, [, address]) =>
      acceptSaid(running, String(address).includes(':') ? 6 : 4, [...node.children.keys()][0] ?? ''),
    isOurs: name => name.startsWith(listPrefix),
  }),
  unsayable(unicast('prefix-list export'), 'exportList', foreignFilter),
  unsayable(unicast('route-map import'), 'importMap', foreignFilter),
  unsayable(unicast('route-map export'), 'exportMap', foreignFilter),
  unsayable('password', 'password', byHand),
];

export const neighbor: Kind<[asn: string, address: string], KeyOf<typeof leaves>> = new Kind({
  at: ['protocols', 'bgp', any, 'neighbor', any],
  leaves,
  hold: (claim, asn, address) => {
    const { site, running } = claim;
    if (claim.wants(neighbor.path(asn, address))) return 'sayable';
    const isNamed = site.bgp?.neighbors.some(one => one.address === address) === true;
    if (isNamed || site.absent.neighbors.includes(address)) return 'all';
    // one that an earlier site file wanted: its prefix list has the name that edgewg gives
    const list = neighbor.value(running, 'accept', asn, address);
    return site.bgp !== undefined && list?.startsWith(listPrefix) === true ? 'all' : 'none';
  },
  title: (_, address) => ({ title: `BGP neighbor ${address}`, order: ['BGP', address, 0] }),
});

const lists = { 4: 'prefix-list', 6: 'prefix-list6' } as const;

export const prefixList: Kind<[family: Family, name: string], never> = new Kind({
  at: ['policy', lists, any],
  leaves: [],
  hold: (claim, family, name) =>
    claim.wants(prefixList.path(family, name)) ||
    (claim.site.bgp !== undefined && name.startsWith(listPrefix))
      ? 'all'
      : 'none',
  title: (_, name) => ({ title: `prefix list ${name}`, order: ['BGP', name, 1] }),
});

const entryLeaf = leafOf<{ readonly prefix: string }>();
const entryLeaves = [
  entryLeaf('action', 'action'),
  entryLeaf('prefix', 'prefix'),
  entryLeaf('le', 'longest'),
];

const entry: Kind<[family: Family, list: string, number: string], KeyOf<typeof entryLeaves>> = new Kind({
  at: ['policy', lists, any, 'rule', any],
  leaves: entryLeaves,
  title: (family, list, _) => prefixList.title(family, list),
});

export function wantBgp(wanted: Wanted, site: Site, said: Bgp): void {
  const asn = String(said.asn);
  const hasPaths = said.maximumPaths !== undefined && said.neighbors.length > 0;
  if (said.routerId !== undefined || hasPaths) bgp.want(wanted, said, [asn]);
  for (const one of said.neighbors) {
    neighbor.want(wanted, one, [asn, one.address]);
    // the family itself, which carries the routes of IPv6
    if (one.family === 6) wanted.set([...neighbor.path(asn, one.address), ...ipv6Unicast], one.at);
    wantPrefixList(wanted, one);
    const isExternal = one.remoteAsn !== said.asn && one.ebgpMultihop === undefined;
    if (isExternal && !isNextDoor(site, one, wanted.running))
      wanted.set([...neighbor.leaf('ebgpMultihop', asn, one.address), '2'], [...one.at, 'tunnel']);
  }
}

/**
 * Whether the neighbour's address lies in a network of the tunnel's own. Where it doesn't, as with a /32 on each end, a route leads there,
 * and zebra uses what an external neighbour announces through a route only when more than one hop is allowed (Quagga and FRR: without
 * ebgp-multihop every nexthop stays inactive although the session is up; test/packets shows it).
 */
function isNextDoor(site: Site, one: Neighbor, running: Tree): boolean {
  if (isLinkLocal(one.address)) return true;
  const address = parseInterfaceAddress(one.address);
  const found = site.tunnels.find(({ name }) => name === one.tunnel);
  const said = found?.address ?? [];
  const isSaid = said.length > 0 || (found !== undefined && isWhole(site, running, found));
  const own = isSaid ? said : tunnel.values(running, 'address', one.tunnel);
  return own.some(text => {
    const network = parseInterfaceAddress(text);
    return network !== undefined && address !== undefined && covers(network, address);
  });
}

function wantPrefixList(wanted: Wanted, one: Neighbor): void {
  const { accept, family, at } = one;
  const size = family === 4 ? 32 : 128;
  const list = listOf(one);
  for (const [i, prefix] of accept.entries()) {
    const place = [...at, 'accept', i];
    const instance = [family, list, String((i + 1) * 10)] as const;
    wanted.set([...entry.leaf('action', ...instance), 'permit'], place);
    wanted.set([...entry.leaf('prefix', ...instance), prefix], place);
    // a MetalLB range is announced as single addresses, so everything within it is taken
    if (!prefix.endsWith(`/${size}`))
      wanted.set([...entry.leaf('longest', ...instance), String(size)], place);
  }
}

/** The prefixes of a list, whatever it permits or denies: the plan of the file proves whether it is the same. */
function acceptSaid(running: Tree, family: Family, list: string): string[] | undefined {
  const accept = entry
    .names(running, family, list)
    .sort((a, b) => Number(a) - Number(b))
    .flatMap(number => entry.value(running, 'prefix', family, list, number) ?? []);
  return accept.length === 0 ? undefined : accept;
}

/** The neighbours behind tunnels; the system and what it says of itself go with them: alone they are nobody's business here. */
export function draftBgp(draft: Draft, running: Tree): void {
  const [asn] = bgp.names(running);
  if (asn === undefined) return;
  const behind = neighbor.names(running, asn).flatMap(address => {
    const name = isLinkLocal(address)
      ? neighbor.value(running, 'tunnel', asn, address)
      : tunnelTo(running, address);
    return name === undefined ? [] : [{ address, tunnel: name }];
  });
  if (behind.length === 0) return;
  draft.set(['bgp', 'asn'], Number(asn));
  bgp.draft(draft, running, ['bgp'], asn);
  for (const { address, tunnel: name } of behind) {
    const { timers, ...data } = neighbor.data(running, asn, address);
    const both = Object.keys(timers ?? {}).length === 2 ? { timers } : {};
    draft.set(['bgp', 'neighbors', address], { tunnel: name, ...data, ...both }, neighbor.path(asn, address));
  }
}

/** The interface whose route or address is the nearest to `address`. */
function tunnelTo(running: Tree, address: string): string | undefined {
  const target = parsePrefix(address);
  if (target === undefined) return undefined;
  const routes = route.all(running).map(([, prefix, hop]) => ({ prefix, hop }));
  const links = tunnel
    .names(running)
    .flatMap(hop => tunnel.values(running, 'address', hop).map(prefix => ({ prefix, hop })));
  const found = [...routes, ...links]
    .flatMap(({ prefix, hop }) => {
      const network = parsePrefix(prefix);
      return network !== undefined && covers(network, target) ? [{ length: network.length, hop }] : [];
    })
    .sort((a, b) => b.length - a.length)[0];
  return found?.hop.startsWith('wg') ? found.hop : undefined;
}
