// The line between a client and the router: counts what passes, and delays it. Its round trips are those that wait for one another: whatever
// either side says may be an answer to all that has reached it by then, and the longest such chain is counted, over all connections, since
// the second is opened for what came over the first. TCP's own handshakes are not in it.
import net from 'node:net';

export interface Passed {
  readonly connections: number;
  readonly roundTrips: number;
  /** Bytes to the router, and from it. */
  readonly up: number;
  readonly down: number;
}

export interface Wire {
  readonly port: number;
  /** What has passed since the last call. */
  take(): Passed;
  close(): Promise<void>;
}

/** `host` and `port` are the router's; `latencyMs` is that of a round trip, for TCP's own handshake too. */
export async function startWire({
  host,
  port,
  latencyMs = 0,
}: {
  readonly host: string;
  readonly port: number;
  readonly latencyMs?: number;
}): Promise<Wire> {
  let passed = { connections: 0, roundTrips: 0, up: 0, down: 0 };
  const sockets = new Set<net.Socket>();
  // half open, so that one side's end is no answer of the wire's own
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, client => {
    const router = net.connect({ host, port, noDelay: true, allowHalfOpen: true });
    const counted = passed;
    counted.connections += 1;
    // how many round trips what the router has heard was behind
    let heard = counted.roundTrips;
    // the client's SYN has to come and go before its first byte leaves, and the router hears of the connection half a round trip later
    const opened = performance.now() + latencyMs;
    pass(client, router, latencyMs / 2, opened, chunk => {
      counted.up += chunk.length;
      const behind = counted.roundTrips;
      return () => {
        heard = Math.max(heard, behind);
      };
    });
    pass(router, client, latencyMs / 2, opened + latencyMs / 2, chunk => {
      counted.down += chunk.length;
      const behind = heard + 1;
      return () => {
        counted.roundTrips = Math.max(counted.roundTrips, behind);
      };
    });
    for (const socket of [client, router]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    take() {
      const taken = passed;
      passed = { connections: 0, roundTrips: 0, up: 0, down: 0 };
      return taken;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/**
 * In order, each piece `ms` after it came, none leaving before `notBefore`: a queue, since two timers of different length may end in one turn.
 * `onChunk` is called as a piece comes, and what it gives as the piece goes on.
 */
function pass(
  from: net.Socket,
  to: net.Socket,
  ms: number,
  notBefore: number,
  onChunk: (chunk: Buffer) => () => void,
): void {
  const queue: { readonly at: number; act(): void }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const left = (): number => (queue[0]?.at ?? 0) - performance.now();
  const run = (): void => {
    timer = undefined;
    while (queue.length > 0 && left() <= 0) queue.shift()?.act();
    if (queue.length > 0) timer = setTimeout(run, Math.max(0, left()));
  };
  const later = (act: () => void): void => {
    queue.push({ at: Math.max(Math.max(performance.now(), notBefore) + ms, queue.at(-1)?.at ?? 0), act });
    if (timer === undefined) run();
  };
  from.on('data', (chunk: Buffer) => {
    const goesOn = onChunk(chunk);
    later(() => {
      goesOn();
      if (to.writable) to.write(chunk);
    });
  });
  from.on('end', () => later(() => to.end()));
  from.on('close', () => later(() => to.destroy()));
}
