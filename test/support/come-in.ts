// Dials a target and runs a command there; what became of it as one comparable value.
import { EdgewgError } from '../../src/errors.ts';
import { type Access, type Connection, connect, type Target } from '../../src/ssh/connection.ts';

export interface Outcome {
  /** `in`, or the code of the error. */
  readonly code: string;
  /** What the command printed, or the error's message. */
  readonly text: string;
  readonly hint: string;
  readonly exit: number;
}

/** The target of a server on loopback. */
export function at(port: number, more: Partial<Target> = {}): Target {
  return { host: '127.0.0.1', port, legacyAlgorithms: [], ...more };
}

export async function comeIn(
  target: Target,
  access: Access,
  command = 'echo "$SSH_CONNECTION"',
): Promise<Outcome> {
  let connection: Connection | undefined;
  try {
    connection = await connect(target, access);
    const { stdout } = await connection.exec(command, { timeoutMs: 120_000 });
    return { code: 'in', text: stdout.toString().trim(), hint: '', exit: 0 };
  } catch (error) {
    if (!(error instanceof EdgewgError)) throw error;
    return { code: error.code, text: error.message, hint: error.hint ?? '', exit: error.exit };
  } finally {
    await connection?.close();
  }
}
