// The shape of a command: what yargs must know of it, and what it does. Everything heavy is imported when it runs.
import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs';
import type { Io } from './io.ts';

type OptionTable = Readonly<Record<string, Options>>;
type PositionalTable = Readonly<Record<string, PositionalOptions>>;

/** How the scripts of `completion` ask. */
export const completionKey = '--complete';

/** How a command goes over several site files, each of a router of its own. */
export interface FleetRules {
  /** After a failure nothing more is begun, unless --keep-going says so. */
  readonly stopsOnFailure: boolean;
  /** How many at once, where --jobs doesn't say. */
  readonly jobs: number;
  /** Options that make sense for one router alone. */
  readonly onlyAlone: readonly string[];
  /** What a site file is called where the positional may be something else for one router. */
  readonly sites?: RegExp;
  /** --out is then a folder, with a file of this ending for each. */
  readonly writes?: string;
  /** What it prints is one router's file: of several it only writes files. */
  readonly needsOut?: true;
  /** Plans for one router and shows it, rejects where that is refused; what it resolves to carries out exactly that. */
  prepare?(args: never, io: Io): Promise<(io: Io) => Promise<number>>;
}

export interface Command {
  /** In yargs' form: `show <plan>`. */
  readonly command: string;
  readonly describe: string;
  readonly positionals: PositionalTable;
  /** Every option is also read from `EDGEWG_<OPTION>`; so a secret is never one. */
  readonly options: OptionTable;
  /** Lines for the end of its help, `[command, what it does]`. */
  readonly examples: readonly (readonly [string, string])[];
  /** Its first positional may then be site files. */
  readonly fleet?: FleetRules;
  /** Resolves to the exit code; rejects with what {@link EdgewgError} says about the router. */
  run(args: never, io: Io): Promise<number>;
}

interface Definition<O extends OptionTable, P extends PositionalTable> {
  readonly command: string;
  readonly describe: string;
  readonly positionals?: P;
  readonly options: O;
  readonly examples: readonly [readonly [string, string], ...(readonly [string, string])[]];
  readonly fleet?: FleetRules;
  run(args: InferredOptionTypes<O> & InferredOptionTypes<P>, io: Io): Promise<number>;
}

/** Ties the types of a command's arguments to the options that it declares. */
export function defineCommand<const O extends OptionTable, const P extends PositionalTable>(
  definition: Definition<O, P>,
): Command {
  return { positionals: {}, ...definition };
}
