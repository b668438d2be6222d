// The one socket at which the box's processes find the lab. Who dials says in the first frame what it is; this hands the
// connection to whoever waits for it. The socket lies in a directory that only the lab and the box can enter.
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { type Frame, onFrames, valuesIn } from './wire.ts';

/** A dialled-in process: its hello's values, and the frames that follow. */
export interface Peer {
  readonly hello: readonly Buffer[];
  readonly socket: Socket;
  onFrame(take: (frame: Frame) => void): void;
}

export interface Hub {
  /** What processes started by the lab (and nobody else in the box) know. */
  readonly token: string;
  onCall(take: (peer: Peer) => void): void;
  /** The next process that says it is `role` for `id`, which knows the token. */
  expect(role: string, id: string): Promise<Peer>;
  close(): Promise<void>;
}

/** Listens at `directory/sock`, however long that path is. */
export async function openHub(directory: string): Promise<Hub> {
  const token = randomBytes(16).toString('hex');
  const expected = new Map<string, (peer: Peer) => void>();
  const sockets = new Set<Socket>();
  let takeCall: (peer: Peer) => void = peer => peer.socket.destroy();
  await unlink(`${directory}/sock`).catch(() => undefined);
  const greet = (peer: Peer) => {
    const [role = '', id = '', proof = ''] = peer.hello.map(String);
    const take = expected.get(`${role} ${id}`);
    if (role === 'call') takeCall(peer);
    else if (take && proof === token) {
      expected.delete(`${role} ${id}`);
      take(peer);
    } else peer.socket.destroy();
  };
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    let take = (frame: Frame) => {
      take = () => undefined;
      const onFrame = (next: typeof take) => {
        take = next;
      };
      greet({ hello: valuesIn(frame.payload), socket, onFrame });
    };
    onFrames(socket, frame => take(frame));
  });
  const handle = await open(directory);
  await listen(server, handle);
  return {
    token,
    onCall(take) {
      takeCall = take;
    },
    expect: (role, id) => new Promise(resolve => expected.set(`${role} ${id}`, resolve)),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>(resolve => server.close(() => resolve()));
      await handle.close();
    },
  };
}

/** A socket's path may have 107 bytes; a directory's descriptor, which stays open, gives every path a short name. */
async function listen(server: Server, handle: FileHandle): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server
      .once('error', reject)
      .listen({ path: `/proc/self/fd/${handle.fd}/sock`, backlog: 511, writableAll: true }, resolve);
  });
  server.removeAllListeners('error');
}
