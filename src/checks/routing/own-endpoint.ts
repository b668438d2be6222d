// EW224: the endpoint of a peer is the router itself: its address, or a name that its dynamic DNS gives to it.
import { ownNames } from '../../model/routing/own-names.ts';
import type { Check } from '../../plan/types/check.ts';
import { parseAddress } from '../../wireguard/prefix.ts';
import { finding, viewOf } from '../view.ts';
import { alreadyThere, livingTunnels } from './routes.ts';

export const ownEndpoint: Check = {
  explanations: {
    EW224: {
      title: 'the endpoint of a peer is the router itself',
      why: `The endpoint is where the peer is reached. Here it is an address of this router, or the name that its dynamic DNS keeps
        for it: what the peer needs as its own endpoint was written on this side. WireGuard sends its handshakes to itself.`,
      way: `Take the endpoint out: a phone or laptop calls the router, which then knows where it is. Write it into the device's
        configuration instead (edgewg peer add does). persistentKeepalive belongs there too.`,
    },
  },
  find(input) {
    const names = ownNames(input.after);
    const { routing } = viewOf(input).after;
    return livingTunnels(input).flatMap(tunnel =>
      tunnel.peers.flatMap(peer => {
        const { endpoint } = peer;
        if (peer.disable || endpoint === undefined) return [];
        const address = parseAddress(endpoint.host);
        const own = address && routing.own(address.family, address.address);
        const path = own
          ? [...own.iface.path, 'address', own.text]
          : names.get(endpoint.host.toLowerCase().replace(/\.$/, ''));
        if (path === undefined) return [];
        const what = own ? `an address of ${own.iface.name}` : `the router's own name (dynamic DNS)`;
        return finding(input, [...peer.at, 'endpoint'], {
          code: 'EW224',
          severity: 'warning',
          message: `${tunnel.name}: the endpoint of ${peer.name}, ${endpoint.host}, is this router itself, ${what}: its handshakes would go to itself`,
          hint: `take the endpoint out: ${peer.name} calls the router, and needs none here`,
          fix: {
            kind: 'site',
            edits: [
              { path: [...peer.at, 'endpoint'], value: null },
              { path: [...peer.at, 'persistentKeepalive'], value: null },
            ],
          },
          ...alreadyThere(input, path),
        });
      }),
    );
  },
};
