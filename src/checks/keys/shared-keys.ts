// EW344 and EW345: keys that two have: two interfaces of the router, or one of them and a peer.

import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import { isLiteral, shownOf } from '../../vyatta/redact.ts';
import { byVersion } from '../../vyatta/tree.ts';
import { finding, onRouter } from '../view.ts';

/** The public half where the router reported it; else the file, which is as good to tell two keys apart. */
function identity({ facts }: CheckInput, word: string): string {
  return isLiteral(word) ? shownOf(word) : (facts?.keyFiles.get(word)?.publicKey ?? word);
}

/** Interfaces after the plan by their private key. */
function owners(input: CheckInput): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of tunnelKind.names(input.after).sort(byVersion)) {
    const word = tunnelKind.value(input.after, 'privateKey', name);
    if (word === undefined) continue;
    const key = identity(input, word);
    found.set(key, [...(found.get(key) ?? []), name]);
  }
  // what the other ends are told of the router's keys
  for (const { tunnel, routerPublicKey } of input.site.cluster?.nodes ?? [])
    if (routerPublicKey !== undefined && tunnelKind.has(input.after, tunnel))
      found.set(routerPublicKey, [...new Set([...(found.get(routerPublicKey) ?? []), tunnel])]);
  return found;
}

export const sharedKeys: Check = {
  explanations: {
    EW344: {
      title: 'two interfaces share a private key',
      why: `The key is the identity: a peer can't tell the two interfaces apart, and a packet that answers one may be taken by the
      other. Whoever gets hold of one key has both tunnels.`,
      way: `Give each interface a file of its own under privateKey; edgewg makes the key for a new one. The peers must know the new
      public key.`,
    },
    EW345: {
      title: "a peer has the router's own key",
      why: `The public key of the peer is that of an interface of the router itself. WireGuard ignores such a peer on that very
      interface, and on another one nobody but the router could answer. Most often the two public keys were swapped.`,
      way: `Put the public key of the other end there: wg show on that machine prints it. edgewg keys prints those of the router.`,
    },
  },
  find(input) {
    const { site, after } = input;
    const byKey = owners(input);
    return site.tunnels.flatMap(tunnel => {
      const word = tunnelKind.value(after, 'privateKey', tunnel.name);
      const others = word === undefined ? [] : (byKey.get(identity(input, word)) ?? []);
      const other = others.find(name => name !== tunnel.name);
      // of two in the file the later one tells
      const isTold = site.tunnels.some(({ name }) => name === other && byVersion(name, tunnel.name) > 0);
      const own =
        other === undefined || isTold
          ? []
          : [
              finding(input, [...tunnel.at, 'privateKey'], {
                code: 'EW344',
                severity: 'warning',
                message: `${tunnel.name} has the private key of ${other}: the two can't be told apart`,
                hint: `give ${tunnel.name} a key of its own: another file under privateKey`,
                running: onRouter(input, tunnelKind.leaf('privateKey', other)),
              }),
            ];
      const swapped = tunnel.peers.flatMap(peer => {
        const [owner] = byKey.get(peer.publicKey) ?? [];
        if (owner === undefined) return [];
        return finding(input, [...peer.at, 'publicKey'], {
          code: 'EW345',
          severity: 'error',
          message: `${tunnel.name}: the public key of ${peer.name} is the router's own, of ${owner}`,
          hint: `put the public key of the other end there; this one is what ${peer.name} needs`,
          running: onRouter(input, tunnelKind.leaf('privateKey', owner)),
        });
      });
      return [...own, ...swapped];
    });
  },
};
