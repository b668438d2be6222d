// What getting in needs from outside: environment, home, files, a person at a terminal. Handed in by the caller, so that
// nothing below src/router reads `process`; system.ts makes the real one. Knows nothing of SSH.
import type { Secret } from '../secret.ts';

/** Asks the person at the terminal; what is typed stays invisible unless `echo`. */
export type Ask = (question: string, options?: { echo?: boolean }) => Promise<Secret>;

export interface FileRead {
  readonly bytes: Buffer;
  /** Permission bits, such as 0o600. */
  readonly mode: number;
  readonly owner: number;
}

export interface Files {
  /** undefined when there is no such file; rejects for anything else that keeps it from being read. Stops after 16 MiB. */
  read(path: string): Promise<FileRead | undefined>;
  /** Names in a directory, sorted; none when there is no such directory. */
  list(directory: string): Promise<string[]>;
  /** Adds whole lines at the end by one write; makes the file (0600) and its directory (0700) when missing. */
  append(path: string, text: string): Promise<void>;
}

export interface Access {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly localUser: string;
  readonly localHost: string;
  /** undefined where files have no owner (Windows): their rights are not checked then. */
  readonly uid: number | undefined;
  /** Where ssh_config and ssh_known_hosts of the whole machine lie: /etc/ssh. */
  readonly etc: string;
  /** `--accept-new-host-key`: an unknown key is shown and written down; a changed one is still refused. */
  readonly acceptNewHostKey: boolean;
  readonly files: Files;
  /** undefined where no person can be asked. */
  readonly ask: Ask | undefined;
  /** Runs the command of `EDGEWG_PASSWORD=command:…` and yields its output. */
  run(command: string): Promise<Secret>;
  /** Tells a log that can hide secrets to hide this one. */
  hide?(secret: Secret): void;
  /** One line for the person, on stderr. */
  notice(line: string): void;
}
