// A plain SSH client for tests of the lab.
import { EventEmitter, once } from 'node:events';
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from 'ssh2';

export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined when a signal ended it, or the channel closed without one. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** Logs in; rejects with ssh2's error. */
export function connect(
  to: { host: string; port: number; user: string },
  config: ConnectConfig,
): Promise<Client> {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.on('ready', () => resolve(client)).on('error', reject);
    client.connect({ host: to.host, port: to.port, username: to.user, ...config });
  });
}

/** Runs a command with the text as its input and waits until the channel closes. */
export function exec(client: Client, command: string, stdin = ''): Promise<Result> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      let end: { code: number | undefined; signal: string | undefined } = {
        code: undefined,
        signal: undefined,
      };
      channel.on('data', (data: Buffer) => out.push(data));
      channel.stderr.on('data', (data: Buffer) => err.push(data));
      channel.on('exit', (code: number | null, signal?: string) => {
        end = { code: code ?? undefined, signal };
      });
      channel.on('close', () =>
        resolve({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), ...end }),
      );
      channel.end(stdin);
    });
  });
}

/** A command that goes on while the test does something else. */
export interface Open {
  readonly channel: ClientChannel;
  /** Waits until its output (of a terminal: all of it) contains the text, since the last time; gives what came up to it. */
  said(text: string | RegExp): Promise<string>;
  /** Closes its input and waits until the channel has closed. */
  end(): Promise<void>;
}

export function open(client: Client, command: string): Promise<Open> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(openOf(channel))));
  });
}

/** An interactive login on a terminal. */
export function login(client: Client): Promise<Open> {
  return new Promise((resolve, reject) => {
    client.shell({ rows: 24, cols: 200, term: 'vt100' }, (error, channel) =>
      error ? reject(error) : resolve(openOf(channel)),
    );
  });
}

function openOf(channel: ClientChannel): Open {
  let text = '';
  const heard = new EventEmitter();
  const closed = once(channel, 'close');
  channel.on('data', (data: Buffer) => {
    text += data.toString();
    heard.emit('data');
  });
  return {
    channel,
    async said(wanted) {
      const pattern =
        typeof wanted === 'string' ? new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : wanted;
      for (;;) {
        const found = pattern.exec(text);
        if (found) {
          const end = found.index + found[0].length;
          const before = text.slice(0, end);
          text = text.slice(end);
          return before;
        }
        await Promise.race([
          once(heard, 'data'),
          closed.then(() => Promise.reject(new Error(`closed without saying ${pattern}: ${text}`))),
        ]);
      }
    },
    async end() {
      channel.end();
      await closed;
    },
  };
}
