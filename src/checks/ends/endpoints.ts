// EW402, EW403, EW404: where each end looks for the other. One of the two must begin, at the address and port where the other is.

import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { parseAddress } from '../../wireguard/prefix.ts';
import { type Pair, pairsOf, twoSided } from './both.ts';

export const endpoints: Check = {
  explanations: {
    EW402: {
      title: 'the router looks for a node where it is not',
      ignorable: true,
      why: `The endpoint of the router's peer and the endpoint of the node are two addresses, or only one side has one. A node
      drops what comes for WireGuard at any other address than its endpoint.`,
      way: 'Write the same address in both places. A name is not compared: nobody looks it up here.',
    },
  },
  find(input) {
    return pairsOf(input).flatMap(({ tunnel, peer, node }) => {
      const router = [...peer.at, 'endpoint'];
      const { endpoint } = peer;
      if (endpoint === undefined || node.endpoint === undefined) {
        if (endpoint === undefined && node.endpoint === undefined) return [];
        const [has, lacks] = endpoint === undefined ? [node.name, 'the router'] : ['the router', node.name];
        return twoSided(
          input,
          { router, cluster: [...node.at, 'endpoint'] },
          {
            code: 'EW402',
            severity: 'error',
            message: `${tunnel.name}: ${has} has an endpoint of ${node.name}, and ${lacks} knows of none`,
            hint: `say it on both sides, or on neither: endpoint of the peer, and endpoint of the node`,
          },
        );
      }
      // a name may well lead there: who knows before it is looked up
      if (endpoint.family === undefined || endpoint.host === node.endpoint.address) return [];
      return twoSided(
        input,
        { router, cluster: [...node.endpoint.at, 'address'] },
        {
          code: 'EW402',
          severity: 'error',
          message: `${tunnel.name}: the router looks for ${node.name} at ${endpoint.host}, and its endpoint is ${node.endpoint.address}`,
          hint: 'write the same address in both places',
        },
      );
    });
  },
};

export const ports: Check = {
  explanations: {
    EW403: {
      title: 'the router sends to a port on which the node does not listen',
      ignorable: true,
      why: "The port of the peer's endpoint must be the listenPort of the node, and no overlay of the cluster may listen there itself.",
      way: 'Write the same port in both places.',
    },
  },
  find(input) {
    return pairsOf(input).flatMap(({ tunnel, peer, node }) => {
      if (peer.endpoint === undefined || peer.endpoint.port === node.listenPort) return [];
      return twoSided(
        input,
        { router: [...peer.at, 'endpoint'], cluster: [...node.at, 'listenPort'] },
        {
          code: 'EW403',
          severity: 'error',
          message: `${tunnel.name}: the router sends to port ${peer.endpoint.port} of ${node.name}, which listens on ${node.listenPort}`,
          hint: 'write the same port in both places',
        },
      );
    });
  },
};

/**
 * Where overlays listen on every node, UDP: VXLAN by its RFC 7348 (Calico) and by Linux' default (flannel), Geneve by RFC 8926, and WireGuard
 * as flannel's `ListenPort` and Calico's `wireguardListeningPort` are when nobody says otherwise, with the next one for IPv6.
 */
const overlayPorts: Readonly<Record<string, readonly number[]>> = {
  vxlan: [4789, 8472],
  geneve: [6081],
  wireguard: [51820, 51821],
};

export const portsApart: Check = {
  explanations: {},
  find(input) {
    return pairsOf(input).flatMap(({ peer, node, cluster, tunnel }) => {
      const { overlay } = cluster.cni;
      if (overlay === undefined || !overlayPorts[overlay]?.includes(node.listenPort)) return [];
      return twoSided(
        input,
        {
          router: peer.endpoint === undefined ? peer.at : [...peer.at, 'endpoint'],
          cluster: [...cluster.cni.at, 'overlay'],
        },
        {
          code: 'EW403',
          severity: 'warning',
          message: `${tunnel.name}: port ${node.listenPort} of ${node.name} is where an overlay of ${overlay} listens itself: only one of the two gets it`,
          hint: `give the node another listenPort, and the peer's endpoint too, unless the overlay has another port`,
        },
      );
    });
  },
};

export const whoBegins: Check = {
  explanations: {
    EW404: {
      title: 'neither end can begin, or the one that should is not let in',
      ignorable: true,
      why: `One end must know where the other is. A node that begins needs routerEndpoint, a listenPort of the tunnel, and a rule
      that opens it; and it uses only the family of its own endpoint. Where only the router can begin, a keepalive or BGP must make it send.`,
      way: 'Say where the router reaches the node, or where the nodes reach the router.',
    },
  },
  find(input) {
    return pairsOf(input).flatMap((pair): Finding[] => {
      const { tunnel, peer, node, cluster } = pair;
      const places = { router: tunnel.at, cluster: ['cluster', 'routerEndpoint'] };
      const tell = (severity: 'error' | 'warning', message: string, hint: string): Finding[] => [
        twoSided(input, places, { code: 'EW404', severity, message, hint }),
      ];
      const host = cluster.routerEndpoint;
      if (host === undefined)
        return peer.endpoint === undefined && node.endpoint === undefined
          ? tell(
              'error',
              `${tunnel.name}: neither the router nor ${node.name} knows where the other is`,
              'give the peer an endpoint, or the cluster a routerEndpoint',
            )
          : sleeps(input, pair);
      if (tunnel.listenPort === undefined)
        return tell(
          'error',
          `${tunnel.name}: ${node.name} begins at ${host}, but the interface has no listenPort`,
          'give it one, and an openPort',
        );
      const family = parseAddress(host)?.family;
      const own = node.endpoint?.family;
      if (family !== undefined && own !== undefined && family !== own)
        return tell(
          'error',
          `${tunnel.name}: ${node.name} would reach the router at ${host}, but its own endpoint is IPv${own}, and it answers from nowhere else`,
          `take an IPv${own} address of the router, or another endpoint`,
        );
      return tunnel.openPort === undefined
        ? tell(
            'warning',
            `${tunnel.name}: ${node.name} begins at ${host}, and no openPort lets it in`,
            'add openPort, unless a rule of somebody else opens it',
          )
        : [];
    });
  },
};

/** Where only the router can begin, something must make it do so; BGP does. */
function sleeps(input: CheckInput, { tunnel, peer, node, neighbors }: Pair): Finding[] {
  if (peer.persistentKeepalive !== undefined || neighbors.some(one => !one.disable)) return [];
  return [
    twoSided(
      input,
      { router: peer.at, cluster: node.at },
      {
        code: 'EW404',
        severity: 'warning',
        message: `${tunnel.name}: ${node.name} doesn't know where the router is, and the router starts only when it has something to send: after a pause nothing from the cluster reaches home`,
        hint: `give ${peer.name} a persistentKeepalive of 25, or the cluster a routerEndpoint`,
      },
    ),
  ];
}
