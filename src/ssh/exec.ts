// One command in a channel of its own. Memory is bounded by maxBytes, time by timeoutMs, whatever the server does;
// a command that fails is a result, a connection that breaks is an error.
import { NoAccess } from '../errors.ts';
import { ByteSink } from './byte-sink.ts';
import type { Channels } from './channels.ts';
import type { ExecOptions, ExecResult } from './contract.ts';
import type { HopConnection } from './hop-connection.ts';
import { startCommand } from './round-trips.ts';
import type { ClientChannel } from './ssh2.ts';

const usualMaxBytes = 64 << 20;

export function runCommand(
  hopConnection: HopConnection,
  channels: Channels,
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
    const isWanted = () => !over && !hopConnection.isClosed();
    const start = (stream: ClientChannel | undefined) => {
      if (stream === undefined || hopConnection.isClosed()) return; // `closed` says why
      if (over) return abandon(stream);
      channel = stream;
      startCommand(hopConnection.client, stream, command, why => fail(refused(host, why)));
      collect(stream, host, options).then(result => {
        if (hopConnection.isClosed()) return; // cut short, though it looks like an end
        finish();
        resolve(result);
      }, fail);
    };
    if (signal?.aborted) return abort();
    channels.take(isWanted).then(start, error => isWanted() && fail(refused(host, error)));
  });
}

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
