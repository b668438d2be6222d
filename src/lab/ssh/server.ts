// The lab's SSH server on loopback: lines, logins and sessions. Knows the box only by the connections it opens there.
import { createServer, type Server, type Socket } from 'node:net';
import ssh2, { type AuthContext, type ServerChannel, type Connection as SshConnection } from 'ssh2';
import type { Connection } from '../box/connection.ts';
import { type Access, authenticate, type Proven } from './auth.ts';
import type { HostKey } from './host-key.ts';
import { Line } from './line.ts';
import { type Interference, serve } from './session.ts';

export interface SshOptions {
  readonly hostKey: HostKey;
  readonly access: Access;
  /** The process in the box for one connection. */
  connect(): Promise<Connection>;
  readonly latencyMs: number;
  readonly banner: string;
  /** What it calls itself. */
  readonly sshd: string;
  /** Signs with SHA-1 alone where its host key is an RSA key. */
  readonly isOld: boolean;
  /** Told of every connection and channel, for counts and the log. */
  event(kind: 'connection' | 'login' | 'channel', text: string): void;
  readonly interference: Interference;
}

export interface SshServer {
  /** Where it listens. */
  readonly port: number;
  /** Cuts the lines of all clients; new ones can still come. */
  cut(how: 'reset' | 'silence'): void;
  /** Closes all channels without an exit status. */
  closeChannels(): void;
  /** Takes no more connections and resets those it has. */
  stop(): Promise<void>;
  /** Listens on the same port again. */
  resume(): Promise<void>;
}

export async function startSsh(options: SshOptions, wantedPort: number): Promise<SshServer> {
  const lines = new Set<Line>();
  const ssh = new ssh2.Server({
    hostKeys: [options.hostKey.privateKey],
    banner: options.banner,
    ident: options.sshd,
    ...(options.isOld && {
      algorithms: { serverHostKey: ['ssh-rsa', 'ssh-ed25519', 'ecdsa-sha2-nistp256'] },
    }),
  });
  const channels = new Set<ServerChannel>();
  ssh.on('connection', (client, info) => attend(client, `${info.ip} ${info.port}`, port, channels, options));
  const accept = (socket: Socket) => {
    const line = new Line(socket, options.latencyMs);
    lines.add(line);
    line.once('close', () => lines.delete(line));
    options.event('connection', `${socket.remoteAddress}:${socket.remotePort}`);
    ssh.injectSocket(line as unknown as Socket);
  };
  let server = await listen(accept, wantedPort);
  const port = portOf(server);
  const cut = (how: 'reset' | 'silence') => {
    for (const line of lines)
      if (how === 'reset') line.reset();
      else line.silence();
  };
  return {
    port,
    cut,
    closeChannels() {
      for (const channel of channels) channel.close();
    },
    async stop() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      cut('reset');
      await closed;
    },
    async resume() {
      server = await listen(accept, port);
    },
  };
}

async function listen(accept: (socket: Socket) => void, port: number): Promise<Server> {
  const server = createServer({ noDelay: true }, accept);
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A question for the methods, or whether a key would do, is none. */
function isAttempt(context: AuthContext): boolean {
  return context.method === 'publickey' ? context.signature !== undefined : context.method !== 'none';
}

function attend(
  client: SshConnection,
  from: string,
  port: number,
  channels: Set<ServerChannel>,
  options: SshOptions,
): void {
  const { interference } = options;
  let who: Proven | undefined;
  let connection: Promise<Connection> | undefined;
  const decide = async (context: AuthContext) => {
    if (isAttempt(context) && (await interference.atLogin())) return context.reject();
    const proven = await authenticate(context, options.access);
    who = proven ?? who;
    if (proven) context.accept();
  };
  // A login may meet a router that goes down.
  client.on('authentication', context => void decide(context).catch(() => client.end()));
  client.on('ready', () => {
    if (!who) return void client.end();
    const { account, forced } = who;
    options.event('login', `${account.name} from ${from}`);
    const opening = options.connect();
    connection = opening;
    opening.catch(() => client.end());
    const env = { SSH_CLIENT: `${from} ${port}`, SSH_CONNECTION: `${from} 127.0.0.1 ${port}` };
    const opened = (what: string, channel: ServerChannel) => {
      channels.add(channel);
      channel.once('close', () => channels.delete(channel));
      options.event('channel', what);
    };
    client.on('session', accept => {
      const session = accept();
      // ssh2 knows a session without a command by the name of its class when its client is gone, and the bundle has shortened that name
      Object.defineProperty(session.constructor, 'name', { value: 'Session' });
      serve(session, { account, forced, connection: opening, env, opened, interference });
    });
  });
  client.on('error', () => undefined);
  client.on(
    'close',
    () =>
      void connection?.then(
        inside => inside.close(),
        () => undefined,
      ),
  );
}
