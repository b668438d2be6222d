// From the written form to the one that the program uses: canonical texts, ranges as numbers, everything in an order
// of its own, so that the order of keys in the file says nothing.
import { parseEndpoint } from '../wireguard/endpoint.ts';
import {
  canonicalAddress,
  canonicalInterfaceAddress,
  canonicalPrefix,
  type Family,
  parsePrefix,
} from '../wireguard/prefix.ts';
import { defined } from './defined.ts';
import { tunnelsFromNodes } from './from-nodes.ts';
import { parseKeySource } from './grammar/keys.ts';
import { parseInterfaceRange, parseRuleRange } from './grammar/names.ts';
import { parseDays } from './grammar/texts.ts';
import { normaliseClients } from './normalise-clients.ts';
import { normaliseCluster } from './normalise-cluster.ts';
import { normaliseNat } from './normalise-nat.ts';
import { normaliseProof } from './normalise-proof.ts';
import { normaliseRuleset } from './normalise-ruleset.ts';
import type { Written } from './schema/site.ts';
import type * as S from './site.ts';

type WrittenTunnel = NonNullable<Written['tunnels']>[string];
type WrittenPeer = NonNullable<WrittenTunnel['peers']>[string];
type WrittenRoute = NonNullable<WrittenTunnel['routes']>[string];
type WrittenBgp = NonNullable<Written['bgp']>;

/** Only for what the schema let through. `silences` are those of comments, which no schema sees. */
export function normalise(written: Written, silences: readonly S.Silence[]): S.Site {
  const tunnels = entries(written.tunnels).map(([name, tunnel]) => normaliseTunnel(name, tunnel));
  const cluster = written.cluster && normaliseCluster(written.cluster);
  if (cluster !== undefined)
    tunnels.push(
      ...tunnelsFromNodes(cluster, written.cluster?.tunnels, new Set(tunnels.map(({ name }) => name))),
    );
  const rulesets = entries(written.rulesets).map(([name, ruleset]) => normaliseRuleset(name, ruleset));
  return defined({
    router: defined({
      at: ['router'],
      ...written.router,
      legacyAlgorithms: written.router.legacyAlgorithms ?? [],
    }),
    uplink: defined({
      at: ['uplink'],
      mtu: written.uplink?.mtu,
      rulesets: defined(written.uplink?.rulesets ?? {}),
      reachable: written.uplink?.reachable === false ? (false as const) : undefined,
    }),
    manages: normaliseManages(written.manages),
    limits: defined(written.limits ?? {}),
    tunnels: tunnels.sort((a, b) => number(a.name) - number(b.name)),
    rulesets: rulesets.sort((a, b) => (a.name < b.name ? -1 : 1)),
    groups: entries(written.groups).map(([name, group]) =>
      defined({ ...group, at: ['groups', name], name, members: (group.members ?? []).map(String) }),
    ),
    nat: normaliseNat(written.nat),
    dns: written.dns && {
      at: ['dns'],
      listenOn: written.dns.listenOn ?? [],
      exceptInterface: written.dns.exceptInterface ?? [],
    },
    absent: normaliseAbsent(written.absent),
    mssClamp: defined(written.mssClamp ?? {}),
    bgp: written.bgp && normaliseBgp(written.bgp),
    cluster,
    proof: written.proof && normaliseProof(written.proof),
    silences: [
      ...entries(written.ignore).map(([code, reason]) => ({ at: ['ignore', code], code, reason })),
      ...silences,
    ],
    rotateAfter: written.rotateAfter === undefined ? undefined : parseDays(written.rotateAfter),
  });
}

/** In the order of their keys. */
function entries<V>(map: Record<string, V> | undefined): [string, V][] {
  return Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

const number = (interfaceName: string): number => Number(interfaceName.slice(2));

const familyOf = (text: string): Family => (text.includes(':') ? 6 : 4);

function normaliseManages(manages: Written['manages']): S.Manages {
  const rules = entries(manages?.firewallRules).map(
    ([name, ranges]) => [name, ranges.flatMap(range => parseRuleRange(String(range)) ?? [])] as const,
  );
  return {
    at: ['manages'],
    interfaces: (manages?.interfaces ?? []).flatMap(range => parseInterfaceRange(range) ?? []),
    firewallRules: new Map(rules),
    natRules: (manages?.natRules ?? []).flatMap(range => parseRuleRange(String(range)) ?? []),
  };
}

function normaliseTunnel(name: string, tunnel: WrittenTunnel): S.Tunnel {
  const at = ['tunnels', name];
  const { openPort, firewall } = tunnel;
  return defined({
    ...tunnel,
    at,
    name,
    disable: tunnel.disable ?? false,
    address: (tunnel.address ?? []).map(canonicalInterfaceAddress),
    privateKey: tunnel.privateKey === undefined ? undefined : parseKeySource(tunnel.privateKey),
    openPort:
      openPort &&
      defined({
        at: [...at, 'openPort'],
        ipv4: openPort.rule ?? openPort.ipv4,
        ipv6: openPort.rule ?? openPort.ipv6,
        asNeeded: openPort.rule !== undefined,
      }),
    firewall: {
      in: defined(firewall?.in ?? {}),
      out: defined(firewall?.out ?? {}),
      local: defined(firewall?.local ?? {}),
    },
    peers: entries(tunnel.peers).map(([peer, value]) => normalisePeer([...at, 'peers', peer], peer, value)),
    routes: inOrder(
      entries(tunnel.routes).map(([prefix, value]) =>
        normaliseRoute([...at, 'routes', prefix], prefix, value),
      ),
    ),
    clients: tunnel.clients && normaliseClients([...at, 'clients'], tunnel.clients),
  });
}

function normalisePeer(at: S.SitePath, name: string, peer: WrittenPeer): S.Peer {
  return defined({
    ...peer,
    at,
    name,
    presharedKey: peer.presharedKey === undefined ? undefined : parseKeySource(peer.presharedKey),
    endpoint: peer.endpoint === undefined ? undefined : parseEndpoint(peer.endpoint),
    allowedIPs: (peer.allowedIPs ?? []).map(canonicalPrefix),
    disable: peer.disable ?? false,
  });
}

function normaliseRoute(at: S.SitePath, written: string, route: WrittenRoute): S.Route {
  const options: Exclude<WrittenRoute, string> = typeof route === 'string' ? { description: route } : route;
  const prefix = canonicalPrefix(written);
  return defined({
    ...options,
    at,
    prefix,
    family: familyOf(prefix),
    disable: options.disable ?? false,
    guard: options.guard ?? false,
  });
}

/** IPv4 first, then by address, wider before narrower. */
function inOrder(routes: readonly S.Route[]): S.Route[] {
  const sortable = routes.map(route => ({ route, at: parsePrefix(route.prefix) }));
  sortable.sort(({ at: a }, { at: b }) => {
    if (a === undefined || b === undefined || a.family !== b.family)
      return (a?.family ?? 0) - (b?.family ?? 0);
    return a.first === b.first ? a.length - b.length : a.first < b.first ? -1 : 1;
  });
  return sortable.map(({ route }) => route);
}

function normaliseAbsent(absent: Written['absent']): S.Absent {
  const lists = <T extends string | number>(
    map: Record<string, T[]> | undefined,
    canonical: (value: T) => T = value => value,
  ) => new Map(entries(map).map(([name, list]) => [name, list.map(canonical)] as const));
  return {
    at: ['absent'],
    tunnels: absent?.tunnels ?? [],
    peers: lists(absent?.peers),
    routes: lists(absent?.routes, canonicalPrefix),
    rulesets: absent?.rulesets ?? [],
    firewallRules: lists(absent?.firewallRules),
    natRules: absent?.natRules ?? [],
    groups: absent?.groups ?? [],
    neighbors: (absent?.neighbors ?? []).map(canonicalAddress),
  };
}

function normaliseBgp(bgp: WrittenBgp): S.Bgp {
  const neighbors = entries(bgp.neighbors).map(
    ([written, neighbor]): S.Neighbor =>
      defined({
        at: ['bgp', 'neighbors', written],
        address: canonicalAddress(written),
        family: familyOf(written),
        ...neighbor,
        updateSource:
          neighbor.updateSource === undefined ? undefined : canonicalAddress(neighbor.updateSource),
        disable: neighbor.disable ?? false,
        accept: (neighbor.accept ?? []).map(canonicalPrefix),
      }),
  );
  return defined({
    ...bgp,
    at: ['bgp'],
    neighbors: neighbors.sort((a, b) => a.family - b.family || (a.address < b.address ? -1 : 1)),
  });
}
