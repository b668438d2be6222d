// EW400, EW401: each end must know the other's public key. One letter, and no handshake ever comes about.
import { privateKeyOf } from '../../objects/tunnel.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import { type Pair, pairsOf, twoSided } from './both.ts';

export const nodeKeys: Check = {
  explanations: {
    EW400: {
      title: "the router's peer is not the node",
      ignorable: true,
      why: `WireGuard knows a peer by its public key alone. The key that the router has is not the one that the cluster section gives
      the node: the router drops its handshakes without a word, and both ends look as if the other were not there.`,
      way: 'Take the key that `wg show` prints on the node, for publicKey of the peer and of the node.',
    },
  },
  find(input) {
    return pairsOf(input).flatMap(({ tunnel, peer, node }) => {
      const places = { router: [...peer.at, 'publicKey'], cluster: [...node.at, 'publicKey'] };
      const hint = 'take the one that `wg show` prints on the node, in both places';
      if (node.publicKey !== undefined && node.publicKey !== peer.publicKey)
        return twoSided(input, places, {
          code: 'EW400',
          severity: 'error',
          message: `${tunnel.name}: the router has ${peer.publicKey} for ${node.name}, whose key is ${node.publicKey}`,
          hint,
        });
      if (node.routerPublicKey !== peer.publicKey) return [];
      return twoSided(
        input,
        { router: places.router, cluster: [...node.at, 'routerPublicKey'] },
        {
          code: 'EW400',
          severity: 'error',
          message: `${tunnel.name}: ${node.name} has its own key for the router's`,
          hint: 'take the key of the router, which `edgewg keys` prints',
        },
      );
    });
  },
};

export const routerKeys: Check = {
  explanations: {
    EW401: {
      title: 'a node has another key for the router than the router itself',
      why: `The private key of the interface lies on the router. Its public half is not what the node would get as routerPublicKey:
      perhaps the key was made anew, or the line belongs to another tunnel.`,
      way: `\`edgewg keys\` prints the public keys; write it to routerPublicKey, and render the node again. --allow router-key applies
      all the same: on a lab router, whose keys are its own, and no tunnel needs to come up.`,
    },
  },
  find(input) {
    return pairsOf(input).flatMap(pair => {
      const { tunnel, node } = pair;
      const known = keyOfRouter(input, pair);
      if (node.routerPublicKey === undefined || known === undefined || known === node.routerPublicKey)
        return [];
      return twoSided(
        input,
        { router: [...tunnel.at, 'privateKey'], cluster: [...node.at, 'routerPublicKey'] },
        {
          code: 'EW401',
          severity: 'error',
          message: `${tunnel.name}: its key on the router is ${known}, and ${node.name} has ${node.routerPublicKey}`,
          hint: `write routerPublicKey: ${known}`,
          allow: 'router-key',
        },
      );
    });
  },
};

/** The public half of the file on the router, or of the reference; undefined where neither is known here. */
function keyOfRouter({ facts, identityOf }: CheckInput, { tunnel }: Pair): string | undefined {
  const source = privateKeyOf(tunnel);
  if (source.kind === 'router') return facts?.keyFiles.get(source.path)?.publicKey;
  return identityOf?.([...tunnel.at, 'privateKey'])?.publicKey;
}
