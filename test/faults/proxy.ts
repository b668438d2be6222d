// A way to the router that can be cut: passes bytes on, counts them, and ends every connection after one of them, or within an SSH packet;
// connections that come later live. It can also go wrong otherwise.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Frames } from './frames.ts';

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** `down`: what the router sends. Over all connections. */
export type Direction = 'down' | 'up';

export interface Cut {
  readonly direction: Direction;
  /** After so many bytes. */
  readonly byte?: number;
  /** Within the packet after so many. */
  readonly packet?: number;
}

export interface TestProxy {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** What the router has sent so far. */
  bytes(): number;
  sent(direction: Direction): { readonly bytes: number; readonly packets: number };
  hasCut(): boolean;
  /** The NAT forgets: what the client sends is refused, and the router hears nothing more. Later connections come from another port. */
  rebind(): void;
  /** Later connections lead there. */
  redirect(to: Place): void;
  /** Reads nothing more of what the router sends over the connections that there are. */
  stopReading(): void;
  close(): Promise<void>;
}

/** With no `cut` it only counts; a number is the byte of what the router sends. */
export async function startProxy(place: Place, asked?: number | Cut): Promise<TestProxy> {
  const cut: Cut | undefined = typeof asked === 'number' ? { direction: 'down', byte: asked } : asked;
  const pairs = new Map<Socket, Socket>();
  const bytes = { down: 0, up: 0 };
  const packets = { down: 0, up: 0 };
  let to = place;
  let hasCut = false;
  const end = (): void => {
    hasCut = true;
    // a reset might take back what the client hasn't read yet
    for (const [client, router] of pairs) {
      client.destroy();
      router.resetAndDestroy();
    }
  };
  /** How much of a chunk still passes; undefined: all of it. */
  const limit = (direction: Direction, frames: Frames, chunk: Buffer): number | undefined => {
    const before = frames.count;
    const isCut = !hasCut && cut?.direction === direction;
    const nth = isCut && cut.packet !== undefined ? cut.packet - packets[direction] + before : undefined;
    const within = frames.take(chunk, nth);
    packets[direction] += frames.count - before;
    if (!isCut || cut.byte === undefined) return within;
    const left = cut.byte - bytes[direction];
    return left <= chunk.length ? left : undefined;
  };
  const server = createServer(client => {
    const router = connect(to.port, to.host);
    pairs.set(client, router);
    const gone = (): void => {
      if (!pairs.delete(client)) return;
      client.destroy();
      router.destroy();
    };
    for (const one of [client, router]) one.on('error', () => undefined).on('close', gone);
    const pass = (direction: Direction, from: Socket, into: Socket): void => {
      const frames = new Frames();
      from.on('data', (chunk: Buffer) => {
        const length = limit(direction, frames, chunk);
        bytes[direction] += length ?? chunk.length;
        if (length === undefined) return void into.write(chunk);
        from.pause();
        into.write(chunk.subarray(0, length), end);
      });
      from.on('end', () => into.end());
    };
    pass('up', client, router);
    pass('down', router, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    bytes: () => bytes.down,
    sent: direction => ({ bytes: bytes[direction], packets: packets[direction] }),
    hasCut: () => hasCut,
    rebind() {
      for (const [client] of pairs) {
        pairs.delete(client);
        client.resetAndDestroy();
      }
    },
    redirect(other) {
      to = other;
    },
    stopReading() {
      for (const [, router] of pairs) router.pause();
    },
    async close() {
      end();
      server.close();
      await once(server, 'close');
    },
  };
}
