// What a person calls the peers of a plan, which the router knows by their keys.
import { peer } from '../objects/peer.ts';
import type { Site } from '../site/site.ts';
import type { Tree } from '../vyatta/tree.ts';
import type { PeerName } from './types/plan.ts';

/** By the site file; a peer that it doesn't have, by its description on the router. */
export function peerNames(site: Pick<Site, 'tunnels'>, running: Tree): PeerName[] {
  const named = site.tunnels.flatMap(({ name: tunnel, peers }) =>
    peers.map(({ publicKey, name }): PeerName => ({ tunnel, public_key: publicKey, name })),
  );
  const known = new Set(named.map(({ tunnel, public_key: key }) => `${tunnel} ${key}`));
  const described = peer.all(running).flatMap(([tunnel, key]): PeerName[] => {
    const name = peer.value(running, 'description', tunnel, key);
    return name === undefined || known.has(`${tunnel} ${key}`) ? [] : [{ tunnel, public_key: key, name }];
  });
  return [...named, ...described];
}
