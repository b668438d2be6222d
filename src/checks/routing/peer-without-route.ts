// EW133: allowed IPs that nothing routes into the tunnel. The peer may send from them, and the answers go another way. With
// `route-allowed-ips true` every one of them is a route.
import { carriedBy } from '../../model/routing/carried.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Peer, Tunnel } from '../../site/site.ts';
import { find } from '../../vyatta/tree.ts';
import { overlaps, type Prefix, parsePrefix } from '../../wireguard/prefix.ts';
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
      const isCarried = (prefix: Prefix): boolean =>
        [...routes, ...announced].some(one => overlaps(one.prefix, prefix));
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
  const protocols = ['ospf', 'ospfv3', 'rip', 'ripng'];
  return (
    protocols.some(name => (find(tree, ['protocols', name])?.children.size ?? 0) > 0) ||
    routing.announced.some(one => one.isOpen)
  );
}

function unrouted(input: CheckInput, tunnel: Tunnel, peer: Peer, lost: readonly Lost[]): Finding[] {
  const [first] = lost;
  if (first === undefined) return [];
  const { main } = viewOf(input).after.routing;
  const ways = new Set(lost.flatMap(({ prefix }) => main.best(prefix).map(entry => tellEntry(input, entry))));
  const keys = lost.map(({ text }) => `${text.includes(':') ? `"${text}"` : text}: ${peer.name}`);
  const them = lost.length === 1 ? 'it' : 'them';
  return [
    finding(input, [...peer.at, 'allowedIPs', first.i], {
      code: 'EW133',
      severity: 'warning',
      message: `${tunnel.name}: ${peer.name} may send from ${listed(lost.map(({ text }) => text))}, and nothing routes ${them} into ${tunnel.name}${lineOf(input, tunnel.at)}: answers go ${ways.size === 0 ? 'nowhere' : `by ${listed([...ways])}`}`,
      hint: `add under routes of ${tunnel.name}: ${keys.join(', ')}; or take ${them} out of the allowedIPs`,
    }),
  ];
}
