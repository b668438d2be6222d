// The way on from a jump host: a byte stream to the next hop, opened by the jump host's sshd.
import type { Duplex } from 'node:stream';
import { NoAccess } from '../errors.ts';
import type { Hop } from './hop.ts';
import type { HopConnection } from './hop-connection.ts';
import { printable } from './printable.ts';
import { where } from './socket.ts';

/** Rejects with NoAccess `jump-refused`, or the signal's reason. */
export function forward(
  hopConnection: HopConnection,
  jump: Hop,
  to: Hop,
  signal?: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const fail = (reason: unknown) => {
      finish();
      reject(reason);
    };
    const abort = () => fail(signal?.reason);
    const timer = setTimeout(() => fail(refused(jump, to, 'no answer')), to.connectTimeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) return abort();
    void hopConnection.closed.then(() => fail(refused(jump, to, 'it closed the connection')));
    const opened = (error: Error | undefined, channel: Duplex) => {
      if (error) return fail(refused(jump, to, error.message.replace(/^\(SSH\) Channel open failure: /, '')));
      finish();
      channel.once('end', () => channel.destroy()); // as a socket does: what has ended is closed
      resolve(channel);
    };
    try {
      hopConnection.client.forwardOut('127.0.0.1', 0, to.host, to.port, opened);
    } catch {
      // ssh2 throws when the socket has just closed: `closed` says why
    }
  });
}

function refused(jump: Hop, to: Hop, why: string): NoAccess {
  const message = `the jump host ${jump.name} doesn't get through to ${where(to)}: ${printable(why)}`;
  return new NoAccess(
    'jump-refused',
    message,
    `check that ${jump.name} reaches it, and AllowTcpForwarding in its sshd_config`,
  );
}
