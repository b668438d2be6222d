// A key that may be offered in a login, from a file or an agent. A type alone.
import type { ParsedKey } from './ssh2.ts';

export interface KeyOffer {
  /** For messages: an agent key's comment, or the file's path. */
  readonly label: string;
  readonly key: ParsedKey;
  /** Nobody has to be asked for it to sign. */
  readonly isOpen?: boolean;
  /** Rejects with a ProblemError when the key can't be opened or the agent says no. `hash` is for RSA keys alone. */
  sign(data: Buffer, hash: string | undefined): Promise<Buffer>;
}
