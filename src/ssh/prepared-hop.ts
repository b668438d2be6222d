// One hop with all that was read about it: what every dial of it needs. A type alone.
import type { Hop } from './hop.ts';
import type { Login } from './login.ts';
import type { Trust } from './trust.ts';

export interface PreparedHop {
  readonly hop: Hop;
  readonly trust: Trust;
  readonly login: Login;
  /** Keys that were new and accepted in this run. */
  readonly accepted: Buffer[];
  /** Shows a new key and writes it down. */
  recordKey(key: Buffer): Promise<void>;
}
