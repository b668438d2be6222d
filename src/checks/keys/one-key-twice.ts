// EW136: one public key for the peers of two tunnels.
import { peersOf } from '../../model/routing/peers.ts';
import { tunnel as kind } from '../../objects/tunnel.ts';
import type { Check } from '../../plan/types/check.ts';
import { has } from '../../vyatta/tree.ts';
import { livingTunnels } from '../routing/routes.ts';
import { finding, onRouter, viewOf } from '../view.ts';

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
    const uses = after.ifaces
      .filter(iface => kind.has(after.tree, iface.name) && !iface.disabled)
      .flatMap(iface =>
        peersOf(iface)
          .filter(peer => !peer.disabled)
          .map(peer => ({ iface: iface.name, peer })),
      );
    return livingTunnels(input).flatMap((tunnel, i, all) =>
      tunnel.peers.flatMap(peer => {
        const earlier = all.slice(0, i).map(({ name }) => name);
        const isOurs = (name: string): boolean => all.some(one => one.name === name);
        // of two in the file the later one tells
        const other = uses.find(
          use =>
            use.peer.key === peer.publicKey &&
            use.iface !== tunnel.name &&
            (earlier.includes(use.iface) || !isOurs(use.iface)),
        );
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
