// One channel of an SSH client: what it asks for (a terminal, variables, a command or a shell) becomes a process in the box,
// and the bytes of the one those of the other.
import type { ServerChannel, Session, TerminalModes } from 'ssh2';
import type { Account } from '../box/accounts.ts';
import type { Command, Connection, End, Running, Terminal } from '../box/connection.ts';
import { commandOf, shellOf } from './login.ts';

export interface Client {
  readonly account: Account;
  /** Run in place of a command or a shell. */
  readonly forced: string | undefined;
  readonly connection: Promise<Connection>;
  /** SSH_CLIENT and SSH_CONNECTION. */
  readonly env: Readonly<Record<string, string>>;
  opened(what: string, channel: ServerChannel): void;
  readonly interference: Interference;
}

/** What is to go wrong on purpose (faults.ts). */
export interface Interference {
  /** Before a login; true when it is to be refused. */
  atLogin(): Promise<boolean>;
  /** Before a command: refuses it, or says until when it has to wait. */
  atCommand(): 'refuse' | Promise<unknown>;
  /** Asked for every piece of a channel's output, with its first byte's number and its length. */
  output(from: number, length: number): Spoiled | undefined;
}

export interface Spoiled {
  /** How much of the piece is still sent. */
  readonly length: number;
  /** What follows it: the end, but no further output; nothing at all; or a channel closed without an exit status. */
  readonly rest: 'cut' | 'stall' | 'close';
}

/** Serves one session until its client closes it. */
export function serve(session: Session, client: Client): void {
  const env: Record<string, string> = {};
  let terminal: Terminal | undefined;
  let running: Running | undefined;
  session.on('env', (accept, _reject, { key, val }) => {
    if (/^(LANG|LC_\w+)$/.test(key)) env[key] = val;
    accept?.();
  });
  session.on('pty', (accept, _reject, info) => {
    terminal = { rows: info.rows, columns: info.cols, modes: modesOf(info.modes) };
    const { term } = info as typeof info & { term?: string };
    env['TERM'] = term || 'dumb';
    accept?.();
  });
  session.on('window-change', (accept, _reject, { rows, cols }) => {
    running?.resize(rows, cols);
    accept?.();
  });
  session.on('signal', (accept, _reject, { name }) => {
    running?.signal(name);
    accept?.();
  });
  // The channel has to be accepted at once: what the client sends meanwhile would be lost.
  const start = (command: Command, accept: () => ServerChannel, reject: () => void) => {
    const wait = client.interference.atCommand();
    if (wait === 'refuse') return reject();
    const channel = accept();
    client.opened(command.argv.at(-1) ?? '', channel);
    Promise.all([client.connection, wait]).then(
      ([connection]) => {
        running = bridge(
          channel,
          connection,
          { ...command, ...(terminal && { terminal }) },
          client.interference,
        );
      },
      () => channel.close(),
    );
  };
  const all = () => ({ ...client.env, ...env });
  const forced = (asked: Record<string, string>) =>
    commandOf(client.account, client.forced ?? '', { ...all(), ...asked });
  session.on('exec', (accept, reject, { command }) => {
    const mayAsk = client.forced === undefined;
    const run = mayAsk
      ? commandOf(client.account, command, all())
      : forced({ SSH_ORIGINAL_COMMAND: command });
    start(run, accept, reject);
  });
  session.on('shell', (accept, reject) => {
    start(client.forced === undefined ? shellOf(client.account, all()) : forced({}), accept, reject);
  });
}

/** Joins the two. All writes to the client go one after another, since ssh2 mixes up two that wait for its window. */
function bridge(
  channel: ServerChannel,
  connection: Connection,
  command: Command,
  interference: Interference,
): Running {
  const { then, onIdle } = sequence(
    () => running.hold(),
    () => running.goOn(),
  );
  let sent = 0;
  let spoiled: Spoiled['rest'] | undefined;
  const write = (stream: 'stdout' | 'stderr', data: Buffer) =>
    then(done => {
      const target = stream === 'stdout' ? channel : channel.stderr;
      target.write(data, () => done());
    });
  const running = connection.run(command, {
    output(stream, data) {
      if (spoiled) return;
      const fault = interference.output(sent, data.length);
      sent += data.length;
      write(stream, fault ? data.subarray(0, fault.length) : data);
      spoiled = fault?.rest;
      if (spoiled === 'close') onIdle(() => channel.close());
    },
    ended: end => {
      if (spoiled !== 'stall' && spoiled !== 'close') onIdle(() => exit(channel, end));
    },
    closed: () => {
      if (spoiled !== 'stall') onIdle(() => channel.end());
    },
  });
  channel.on('error', () => undefined).on('close', () => running.close());
  channel.pipe(running.stdin);
  return running;
}

type Step = (done: () => void) => void;

/** Runs steps one after another; holds the source back while any waits. */
function sequence(hold: () => void, goOn: () => void) {
  const queue: Step[] = [];
  let isBusy = false;
  let isHeld = false;
  const next = () => {
    const step = queue.shift();
    isBusy = step !== undefined;
    if (step) return step(next);
    if (isHeld) goOn();
    isHeld = false;
  };
  const then = (step: Step) => {
    queue.push(step);
    if (!isBusy) return next();
    if (!isHeld) hold();
    isHeld = true;
  };
  const onIdle = (act: () => void) =>
    then(done => {
      act();
      done();
    });
  return { then, onIdle };
}

function exit(channel: ServerChannel, end: End): void {
  if ('code' in end) channel.exit(end.code);
  else channel.exit(end.signal, false, '');
}

/** The terminal modes that matter to a shell; RFC 4254's numbers are names here already. */
function modesOf(modes: Partial<TerminalModes>): string {
  const known = ['ECHO', 'ICANON', 'ISIG', 'IEXTEN', 'OPOST', 'ONLCR', 'ICRNL', 'IXON'] as const;
  return known
    .flatMap(name => (modes[name] === undefined ? [] : `${modes[name] ? '' : '-'}${name.toLowerCase()}`))
    .join(' ');
}
