// The key files on a router that a site file names, or that its tunnels have by default.
import type { Site } from '../site/load.ts';

export function keyFilesNamedBy({ tunnels }: Site): string[] {
  return tunnels.flatMap(tunnel => [
    tunnel.privateKey?.kind === 'router' ? tunnel.privateKey.path : `/config/auth/${tunnel.name}.key`,
    ...tunnel.peers.flatMap(({ presharedKey }) =>
      presharedKey?.kind === 'router' ? [presharedKey.path] : [],
    ),
  ]);
}
