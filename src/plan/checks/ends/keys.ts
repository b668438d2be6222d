// EW400, EW401: each end must know the other's public key. One letter, and no handshake ever comes about.
import type { Prospect } from '../../make.ts';
import type { Diagnostic } from '../../plan.ts';
import { privateKeyOf } from '../../wanted/tunnel.ts';
import { type Pair, pairsOf, twoSided } from './both.ts';

export function nodeKeys(prospect: Prospect): Diagnostic[] {
  return pairsOf(prospect).flatMap(({ tunnel, peer, node }) => {
    const places = { router: [...peer.at, 'publicKey'], cluster: [...node.at, 'publicKey'] };
    const hint = 'take the one that `wg show` prints on the node, in both places';
    if (node.publicKey !== undefined && node.publicKey !== peer.publicKey)
      return twoSided(prospect, places, {
        code: 'EW400',
        severity: 'error',
        message: `${tunnel.name}: the router has ${peer.publicKey} for ${node.name}, whose key is ${node.publicKey}`,
        hint,
      });
    if (node.routerPublicKey !== peer.publicKey) return [];
    return twoSided(
      prospect,
      { router: places.router, cluster: [...node.at, 'routerPublicKey'] },
      {
        code: 'EW400',
        severity: 'error',
        message: `${tunnel.name}: ${node.name} has its own key for the router's`,
        hint: 'take the key of the router, which `edgewg keys` prints',
      },
    );
  });
}

export function routerKeys(prospect: Prospect): Diagnostic[] {
  return pairsOf(prospect).flatMap(pair => {
    const { tunnel, node } = pair;
    const known = keyOfRouter(prospect, pair);
    if (node.routerPublicKey === undefined || known === undefined || known === node.routerPublicKey)
      return [];
    return twoSided(
      prospect,
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
}

/** The public half of the file on the router, or of the reference; undefined where neither is known here. */
function keyOfRouter({ facts, identityOf }: Prospect, { tunnel }: Pair): string | undefined {
  const source = privateKeyOf(tunnel);
  if (source.kind === 'router') return facts?.keyFiles.get(source.path)?.publicKey;
  return identityOf?.([...tunnel.at, 'privateKey'])?.publicKey;
}
