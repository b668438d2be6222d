// EW133: allowed IPs that nothing routes into the tunnel. The peer may send from them, and the answers go another way. With
// `route-allowed-ips true` every one of them is a route.
import { hasInteriorProtocol } from '../../model/routing/announced.ts';
import { carriedBy } from '../../model/routing/carried.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Peer, Tunnel } from '../../site/site.ts';
import { covers, overlaps, type Prefix, parsePrefix } from '../../wireguard/prefix.ts';
import { isNode, routeEdit, siteFix } from '../fix.ts';
import { finding, lineOf, type Side, viewOf } from '../view.ts';
import { listed, livingTunnels, tellEntry } from './routes.ts';

export const peersWithoutRoute: Check = {
  explanations: {
    EW133: {
      title: 'a peer may send from addresses that are not routed back to it',
      why: `AllowedIPs filter what comes in and choose the peer for what goes out, but they make no routes: route-allowed-ips is
      false on tunnels that are ours. Packets from such an address are accepted, and the answers leave by another
      interface, most often to the provider. Nothing is reported where a routing protocol may bring the route.`,
      way: `Add the prefix to the tunnel's routes. If it comes by BGP, name it under accept of a neighbour behind that tunnel. If
      the peer never uses it, take it out of its allowedIPs.`,
    },
  },
  find(input) {
    const { after } = viewOf(input);
    const tunnels = livingTunnels(input);
    if (tunnels.length === 0 || hasRoutingProtocol(after)) return [];
    return tunnels.flatMap(tunnel => {
      const { routes, announced } = carriedBy(after.routing, tunnel.name);
      // a neighbour that is not reached yet is another finding
      const said = (input.site.bgp?.neighbors ?? [])
        .filter(one => one.tunnel === tunnel.name && !one.disable)
        .flatMap(({ accept }) => accept.flatMap(text => parsePrefix(text) ?? []));
      const isCarried = (prefix: Prefix): boolean =>
        [...routes, ...announced].some(one => overlaps(one.prefix, prefix)) ||
        said.some(one => overlaps(one, prefix));
      return tunnel.peers.flatMap(peer => {
        const lost = peer.allowedIPs.flatMap((text, i) => {
          const prefix = parsePrefix(text);
          return prefix === undefined || isCarried(prefix) ? [] : [{ text, prefix, i }];
        });
        return peer.disable ? [] : unrouted(input, tunnel, peer, lost);
      });
    });
  },
};

interface Lost {
  readonly text: string;
  readonly prefix: Prefix;
  /** Its place in the list. */
  readonly i: number;
}

/** OSPF and RIP may bring any route through any interface, and a BGP neighbour without a filter as well. */
function hasRoutingProtocol({ tree, routing }: Side): boolean {
  return hasInteriorProtocol(tree) || routing.announced.some(one => one.isOpen);
}

function unrouted(input: CheckInput, tunnel: Tunnel, peer: Peer, lost: readonly Lost[]): Finding[] {
  const [first] = lost;
  if (first === undefined) return [];
  const { main } = viewOf(input).after.routing;
  const ways = new Set(lost.flatMap(({ prefix }) => main.best(prefix).map(entry => tellEntry(input, entry))));
  const them = lost.length === 1 ? 'it' : 'them';
  return [
    finding(input, [...peer.at, 'allowedIPs', first.i], {
      code: 'EW133',
      severity: 'warning',
      message: `${tunnel.name}: ${peer.name} may send from ${listed(lost.map(({ text }) => text))}, and nothing routes ${them} into ${tunnel.name}${lineOf(input, tunnel.at)}: answers go ${ways.size === 0 ? 'nowhere' : `by ${listed([...ways])}`}`,
      ...wayOut(input, tunnel, peer, lost),
    }),
  ];
}

/** Each prefix by what is right for it: a route, BGP, or nothing, where a route would lead the tunnel into itself. */
function wayOut(
  { site }: CheckInput,
  tunnel: Tunnel,
  peer: Peer,
  lost: readonly Lost[],
): Pick<Finding, 'hint' | 'fix'> {
  const neighbors = site.bgp?.neighbors ?? [];
  const moving = [
    ...(site.cluster?.metallb?.ranges ?? []),
    ...neighbors.filter(one => one.tunnel !== tunnel.name).flatMap(({ accept }) => accept),
  ].flatMap(text => parsePrefix(text) ?? []);
  const endpoints = tunnel.peers.flatMap(one => parsePrefix(one.endpoint?.host ?? '') ?? []);
  const isLoop = ({ prefix }: Lost): boolean => endpoints.some(one => covers(prefix, one));
  const isMoving = (one: Lost): boolean => !isLoop(one) && moving.some(range => overlaps(range, one.prefix));
  const loops = lost.filter(isLoop).map(({ text }) => text);
  const ranges = lost.filter(isMoving).map(({ text }) => text);
  const plain = lost.filter(one => !isLoop(one) && !isMoving(one)).map(({ text }) => text);
  const speaker = neighbors.find(one => one.tunnel === tunnel.name && !one.disable);
  const left = peer.allowedIPs.filter(text => !loops.includes(text));
  const hints = [
    ...(plain.length === 0
      ? []
      : [
          `add under routes of ${tunnel.name}: ${plain.map(text => `${quoted(text)}: ${peer.name}`).join(', ')}; or take ${plain.length === 1 ? 'it' : 'them'} out of the allowedIPs`,
        ]),
    ...(ranges.length === 0
      ? []
      : [
          `${listed(ranges)} may move between servers: name it under accept of ${speaker === undefined ? `a BGP neighbour behind ${tunnel.name}` : `neighbour ${speaker.address}`}, not under routes`,
        ]),
    ...(loops.length === 0
      ? []
      : [
          `take ${listed(loops)} out of the allowedIPs, since an endpoint is in it and a route would lead the tunnel into itself; or give the peer another endpoint`,
        ]),
  ];
  // what is behind a node of the file the checks of the two ends know better
  const isWhole = !isNode(site, tunnel) && left.length > 0 && (ranges.length === 0 || speaker !== undefined);
  return {
    hint: hints.join('; '),
    ...(isWhole &&
      siteFix(
        ...plain.map(text => routeEdit(site, tunnel, text, peer.name)),
        ...(speaker === undefined || ranges.length === 0
          ? []
          : [{ path: [...speaker.at, 'accept'], value: [...speaker.accept, ...ranges] }]),
        ...(loops.length === 0 ? [] : [{ path: [...peer.at, 'allowedIPs'], value: left }]),
      )),
  };
}

const quoted = (text: string): string => (text.includes(':') ? `"${text}"` : text);
