// EW305 and EW306: endpoints by name. The router resolves a name once, when it commits or boots; where that fails at boot the endpoint
// is gone from the running configuration, and the next save makes it last (docs/edgeos.md 'Endpoints').
import { peer as peerKind } from '../../objects/peer.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Peer, Tunnel } from '../../site/site.ts';
import { has } from '../../vyatta/tree.ts';
import { type Endpoint, printEndpoint } from '../../wireguard/endpoint.ts';
import { siteFix } from '../fix.ts';
import { finding } from '../view.ts';

export const endpointNames: Check = {
  explanations: {
    EW305: {
      title: 'an endpoint is a name',
      why: `The router gives the name to wg once, at commit and at boot, and never again. While it boots the line is often not up
      yet: wg tries for about 70 seconds, the commit of the endpoint fails, and the running configuration has no endpoint any
      more. Whoever saves then has lost it. A dynamic address that changes isn't noticed either.`,
      way: `An address that stays needs no name. Where it must be a name, say resolve: 5m at the peer: then a small script on the router
      looks the name up again while the peer is silent, and gives wg its endpoint, also one that was lost at boot.`,
    },
    EW306: {
      title: 'the router has no endpoint where the file has a name',
      why: `A name that doesn't resolve while the router boots is left out of the running configuration, and the peer has no endpoint: it
      can't be called any more. config.boot still has it until somebody saves, and the GUI saves at every change.`,
      way: `While config.boot has it, edgewg doctor --heal loads it back; after that an apply sets it again. Say resolve: 5m at the peer,
      so that the router looks the name up again by itself.`,
    },
  },
  find: input =>
    input.site.tunnels.flatMap(tunnel =>
      tunnel.peers.flatMap((peer): Finding[] => {
        const { endpoint } = peer;
        if (tunnel.disable || peer.disable || endpoint === undefined || endpoint.family !== undefined)
          return [];
        return [...unwatched(input, tunnel, peer, endpoint), ...lost(input, tunnel, peer, endpoint)];
      }),
    ),
};

function unwatched(input: CheckInput, { name }: Tunnel, peer: Peer, { host }: Endpoint): Finding[] {
  if (peer.resolve !== undefined) return [];
  const found = finding(input, [...peer.at, 'endpoint'], {
    code: 'EW305',
    severity: 'warning',
    message: `${name}: the endpoint of ${peer.name} is a name, ${host}: when it doesn't resolve while the router boots, the endpoint is gone, and the next save makes that last`,
    hint: 'add resolve: 5m to the peer, so that the router looks it up again; or take an address',
    ...siteFix({ path: [...peer.at, 'resolve'], value: '5m' }),
  });
  return [found];
}

/** Of a peer that the router has: what it never had isn't lost, and only config.boot could tell. */
function lost(input: CheckInput, { name }: Tunnel, peer: Peer, endpoint: Endpoint): Finding[] {
  const { running, facts } = input;
  if (!peerKind.has(running, name, peer.publicKey)) return [];
  const path = peerKind.leaf('endpoint', name, peer.publicKey);
  if (has(running, path)) return [];
  const isSaved = facts !== undefined && has(facts.lost, path);
  const text = `${name}: ${peer.name} has no endpoint on the router`;
  const found = finding(input, [...peer.at, 'endpoint'], {
    code: 'EW306',
    severity: isSaved ? 'warning' : 'note',
    message: isSaved
      ? `${text}, and config.boot has one: ${printEndpoint(endpoint)} probably didn't resolve at boot, and the next save makes that last`
      : `${text}: unless it is new in the file, ${printEndpoint(endpoint)} didn't resolve at boot and somebody saved since`,
    ...(isSaved ? { hint: 'edgewg doctor --heal loads it back' } : {}),
    running: { path: peerKind.path(name, peer.publicKey) },
  });
  return [found];
}
