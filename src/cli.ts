// The command line: the one place that knows the process, and turns signals into AbortSignals.
import { setMaxListeners } from 'node:events';
import { closeSync, fstatSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
import { isatty } from 'node:tty';
import { run } from './cli/run.ts';
import { Interrupted } from './errors.ts';

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** For the messages of a process that is told to end. */
const leavingMs = 3000;

/** Runs one command and leaves its exit code with the process, which ends when its output has gone out. */
export async function runCli(argv: readonly string[]): Promise<void> {
  const terminals = [0, 1, 2].filter(isTerminal);
  const stop = new AbortController();
  const leave = new AbortController();
  // every router of a fleet listens: that is no leak for Node.js to warn of
  setMaxListeners(0, stop.signal, leave.signal);
  for (const [name, exit] of Object.entries(signals))
    process.on(name, () => {
      if (!stop.signal.aborted) stop.abort(new Interrupted(name, exit));
      else if (!leave.signal.aborted) {
        leave.abort(stop.signal.reason);
        setTimeout(() => process.exit(exit), leavingMs).unref();
      }
    });
  process.exitCode = await run(argv, process, { signal: stop.signal, leave: leave.signal });
  // at its end Node would put the settings of a terminal back, and abort where that is gone
  if (process.exitCode === signals.SIGHUP) for (const fd of terminals) closeQuietly(fd);
  // what still waits for a router would keep the process
  if (leave.signal.aborted) process.exit();
}

/** Asked of devices alone: with what knows terminals Node.js loads all that knows networks. */
function isTerminal(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isCharacterDevice() && stat.rdev !== statSync(devNull).rdev && isatty(fd);
  } catch {
    return false;
  }
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // it is closed already
  }
}
