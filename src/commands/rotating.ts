// What the three steps of a rotation share: the tunnel on the router, and the key that it runs with.
import { Refused } from '../errors.ts';
import type { KeyInUse } from '../keys/rotation.ts';
import type { Reading } from '../router/read.ts';
import type { Tunnel } from '../site/site.ts';
import type { Connection } from '../ssh/connection.ts';

export interface Rotating {
  readonly tunnel: Tunnel;
  readonly connection: Connection;
  readonly reading: Reading;
}

/** What the interface runs with. Throws {@link Refused} where there is nothing to rotate. */
export async function inUse(tunnel: Tunnel, { running, facts }: Reading): Promise<KeyInUse> {
  const { keyInUse } = await import('../keys/rotation.ts');
  const now = keyInUse(tunnel.name, running, facts);
  if (now !== undefined) return now;
  throw new Refused(
    'nothing-to-rotate',
    `${tunnel.name} has no key on the router yet`,
    'its first key comes with the apply, or before it with `edgewg keys --make`',
  );
}
