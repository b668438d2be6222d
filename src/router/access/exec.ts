// One command in a channel of its own. Memory is bounded by maxBytes, time by timeoutMs, whatever the server does;
// a command that fails is a result, a connection that dies is an error.
import { NoAccess } from '../../errors.ts';
import type { ExecOptions, ExecResult } from '../connection.ts';
import { ByteSink } from './byte-sink.ts';
import type { Link } from './link.ts';
import type { ClientChannel } from './ssh2.ts';

const usualMaxBytes = 64 << 20;

export function runCommand(
  link: Link,
  host: string,
  command: string,
  options: ExecOptions,
): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const { signal } = options;
    let channel: ClientChannel | undefined;
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const fail = (reason: unknown) => {
      settle();
      channel?.removeAllListeners('data');
      channel?.stderr.removeAllListeners('data');
      channel?.close();
      reject(reason);
    };
    const abort = () => fail(signal?.reason);
    const timer = setTimeout(() => fail(timeIsUp(host, options.timeoutMs)), options.timeoutMs);
    void link.closed.then(() => fail(lost(host)));
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    const opened = (error: Error | undefined, stream: ClientChannel) => {
      if (error) return fail(link.isClosed() ? lost(host) : refused(host, error));
      channel = stream;
      collect(stream, host, options).then(result => {
        settle();
        if (link.isClosed()) reject(lost(host));
        else resolve(result);
      }, fail);
    };
    try {
      link.client.exec(command, opened);
    } catch {
      fail(lost(host));
    }
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
    const both = Promise.all([ended(channel, 'close'), ended(channel.stderr, 'end')]);
    void both.then(() => resolve({ stdout: stdout.bytes(), stderr: stderr.bytes(), exit, signal: killed }));
    channel.end(options.input ?? '');
  });
}

function ended(stream: NodeJS.EventEmitter, event: 'close' | 'end'): Promise<void> {
  return new Promise(resolve => stream.once(event, () => resolve()));
}

function lost(host: string): NoAccess {
  return new NoAccess(
    'connection-lost',
    `the connection to ${host} broke while a command ran`,
    'check the network and try again',
  );
}

function refused(host: string, error: Error): NoAccess {
  return new NoAccess(
    'exec-refused',
    `${host} starts no command over SSH`,
    'see the log of its sshd (MaxSessions, ForceCommand)',
    error,
  );
}

function timeIsUp(host: string, timeoutMs: number): NoAccess {
  return new NoAccess(
    'exec-timeout',
    `${host} didn't finish a command within ${timeoutMs / 1000} s`,
    'see what keeps the router busy',
  );
}

function tooMuch(host: string, most: number): NoAccess {
  return new NoAccess(
    'output-too-long',
    `${host} sent more than ${most} bytes for a command`,
    'see what it sends: this is no router that edgewg knows',
  );
}
