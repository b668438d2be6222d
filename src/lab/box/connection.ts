// What one SSH connection runs inside the box: the lab's side of files/sshd.pl. Knows nothing of SSH; the engine's own
// `sh` goes the same way.
import { Writable } from 'node:stream';
import type { Peer } from './hub.ts';
import { type Frame, frame, valuesOf } from './wire.ts';

export interface Command {
  readonly program: string;
  /** Its arguments with its name (`-vbash` for a login) in front. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly uid: number;
  readonly gid: number;
  /** Operators may not read /config. */
  readonly isOperator?: boolean;
  readonly terminal?: Terminal;
}

export interface Terminal {
  readonly rows: number;
  readonly columns: number;
  /** What `stty` is told at the start, such as `-echo`. */
  readonly modes: string;
}

export type End = { readonly code: number } | { readonly signal: string };

/** Who hears of what a command does, in the order in which it happens. */
export interface Listener {
  /** With a terminal all output is `stdout`. */
  output(stream: 'stdout' | 'stderr', data: Buffer): void;
  /** The process has ended; others may still hold its pipes. Not called when the whole box goes down first. */
  ended(end: End): void;
  /** Nothing follows. */
  closed(): void;
}

export interface Running {
  readonly stdin: Writable;
  /** Holds back its output, so that it waits in its `write`; and lets it go on. */
  hold(): void;
  goOn(): void;
  resize(rows: number, columns: number): void;
  signal(name: string): void;
  /** Nobody listens any more: the terminal hangs up, the pipes break. */
  close(): void;
}

export interface Connection {
  run(command: Command, listener: Listener): Running;
  /** As when the client's line is gone. */
  close(): void;
}

export function connectionOf(peer: Peer): Connection {
  const channels = new Map<number, (frame: Frame) => void>();
  let next = 1;
  peer.onFrame(received => channels.get(received.id)?.(received));
  peer.socket.once('close', () => {
    for (const [id, take] of channels) take({ letter: 'c', id, payload: Buffer.alloc(0) });
  });
  const send = (letter: string, id: number, payload?: Uint8Array | string) => {
    if (!peer.socket.destroyed) peer.socket.write(frame(letter, id, payload));
  };
  return {
    run(command, listener) {
      const id = next++;
      const input = inputOf((letter, payload) => send(letter, id, payload));
      channels.set(id, received => {
        if (received.letter === 'c') channels.delete(id);
        input.take(received.letter);
        tell(listener, received);
      });
      send('O', id, openingOf(command));
      return {
        stdin: input.stdin,
        hold: () => send('P', id),
        goOn: () => send('R', id),
        resize: (rows, columns) => send('W', id, `${rows} ${columns}`),
        signal: name => send('S', id, name),
        close() {
          channels.delete(id);
          send('C', id);
        },
      };
    },
    close: () => void peer.socket.end(),
  };
}

function openingOf(command: Command): Buffer {
  const { program, argv, env, directory, terminal } = command;
  const who = [command.isOperator ? '1' : '', `${command.uid}`, `${command.gid}`];
  const size = terminal ? `${terminal.rows} ${terminal.columns}` : '';
  const words = [program, ...argv];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return valuesOf([
    size,
    terminal?.modes ?? '',
    ...who,
    directory,
    `${words.length}`,
    ...words,
    ...variables,
  ]);
}

function tell(listener: Listener, { letter, payload }: Frame): void {
  if (letter === 'o') listener.output('stdout', payload);
  else if (letter === 'e') listener.output('stderr', payload);
  else if (letter === 'x') listener.ended({ code: payload.readUInt32BE(0) });
  else if (letter === 'X') listener.ended({ signal: payload.toString() });
  else if (letter === 'c') listener.closed();
}

/** Its input, which waits while the process inside has more than it reads. */
function inputOf(send: (letter: string, payload?: Uint8Array) => void) {
  let isFull = false;
  let goOn: (() => void) | undefined;
  const stdin = new Writable({
    write(chunk: Buffer, _encoding, done) {
      send('D', chunk);
      if (isFull) goOn = done;
      else done();
    },
    final(done) {
      send('E');
      done();
    },
  });
  const take = (letter: string) => {
    if (letter === 'p') isFull = true;
    if (letter !== 'r') return;
    isFull = false;
    goOn?.();
    goOn = undefined;
  };
  return { stdin, take };
}

/** Runs a command without input to its end and collects what it printed; exit 255 when the box went down meanwhile. */
export function collect(
  connection: Connection,
  command: Command,
): Promise<{ stdout: string; stderr: string; exit: number }> {
  return new Promise(resolve => {
    const parts: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    let exit = 255;
    const running = connection.run(command, {
      output: (stream, data) => void parts[stream].push(data),
      ended: end => {
        exit = 'code' in end ? end.code : 128;
      },
      closed: () =>
        resolve({
          stdout: Buffer.concat(parts.stdout).toString(),
          stderr: Buffer.concat(parts.stderr).toString(),
          exit,
        }),
    });
    running.stdin.end();
  });
}
