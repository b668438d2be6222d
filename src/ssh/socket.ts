// The TCP connection under SSH, and the plain words for why there is none. Knows no SSH.
import { createConnection, type Socket } from 'node:net';
import { NoAccess } from '../errors.ts';
import type { Hop } from './hop.ts';

/** Rejects with NoAccess: `host-not-found`, `connection-refused`, `connect-timeout`, `unreachable`; with the signal's reason. */
export function openSocket(hop: Hop, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const socket = createConnection({
      host: hop.host,
      port: hop.port,
      family: hop.family,
      ...(hop.bindAddress !== undefined && { localAddress: hop.bindAddress }),
      noDelay: true,
      autoSelectFamilyAttemptTimeout: 2000,
    });
    const timer = setTimeout(() => fail(timedOut(hop, 'connecting')), hop.connectTimeoutMs);
    const abort = () => fail(signal?.reason);
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.removeListener('error', onError);
    };
    const fail = (reason: unknown) => {
      done();
      socket.on('error', () => {});
      socket.destroy();
      reject(reason);
    };
    const onError = (error: NodeJS.ErrnoException) => fail(explain(error, hop));
    signal?.addEventListener('abort', abort, { once: true });
    socket.on('error', onError);
    socket.once('connect', () => {
      done();
      resolve(socket);
    });
  });
}

export function timedOut(hop: Hop, during: string): NoAccess {
  const seconds = hop.connectTimeoutMs / 1000;
  const message = `${where(hop)} didn't answer within ${seconds} s (${during})`;
  return new NoAccess(
    'connect-timeout',
    message,
    'check the address and the way there; ConnectTimeout in ssh_config sets the limit',
  );
}

export function where(hop: Pick<Hop, 'name' | 'host' | 'port'>): string {
  const host = hop.name === hop.host ? hop.host : `${hop.name} (${hop.host})`;
  return hop.port === 22 ? host : `${host} port ${hop.port}`;
}

export function closedEarly(hop: Hop, error: Error | undefined): NoAccess {
  const hint = 'see the log of its sshd (MaxStartups, a firewall, hosts.deny)';
  return new NoAccess('closed-early', `${where(hop)} closed the connection before saying hello`, hint, error);
}

function explain(error: NodeJS.ErrnoException, hop: Hop): NoAccess {
  const code = firstCode(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA') {
    const why = code === 'EAI_AGAIN' ? 'the name server gives no answer' : 'there is no such name';
    const hint = 'check router.host in the site file, HostName in ssh_config, and your name server';
    return new NoAccess('host-not-found', `${where(hop)} has no address: ${why}`, hint, error);
  }
  if (code === 'ECONNREFUSED') {
    const hint =
      'check the port, and that the router runs `service ssh` there: a new EdgeOS 3 has none until its GUI or its console sets it';
    return new NoAccess(
      'connection-refused',
      `${where(hop)} refuses the connection: nothing listens there`,
      hint,
      error,
    );
  }
  if (code === 'ETIMEDOUT')
    return new NoAccess(
      'connect-timeout',
      `${where(hop)} doesn't answer`,
      'check the address and the way there',
      error,
    );
  if (code === 'ECONNRESET') return closedEarly(hop, error);
  return new NoAccess(
    'unreachable',
    `${where(hop)} can't be reached (${code})`,
    'check the network and the address',
    error,
  );
}

/** With several addresses Node yields one error that holds all. */
function firstCode(error: NodeJS.ErrnoException & { errors?: unknown }): string {
  const inner = Array.isArray(error.errors) ? (error.errors as NodeJS.ErrnoException[]) : [];
  const codes = inner.flatMap(({ code }) => code ?? []);
  return codes.find(code => code === 'ECONNREFUSED') ?? codes[0] ?? error.code ?? error.message;
}
