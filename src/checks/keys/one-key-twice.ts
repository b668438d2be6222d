// EW136: one public key for the peers of two tunnels.
import { type PeerOnRouter, peersOf } from '../../model/routing/peers.ts';
import { tunnel as kind } from '../../objects/tunnel.ts';
import type { Check } from '../../plan/types/check.ts';
import { has } from '../../vyatta/tree.ts';
import { livingTunnels } from '../routing/routes.ts';
import { finding, onRouter, viewOf } from '../view.ts';

interface Use {
  readonly iface: string;
  readonly peer: PeerOnRouter;
}

export const oneKeyTwice: Check = {
  explanations: {
    EW136: {
      title: 'one public key for the peers of two tunnels',
      why: `A public key is one machine, so that both tunnels lead to the same one, or one of them to nowhere: where the endpoints are
        two machines, one of the keys was copied wrongly, and its handshakes are dropped without a word. A note where nothing
        tells the two apart: a machine may have two interfaces to this router.`,
      way: `Put the key that wg show prints on each of the two machines. If it is one machine, give each of its interfaces a key of its
        own all the same, or say why not: # edgewg-ignore EW136: REASON.`,
    },
  },
  find(input) {
    const { after } = viewOf(input);
    const uses = new Map<string, Use[]>();
    for (const iface of after.ifaces) {
      if (!kind.has(after.tree, iface.name) || iface.disabled) continue;
      for (const peer of peersOf(iface)) {
        if (peer.disabled) continue;
        const same = uses.get(peer.key);
        if (same === undefined) uses.set(peer.key, [{ iface: iface.name, peer }]);
        else same.push({ iface: iface.name, peer });
      }
    }
    const tunnels = livingTunnels(input);
    const order = new Map(tunnels.map(({ name }, i) => [name, i]));
    return tunnels.flatMap((tunnel, i) =>
      tunnel.peers.flatMap(peer => {
        // of two in the file the later one tells; before them all comes what the file doesn't have
        const other = uses.get(peer.publicKey)?.find(({ iface }) => (order.get(iface) ?? -1) < i);
        if (peer.disable || other === undefined) return [];
        const there = other.peer.endpoint?.host;
        const isTwo = peer.endpoint !== undefined && there !== undefined && peer.endpoint.host !== there;
        return finding(input, [...peer.at, 'publicKey'], {
          code: 'EW136',
          severity: isTwo ? 'warning' : 'note',
          message: `${tunnel.name}: the public key of ${peer.name} is also that of a peer of ${other.iface}${isTwo ? `, whose endpoint is ${there} and not ${peer.endpoint?.host}` : ''}: one of the two answers to no handshake, unless both are one machine`,
          hint: 'put the key there that `wg show` prints on that machine',
          ...(has(input.running, other.peer.path) && { running: onRouter(input, other.peer.path) }),
        });
      }),
    );
  },
};
