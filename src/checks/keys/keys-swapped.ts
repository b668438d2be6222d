// EW135: public keys that change places between two tunnels of the file. A key that only moves is somebody's new interface; where two change
// places, each with the other's endpoint and allowed IPs, they were swapped by mistake, and both tunnels would fail.

import { peer as peerKind } from '../../objects/peer.ts';
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { Check } from '../../plan/types/check.ts';
import { livingTunnels } from '../routing/routes.ts';
import { finding, lineOf, onRouter } from '../view.ts';

export const keysSwapped: Check = {
  explanations: {
    EW135: {
      title: 'the public keys of two tunnels change places',
      ignorable: true,
      why: `On the router each of two interfaces has a peer, and the plan gives each of them the other's key, while endpoints and
      allowed IPs stay. Neither handshake would succeed: the other end is somebody else. It is easily done when two blocks of
      a site file are copied.`,
      way: 'Look at both servers (wg show wg0 public-key), and swap the two lines back. If they did change places, silence it with the reason.',
    },
  },
  find(input) {
    const { running } = input;
    const before = new Map<string, string>();
    for (const name of tunnelKind.names(running))
      for (const key of peerKind.names(running, name)) before.set(key, name);
    const now = new Map(
      livingTunnels(input).flatMap(tunnel =>
        tunnel.peers.map(peer => [peer.publicKey, { tunnel: tunnel.name, peer }] as const),
      ),
    );
    return [...now].flatMap(([key, { tunnel, peer }]) => {
      const was = before.get(key);
      if (was === undefined || was === tunnel) return [];
      const other = [...now].find(([its, one]) => before.get(its) === tunnel && one.tunnel === was);
      if (other === undefined) return [];
      const at = [...other[1].peer.at, 'publicKey'];
      return finding(input, [...peer.at, 'publicKey'], {
        code: 'EW135',
        severity: 'warning',
        message: `${tunnel}: the key of ${peer.name} is that of a peer of ${was} on the router, and ${was} gets one that ${tunnel} has${lineOf(input, at)}: they change places`,
        hint: `swap the two publicKey lines back; when the servers really changed places, say so: # edgewg-ignore EW135: REASON`,
        running: onRouter(input, peerKind.path(was, key)),
      });
    });
  },
};
