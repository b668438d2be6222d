// EW223: a route or allowed IPs that are an address of the router itself: it keeps packets to its own addresses.
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Peer, Tunnel } from '../../site/site.ts';
import { parsePrefix } from '../../wireguard/prefix.ts';
import { finding, viewOf } from '../view.ts';
import { alreadyThere, livingTunnels } from './routes.ts';

export const ownAddress: Check = {
  explanations: {
    EW223: {
      title: "the router's own address is routed into a tunnel",
      why: `A packet to an address that the router has itself never leaves it, whatever the routes say. A route to the router's end
        of a tunnel, or that address among a peer's allowed IPs, is most often the other end's address written down wrongly: the
        other end is then not reached. As an allowed IP it also lets the peer send in the router's name.`,
      way: `Write the address of the other end of the tunnel there. If it stands there already, take this one out.`,
    },
  },
  find: input =>
    livingTunnels(input).flatMap(tunnel => [
      ...tunnel.routes.flatMap(route => {
        const own = route.disable ? undefined : ownerOf(input, route.prefix);
        if (own === undefined) return [];
        return finding(input, route.at, {
          code: 'EW223',
          severity: 'error',
          message: `${tunnel.name}: ${route.prefix} is the router's own address, of ${own.name}: packets to it never go into the tunnel`,
          hint: `name the address of the other end, or take the route out`,
          fix: { kind: 'site', edits: [{ path: route.at, value: null }] },
          ...alreadyThere(input, own.path),
        });
      }),
      ...tunnel.peers.flatMap(peer => (peer.disable ? [] : ofPeer(input, tunnel, peer))),
    ]),
};

function ofPeer(input: CheckInput, tunnel: Tunnel, peer: Peer): Finding[] {
  return peer.allowedIPs.flatMap((text, i) => {
    const own = ownerOf(input, text);
    if (own === undefined) return [];
    const rest = peer.allowedIPs.filter(other => other !== text);
    return finding(input, [...peer.at, 'allowedIPs', i], {
      code: 'EW223',
      severity: 'warning',
      message: `${tunnel.name}: ${text} among the allowed IPs of ${peer.name} is the router's own address, of ${own.name}: ${peer.name} could send in its name`,
      hint: `name the address of the other end, or take it out`,
      ...(rest.length > 0 && {
        fix: { kind: 'site', edits: [{ path: [...peer.at, 'allowedIPs'], value: rest }] },
      }),
      ...alreadyThere(input, own.path),
    });
  });
}

/** The interface whose address the single address is, with its node. */
function ownerOf(input: CheckInput, text: string): { name: string; path: readonly string[] } | undefined {
  const prefix = parsePrefix(text);
  if (prefix === undefined || prefix.length !== (prefix.family === 4 ? 32 : 128)) return undefined;
  const own = viewOf(input).after.routing.own(prefix.family, prefix.first);
  return own && { name: own.iface.name, path: [...own.iface.path, 'address', own.text] };
}
