// The command line: the one place that knows the process, turns signals into an AbortSignal, and turns every error into
// a text and an exit code.
import { explainFailure } from './cli/failure.ts';
import { nodeIo, outputs } from './cli/node-io.ts';
import { parse } from './cli/parse.ts';
import { EdgewgError, Interrupted } from './errors.ts';

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Runs one command and leaves its exit code with the process, which ends when its output has gone out. */
export async function runCli(argv: readonly string[]): Promise<void> {
  const controller = new AbortController();
  for (const [name, exit] of Object.entries(signals))
    process.on(name, () => controller.abort(new Interrupted(name, exit)));
  const streams = outputs(process, !argv.includes('--no-color'));
  try {
    const { run, output, isVerbose, isQuiet, noColor } = await parse(argv, process.env);
    streams.stdout.write(output);
    const { signal } = controller;
    const io = nodeIo(process, outputs(process, !noColor), { isVerbose, isQuiet, signal });
    process.exitCode = (await run?.(io)) ?? 0;
  } catch (error) {
    const failure = ending(error, controller.signal);
    const isVerbose = argv.includes('-v') || argv.includes('--verbose');
    const { text, exit } = await explainFailure(failure, isVerbose, streams.stderr.paint);
    streams.stderr.write(text);
    process.exitCode = exit;
  }
}

/** After a signal whatever failed because of it counts as the interruption, but for an error that says more than that. */
function ending(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted) return error;
  const saysMore = error instanceof EdgewgError && error.exit >= 5;
  return saysMore ? error : signal.reason;
}
