// An SSH server that misbehaves on request, on a free port of loopback: ssh2's server side, for what OpenSSH can't be made to do.
import type { AddressInfo, Socket } from 'node:net';
import ssh2 from 'ssh2';
import { newSshKey } from './ssh-key.ts';

export type Answer = (channel: ssh2.ServerChannel, command: string) => void;

export interface TestServer {
  readonly port: number;
  /** The public key line of its host key. */
  readonly hostKey: string;
  readonly sockets: Set<Socket>;
  readonly clients: Set<ssh2.Connection>;
  /** The methods that clients tried, in order. */
  readonly tries: string[];
  /** What was said to every request for a channel, in order. */
  readonly channels: ('opened' | 'refused')[];
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly answer?: Answer;
  /** Decides a login; without it everybody is let in. */
  readonly login?: (context: ssh2.AuthContext) => void;
  readonly config?: Partial<ssh2.ServerConfig>;
  /** How many channels may be open at once, as MaxSessions of sshd. */
  readonly mostChannels?: number;
}

export const hostKey = newSshKey();

export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const clients = new Set<ssh2.Connection>();
  const tries: string[] = [];
  const channels: TestServer['channels'] = [];
  const { mostChannels = Number.POSITIVE_INFINITY } = options;
  const server = new ssh2.Server({ hostKeys: [hostKey.private], ...options.config }, client => {
    client.on('error', () => {});
    clients.add(client);
    client.on('close', () => clients.delete(client));
    client.on('authentication', context => {
      tries.push(context.method);
      if (options.login) options.login(context);
      else context.accept();
    });
    let open = 0;
    client.on('session', (accept, reject) => {
      const isOpened = open < mostChannels;
      channels.push(isOpened ? 'opened' : 'refused');
      if (!isOpened) return void reject();
      open++;
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        channel.on('error', () => {}).on('close', () => open--);
        options.answer?.(channel, command);
      });
    });
  });
  server.on('connection', () => {});
  (server as unknown as { _srv: NodeJS.EventEmitter })._srv.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const stop = () =>
    new Promise<void>(done => {
      server.close(() => done());
      for (const socket of sockets) socket.destroy();
    });
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: hostKey.public,
    sockets,
    clients,
    tries,
    channels,
    stop,
  };
}
