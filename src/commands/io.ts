// What a command has of the world: streams, files, the clock, a person. The command line gives it; tests give their own.
import type { ChalkInstance } from 'chalk';
import type { Ran } from '../run-program.ts';
import type { Secret } from '../secret.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export interface Output {
  /** Text without a line end of its own is not completed. A closed pipe swallows it. */
  write(text: string): void;
  /** Orders of edgewg's own to a CI system that reads this stream: annotations. What is written else gives it none. */
  order(text: string): void;
  /** A terminal, where a line may be rewritten in place. */
  readonly isTerminal: boolean;
  /** How many columns a line may have: the terminal's, 80 elsewhere. */
  readonly columns: number;
  /** Where sentences are wrapped: at the terminal's width, 100 at most. Infinity elsewhere: who searches a log looks for whole ones. */
  readonly wrapAt: number;
  /** Colours as this stream and the person want them; perhaps none. */
  readonly paint: ChalkInstance;
}

export interface Io {
  /** Data: what a pipe wants. */
  readonly stdout: Output;
  /** Everything else: progress, notes, questions, errors. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** `-v`: also the places and causes that are left out otherwise. */
  readonly isVerbose: boolean;
  /** `--quiet`: no notes and no progress. */
  readonly isQuiet: boolean;
  /** Aborted by INT, TERM or HUP; its reason is the error to end with. */
  readonly signal: AbortSignal;
  /** Aborted by the next one of them: a person doesn't want to wait until all is put back. */
  readonly leave: AbortSignal;
  /** Milliseconds of a clock that never jumps. */
  now(): number;
  /**
   * A file's bytes, or stdin's for `-`. Rejects with {@link Refused} where it can't be read or is larger than `most`; with
   * `only: 'files'` also where it is no file but a pipe, a device or a folder.
   */
  readFile(path: string, most: number, only?: 'files'): Promise<Buffer>;
  /** Where a symbolic link leads to; undefined for what is none. */
  linkTarget(path: string): Promise<string | undefined>;
  /** The names in a folder; none where there is no such folder. */
  listFolder(path: string): Promise<string[]>;
  /** Writes a file as a whole or not at all, 0600 unless `mode` says otherwise. Rejects with {@link Refused}. */
  writeFile(path: string, text: string | Buffer, mode?: number): Promise<void>;
  /** The same for a file that a person keeps, such as the site file: its permission bits stay. */
  rewriteFile(path: string, text: string): Promise<void>;
  /** The same for one that others may read, 0644 (or 0600 where `mode` says so), with the folders above it. */
  writeBelow(folder: string, path: string, text: string, mode?: 0o600 | 0o644): Promise<void>;
  /** Takes such a file away, with the folders above it that become empty; it may be gone already. Rejects with {@link Refused}. */
  removeBelow(folder: string, path: string): Promise<void>;
  /** The same for a file of edgewg's own, below `$XDG_STATE_HOME/edgewg`; its folders are made. */
  writeState(name: string, text: string): Promise<void>;
  /** Shows a text in the person's pager where it is longer than the terminal; resolves when that is left. Elsewhere it is written. */
  page(text: string): Promise<void>;
  /** Runs a program for what it prints: no shell, no stdin, a minute at most unless told; without edgewg's own secrets and `withheld`. */
  run(
    words: readonly string[],
    options: { cwd: string; withheld: readonly string[]; seconds?: number },
  ): Promise<Ran>;
  /** Tells a log that can hide secrets (GitHub Actions) to hide this one. */
  hide(secret: Secret): void;
  /** Told when a router has saved: whatever goes wrong here afterwards is no failure any more. */
  noteSaved?(): void;
  /** Who runs this and where, `user@host`. */
  readonly who: string;
  /** Where a person sits, if one does: for questions whose answer isn't shown. */
  readonly terminal: Terminal;
  /** Asks a person; undefined where there is no terminal to ask on. */
  ask?(question: string): Promise<string>;
}
