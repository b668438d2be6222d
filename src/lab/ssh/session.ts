// One channel of an SSH client: what it asks for (a terminal, variables, a command or a shell) becomes a process in the box,
// and the bytes of the one those of the other.
import type { ServerChannel, Session, TerminalModes } from 'ssh2';
import type { Account } from '../box/accounts.ts';
import type { Command, Connection, End, Running, Terminal } from '../box/connection.ts';
import { commandOf, shellOf } from './login.ts';

export interface Client {
  readonly account: Account;
  readonly connection: Promise<Connection>;
  /** SSH_CLIENT and SSH_CONNECTION. */
  readonly env: Readonly<Record<string, string>>;
  opened(what: string): void;
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
  const start = async (channel: ServerChannel, command: Command) => {
    client.opened(command.argv.at(-1) ?? '');
    const connection = await client.connection;
    running = bridge(channel, connection, { ...command, ...(terminal && { terminal }) });
  };
  const all = () => ({ ...client.env, ...env });
  session.on(
    'exec',
    (accept, _reject, { command }) => void start(accept(), commandOf(client.account, command, all())),
  );
  session.on('shell', accept => void start(accept(), shellOf(client.account, all())));
}

/** Joins the two. All writes to the client go one after another, since ssh2 mixes up two that wait for its window. */
function bridge(channel: ServerChannel, connection: Connection, command: Command): Running {
  const queue: ((done: () => void) => void)[] = [];
  let isBusy = false;
  let isHeld = false;
  const next = () => {
    const step = queue.shift();
    isBusy = step !== undefined;
    if (step) return step(next);
    if (isHeld) running.goOn();
    isHeld = false;
  };
  const then = (step: (done: () => void) => void) => {
    queue.push(step);
    if (!isBusy) return next();
    if (!isHeld) running.hold();
    isHeld = true;
  };
  const running = connection.run(command, {
    output: (stream, data) =>
      then(done => void (stream === 'stdout' ? channel : channel.stderr).write(data, () => done())),
    ended: end =>
      then(done => {
        exit(channel, end);
        done();
      }),
    closed: () => then(() => channel.end()),
  });
  channel.on('error', () => undefined).on('close', () => running.close());
  channel.pipe(running.stdin);
  return running;
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
