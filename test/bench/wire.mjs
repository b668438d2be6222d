// The line between a client and the router: counts what passes, and delays it. A round trip is counted where the client, after
// it has said something, hears an answer.
import net from 'node:net';

/** `host` and `port` are the router's; `latencyMs` is that of a round trip, for TCP's own handshake too. */
export async function startWire({ host, port, latencyMs = 0 }) {
  let count = fresh();
  const sockets = new Set();
  const server = net.createServer({ noDelay: true }, client => {
    const router = net.connect({ host, port, noDelay: true });
    const counted = count;
    counted.connections += 1;
    let isAsking = false;
    // the client's SYN has to come and go before its first byte leaves
    const opened = performance.now() + latencyMs;
    pass(client, router, latencyMs / 2, opened, chunk => {
      counted.up += chunk.length;
      isAsking = true;
    });
    pass(router, client, latencyMs / 2, opened, chunk => {
      counted.down += chunk.length;
      if (isAsking) counted.roundTrips += 1;
      isAsking = false;
    });
    for (const socket of [client, router]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    /** What has passed since the last call. */
    take() {
      const taken = count;
      count = fresh();
      return taken;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

const fresh = () => ({ connections: 0, roundTrips: 0, up: 0, down: 0 });

/** In order, each piece `ms` after it came, and none before `notBefore`: a queue, since two timers of different length may end in one turn. */
function pass(from, to, ms, notBefore, onChunk) {
  const queue = [];
  let timer;
  const run = () => {
    timer = undefined;
    while (queue.length > 0 && queue[0].at <= performance.now()) queue.shift().act();
    if (queue.length > 0) timer = setTimeout(run, Math.max(0, queue[0].at - performance.now()));
  };
  const later = act => {
    queue.push({ at: Math.max(performance.now() + ms, notBefore, queue.at(-1)?.at ?? 0), act });
    if (timer === undefined) run();
  };
  from.on('data', chunk => {
    onChunk(chunk);
    later(() => to.writable && to.write(chunk));
  });
  from.on('end', () => later(() => to.end()));
  from.on('close', () => later(() => to.destroy()));
}
