// EW218: nothing routes to the endpoint of a peer: no default route, or no IPv6 for an endpoint that speaks nothing else.
import { familyName } from '../../model/firewall/words.ts';
import type { Routing } from '../../model/routing/routing.ts';
import { follow } from '../../model/routing/trace.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Peer, Tunnel } from '../../site/site.ts';
import { addressesOf, isWireguard } from '../../vyatta/interfaces.ts';
import { covers, type Family, host, parseAddress, parsePrefix } from '../../wireguard/prefix.ts';
import { families, finding, type Side, viewOf } from '../view.ts';
import { livingTunnels } from './routes.ts';

export const endpointUnrouted: Check = {
  explanations: {
    EW218: {
      title: 'nothing routes to the endpoint of a peer',
      why: `WireGuard's packets to the endpoint take the routing table like all others. Without a route the kernel drops them, and
        no handshake ever leaves the router: no default route, an endpoint with an IPv6 address on a router that has IPv4
        only, or a blackhole that holds the address.`,
      way: `Give the router a default route in that family, or a route to the endpoint; or take an endpoint of the family that the
        router has. A note: only the router knows its IPv6 routes, since no configuration says where they come from.`,
    },
  },
  find(input) {
    const { routing } = viewOf(input).after;
    // a piece of a configuration, which says nothing of the rest
    if (!families.some(family => hasAny(routing, family))) return [];
    return livingTunnels(input).flatMap(tunnel =>
      tunnel.peers.filter(peer => !peer.disable).flatMap(peer => lost(input, tunnel, peer)),
    );
  },
};

function lost(input: CheckInput, tunnel: Tunnel, peer: Peer): Finding[] {
  const { endpoint } = peer;
  if (endpoint === undefined) return [];
  const { after } = viewOf(input);
  const address = parseAddress(endpoint.host);
  const tried = address === undefined ? families : [address.family];
  const why =
    address === undefined
      ? tried.every(family => !hasDefault(input, family)) && 'no default route'
      : wayTo(input, address.family, address.address);
  if (why === false || why === undefined) return [];
  const isKnown = tried.every(family => !mayHaveMore(after, family));
  const others =
    tried.length === 1 ? families.filter(family => hasDefault(input, family) && !tried.includes(family)) : [];
  const away =
    others[0] === undefined ? '' : `, or take an endpoint of ${familyName(others[0])}, which the router has`;
  return [
    finding(input, [...peer.at, 'endpoint'], {
      code: 'EW218',
      severity: isKnown ? 'warning' : 'note',
      message: `${tunnel.name}: nothing leads to the endpoint of ${peer.name}, ${endpoint.host}: ${why}${isKnown ? '' : ', as far as the configuration says'}`,
      hint: `give the router a default route over ${familyName(tried[0] ?? 4)}${away}`,
    }),
  ];
}

/** Why the address can't be reached; undefined when it can, or when only the router knows. */
function wayTo(input: CheckInput, family: Family, address: bigint): string | undefined {
  const { routing } = viewOf(input).after;
  const { hops, end } = follow(routing, family, address);
  // behind another tunnel it is that tunnel's finding
  if (hops.length > 1 || isLive(input, family, address)) return undefined;
  if (end === 'discarded') return 'its route is a blackhole';
  if (end !== 'no-route') return undefined;
  return hasAny(routing, family)
    ? `no route over ${familyName(family)} holds it`
    : `the router has no ${familyName(family)}`;
}

/** A network or a route beside those of the tunnels. */
const hasAny = ({ main, iface }: Routing, family: Family): boolean =>
  main.all.some(
    ({ prefix, out }) =>
      prefix.family === family &&
      out !== undefined &&
      !isWireguard(iface(out)) &&
      iface(out)?.kind !== 'loopback',
  );

const everything: Readonly<Record<Family, string>> = { 4: '0.0.0.0/0', 6: '::/0' };

function hasDefault(input: CheckInput, family: Family): boolean {
  const prefix = parsePrefix(everything[family]);
  const { main } = viewOf(input).after.routing;
  return prefix === undefined || main.at(prefix).length > 0 || isLive(input, family, 0n);
}

/** The router has a route in its kernel that no configuration shows. */
function isLive({ facts }: CheckInput, family: Family, address: bigint): boolean {
  const target = host(family, address);
  return (facts?.routes ?? []).some(line => {
    const [word = ''] = line.trim().split(/\s+/);
    const prefix = parsePrefix(word === 'default' ? (line.includes(':') ? '::/0' : '0.0.0.0/0') : word);
    return prefix !== undefined && covers(prefix, target) && !/^(blackhole|unreachable)/.test(line.trim());
  });
}

/** A routing protocol may bring it; or the router gets its IPv6 in a way that the configuration doesn't say. */
function mayHaveMore({ routing, wan }: Side, family: Family): boolean {
  if (routing.announced.some(one => one.isOpen && one.prefix.family === family)) return true;
  if (routing.doubts.some(doubt => /^(OSPF|RIP)/.test(doubt))) return true;
  return (
    family === 6 &&
    wan(6).some(({ iface }) => !addressesOf(iface).some(text => parsePrefix(text)?.family === 6))
  );
}
