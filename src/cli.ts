// The command line: the one place that knows the process, and turns signals into an AbortSignal.
import { run } from './cli/run.ts';
import { Interrupted } from './errors.ts';

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Runs one command and leaves its exit code with the process, which ends when its output has gone out. */
export async function runCli(argv: readonly string[]): Promise<void> {
  const controller = new AbortController();
  for (const [name, exit] of Object.entries(signals))
    process.on(name, () => controller.abort(new Interrupted(name, exit)));
  process.exitCode = await run(argv, process, controller.signal);
}
