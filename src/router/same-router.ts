// Whether a new connection leads to the router of the first one. A name may stand for two routers that are both trusted (a VRRP address, DNS
// round robin), and a router may have restarted meanwhile: what the one behind the new connection says is then no evidence of the apply.
import type { Connection } from '../ssh/connection.ts';
import type { ApplyInput } from './apply-input.ts';
import { loggedResult } from './log.ts';
import type { Reading } from './read.ts';

type First = Pick<ApplyInput, 'connection' | 'reading' | 'options'>;

/**
 * By its host key and by what is random in each of its restarts. `restarted`: another restart of a router that has the host key and knows
 * the apply from its log. `other`: any other.
 */
export function routerBehind(
  { connection: first, reading, options }: First,
  connection: Connection,
  now: Reading,
): 'same' | 'restarted' | 'other' {
  if (hasOtherHostKey(first, connection)) return 'other';
  if (now.facts.bootId === reading.facts.bootId) return 'same';
  return loggedResult(now.facts.applies, options.id) === '' ? 'other' : 'restarted';
}

/** A router has a key of each type: two of different types tell nothing. */
export function hasOtherHostKey(first: Connection, { hostKey }: Connection): boolean {
  return first.hostKey.type === hostKey.type && first.hostKey.fingerprint !== hostKey.fingerprint;
}

/** Why the new connection proves nothing; undefined when it leads to where the apply waits for its proof. */
export function strangeness(first: First, connection: Connection, now: Reading): string | undefined {
  if (hasOtherHostKey(first.connection, connection))
    return `the new connection reached another router, with host key ${connection.hostKey.fingerprint} in place of ${first.connection.hostKey.fingerprint}`;
  if (now.facts.bootId !== first.reading.facts.bootId)
    return 'the new connection reached a router that has restarted since, or another one with the same host key';
  if (!now.facts.waiting.includes(first.options.id))
    return `the router of the new connection doesn't have apply ${first.options.id} waiting for its proof`;
  return undefined;
}
