// EW400, EW401: each end must know the other's public key. One letter, and no handshake ever comes about.
import type { CheckInput } from '../../plan/types/check.ts';
import type { Diagnostic } from '../../plan/types/plan.ts';
import { privateKeyOf } from '../../plan/wanted/tunnel.ts';
import { type Pair, pairsOf, twoSided } from './both.ts';

export function nodeKeys(input: CheckInput): Diagnostic[] {
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
}

export function routerKeys(input: CheckInput): Diagnostic[] {
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
}

/** The public half of the file on the router, or of the reference; undefined where neither is known here. */
function keyOfRouter({ facts, identityOf }: CheckInput, { tunnel }: Pair): string | undefined {
  const source = privateKeyOf(tunnel);
  if (source.kind === 'router') return facts?.keyFiles.get(source.path)?.publicKey;
  return identityOf?.([...tunnel.at, 'privateKey'])?.publicKey;
}
