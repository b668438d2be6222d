// One command from its words to its exit code: every error becomes a text and a number here.
import type { Io } from '../commands/io.ts';
import { EdgewgError, Exit } from '../errors.ts';
import { explainFailure } from '../report/failure.ts';
import { type Host, lostData, nodeIo, outputs } from './node-io.ts';
import { parse } from './parse.ts';

/** Resolves to the exit code, whatever happens. The signals are aborted with the error to end with. */
export async function run(
  argv: readonly string[],
  host: Host,
  signals: Pick<Io, 'signal' | 'leave'>,
): Promise<number> {
  const streams = outputs(host, !argv.includes('--no-color'));
  try {
    const { run, output, isVerbose, isQuiet, noColor } = await parse(
      argv,
      host.env,
      helpWidth(streams.stdout),
    );
    streams.stdout.write(output);
    let isSaved = false;
    const noteSaved = (): void => {
      isSaved = true;
    };
    const io = nodeIo(host, outputs(host, !noColor), { isVerbose, isQuiet, ...signals, noteSaved });
    const exit = (await run?.(io)) ?? 0;
    const lost = await lostData(host);
    if (lost === undefined) return exit;
    streams.stderr.write(`warning: standard output could not be written: ${lost}\n`);
    // what a router has saved stays a success
    return exit === Exit.done && !isSaved ? Exit.refused : exit;
  } catch (error) {
    const failure = ending(error, signals.signal);
    const isVerbose = argv.includes('-v') || argv.includes('--verbose');
    const { text, exit } = await explainFailure(
      failure,
      isVerbose,
      streams.stderr.paint,
      streams.stderr.wrapAt,
    );
    streams.stderr.write(text);
    return exit;
  }
}

/** As wide as the terminal, within reason. */
const helpWidth = ({ wrapAt, columns }: Io['stdout']): number => Math.min(wrapAt, Math.max(40, columns), 120);

/** After a signal whatever failed because of it counts as the interruption, but for an error that says more than that. */
function ending(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted) return error;
  const saysMore = error instanceof EdgewgError && error.exit >= 5;
  return saysMore ? error : signal.reason;
}
