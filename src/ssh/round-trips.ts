// What of ssh2 waits for an answer that it need not wait for. Over a long line each wait is a round trip, and a login and a command had
// four of them. This reaches for parts of ssh2 that its types don't tell; its version is pinned.
import type { Client, ClientChannel } from './ssh2.ts';

interface Protocol {
  readonly _handlers: {
    SERVICE_ACCEPT(protocol: Protocol, name: string): void;
    USERAUTH_PK_OK(protocol: Protocol): void;
  };
  authPK(user: string, key: unknown, algorithm: string | undefined, sign?: unknown): void;
  session(id: number, window: number, packet: number): void;
  exec(id: number, command: string, wantReply: boolean): void;
}

type Opened = ((error: Error | undefined, channel: ClientChannel) => void) & { type: 'session' };

interface Inside {
  readonly _protocol: Protocol;
  readonly _chanMgr: { add(opened: Opened): number };
}

interface ChannelInside {
  readonly incoming: { readonly state: string };
  readonly outgoing: { readonly id: number };
  readonly _callbacks: ((failed: boolean | Error | undefined) => void)[];
  subtype: string;
  allowHalfOpen: boolean;
}

const inside = (client: Client): Inside => client as unknown as Inside;

const service = 'ssh-userauth';

/**
 * To be called once, when the handshake is done and before ssh2 asks for the service: logging in begins right behind that request (RFC 4253
 * section 10: a server that refuses it hangs up). Resolves when the server has accepted it, and with that has told what it signs with.
 */
export function beginLoginAtOnce(client: Client): Promise<void> {
  const { _protocol: protocol } = inside(client);
  const accept = protocol._handlers.SERVICE_ACCEPT;
  return new Promise(resolve => {
    protocol._handlers.SERVICE_ACCEPT = (_, name) => {
      if (name === service) resolve();
    };
    queueMicrotask(() => accept(protocol, service));
  });
}

/** A key that `isSure` is signed with at once, where ssh2 would first ask whether the server takes it (RFC 4252 section 7 leaves that open). */
export function signAtOnce(client: Client, isSure: () => boolean): void {
  const { _protocol: protocol } = inside(client);
  const ask = protocol.authPK.bind(protocol);
  protocol.authPK = (user, key, algorithm, sign) => {
    if (sign === undefined && isSure()) protocol._handlers.USERAUTH_PK_OK(protocol);
    else if (sign === undefined) ask(user, key, algorithm);
    else ask(user, key, algorithm, sign);
  };
}

const windowBytes = 2 << 20;
const packetBytes = 32 << 10;

/** Opens a channel in which nothing runs yet. */
export function openSession(
  client: Client,
  opened: (error: Error | undefined, channel: ClientChannel) => void,
): void {
  const { _protocol: protocol, _chanMgr: channels } = inside(client);
  const id = channels.add(Object.assign(opened, { type: 'session' as const }));
  if (id === -1) opened(new Error('Channel open failure: none is free'), undefined as never);
  else protocol.session(id, windowBytes, packetBytes);
}

/** Whether neither side has closed it. */
export const isOpen = (channel: ClientChannel): boolean =>
  (channel as unknown as ChannelInside).incoming.state === 'open';

/** Asks for a command; what is written to the channel from now on goes with the request. `refused` when the server starts none. */
export function startCommand(
  client: Client,
  channel: ClientChannel,
  command: string,
  refused: (error: Error) => void,
): void {
  const one = channel as unknown as ChannelInside;
  one.subtype = 'exec';
  one.allowHalfOpen = true;
  one._callbacks.push(failed => {
    if (failed) refused(failed === true ? new Error('Unable to exec') : failed);
  });
  inside(client)._protocol.exec(one.outgoing.id, command, true);
}
