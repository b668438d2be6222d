// A way to the router that can be cut: passes bytes on, counts those that the router sends, and ends every connection after one of
// them; connections that come later live.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Proxy {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** What the router has sent so far, over all connections. */
  bytes(): number;
  hasCut(): boolean;
  close(): Promise<void>;
}

/** With no `cutAfter` it only counts. */
export async function startProxy(to: { host: string; port: number }, cutAfter?: number): Promise<Proxy> {
  const pairs = new Map<Socket, Socket>();
  let bytes = 0;
  let hasCut = false;
  const cut = (): void => {
    hasCut = true;
    // a reset might take back what the client hasn't read yet
    for (const [client, router] of pairs) {
      client.destroy();
      router.resetAndDestroy();
    }
  };
  const server = createServer(client => {
    const router = connect(to.port, to.host);
    pairs.set(client, router);
    const end = (): void => {
      pairs.delete(client);
      client.destroy();
      router.destroy();
    };
    for (const one of [client, router]) one.on('error', () => undefined).on('close', end);
    client.on('data', chunk => router.write(chunk)).on('end', () => router.end());
    router.on('end', () => client.end());
    router.on('data', (chunk: Buffer) => {
      const isLast = !hasCut && cutAfter !== undefined && bytes + chunk.length >= cutAfter;
      const part = isLast ? chunk.subarray(0, cutAfter - bytes) : chunk;
      bytes += part.length;
      client.write(part, isLast ? cut : undefined);
      if (isLast) router.pause();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    bytes: () => bytes,
    hasCut: () => hasCut,
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
