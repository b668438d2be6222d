// One command in a channel of its own. Memory is bounded by maxBytes, time by timeoutMs, whatever the server does;
// a command that fails is a result, a connection that breaks is an error.
import { NoAccess } from '../errors.ts';
import { ByteSink } from './byte-sink.ts';
import type { ExecOptions, ExecResult } from './contract.ts';
import type { HopConnection } from './hop-connection.ts';
import { openSession, startCommand } from './round-trips.ts';
import type { ClientChannel } from './ssh2.ts';

const usualMaxBytes = 64 << 20;

export function runCommand(
  hopConnection: HopConnection,
  host: string,
  command: string,
  options: ExecOptions,
): Promise<ExecResult> {
  const { signal, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    let channel: ClientChannel | undefined;
    let over = false;
    const finish = () => {
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const fail = (reason: unknown) => {
      if (over) return;
      finish();
      if (channel !== undefined) abandon(channel);
      reject(reason);
    };
    const abort = () => fail(signal?.reason);
    const timer = setTimeout(() => fail(timeIsUp(host, timeoutMs)), timeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    void hopConnection.closed.then(why => fail(lost(host, why)));
    let tries = 0;
    const opened = (error: Error | undefined, stream: ClientChannel) => {
      if (hopConnection.isClosed() || (over && error)) return; // `closed` says why
      if (error && isFull(error) && ++tries < mostTries) return void setTimeout(open, tries * 20);
      if (error) return fail(refused(host, error));
      if (over) return abandon(stream);
      channel = stream;
      startCommand(hopConnection.client, stream, command, why => fail(refused(host, why)));
      collect(stream, host, options).then(result => {
        if (hopConnection.isClosed()) return; // cut short, though it looks like an end
        finish();
        resolve(result);
      }, fail);
    };
    const open = () => {
      if (over || hopConnection.isClosed()) return;
      try {
        openSession(hopConnection.client, opened);
      } catch {
        // ssh2 throws when the socket has just closed: `closed` says why
      }
    };
    if (signal?.aborted) return abort();
    open();
  });
}

/** For two seconds and a half: with MaxSessions 1 sshd refuses a channel for some milliseconds after it has closed the one before. */
const mostTries = 16;
const isFull = (error: Error): boolean => error.message.includes('Channel open failure');

/** Resolves when the channel is closed and both streams are read to their end; rejects when too much came. */
function collect(channel: ClientChannel, host: string, options: ExecOptions): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const most = options.maxBytes ?? usualMaxBytes;
    const stdout = new ByteSink();
    const stderr = new ByteSink();
    let exit: number | undefined;
    let killed: string | undefined;
    const take = (sink: ByteSink, chunk: Buffer) => {
      if (stdout.length + stderr.length + chunk.length > most) return reject(tooMuch(host, most));
      sink.add(chunk);
    };
    channel.on('data', (chunk: Buffer) => {
      take(stdout, chunk);
      options.onStdout?.(chunk);
    });
    channel.stderr.on('data', (chunk: Buffer) => take(stderr, chunk));
    channel.on('error', () => {}); // what matters also closes the channel
    channel.on('exit', (code: number | null, name?: string) => {
      exit = code ?? undefined;
      killed = name;
    });
    const both = Promise.all([event(channel, 'close'), event(channel.stderr, 'end')]);
    void both.then(() => resolve({ stdout: stdout.bytes(), stderr: stderr.bytes(), exit, signal: killed }));
    channel.end(options.input ?? '');
  });
}

function event(stream: NodeJS.EventEmitter, name: 'close' | 'end'): Promise<void> {
  return new Promise(resolve => stream.once(name, () => resolve()));
}

/** Nobody listens any more; what still comes is dropped. */
function abandon(channel: ClientChannel): void {
  channel.removeAllListeners('data');
  channel.stderr.removeAllListeners('data');
  channel.resume();
  channel.stderr.resume();
  channel.close();
}

function lost(host: string, why: string | undefined): NoAccess {
  const silent = why === 'Keepalive timeout' ? `: ${host} fell silent` : '';
  const message = `the connection to ${host} broke while a command ran${silent}`;
  return new NoAccess('connection-lost', message, 'check the network and try again');
}

function refused(host: string, error: Error): NoAccess {
  const hint = 'see the log of its sshd (MaxSessions, ForceCommand)';
  return new NoAccess('exec-refused', `${host} starts no command over SSH`, hint, error);
}

function timeIsUp(host: string, timeoutMs: number): NoAccess {
  const message = `${host} didn't finish a command within ${timeoutMs / 1000} s`;
  return new NoAccess('exec-timeout', message, 'see what keeps the router busy');
}

function tooMuch(host: string, most: number): NoAccess {
  const message = `${host} sent more than ${most} bytes for one command`;
  return new NoAccess('output-too-long', message, 'see what it sends: no router that edgewg knows does that');
}
