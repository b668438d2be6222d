// What a template's checks and actions see and give back: the shape between the commit and the parts of the router that
// a commit moves (firewall, interfaces, routes).
import type { Call } from '../call.ts';
import type { View } from './config.ts';
import type { World } from './world.ts';

/** What a commit does to one node. */
export type State = 'added' | 'deleted' | 'changed' | 'unchanged';

export interface Act {
  readonly state: State;
  /** The node, with the value of a tag instance as its last word; of a leaf without its value. */
  readonly path: readonly string[];
  /** `$VAR(@)`: the value, or the name of a node without one. */
  readonly value: string;
  /** A check may run when a value is set, or in a commit. */
  readonly inCommit: boolean;
  readonly active: View;
  readonly working: View;
  readonly call: Call;
  /** The session that commits; scripts of the router look at its working configuration. */
  readonly session: string;
  readonly world: World;
}

/** Whether it went well, and what it printed. */
export interface Outcome {
  readonly ok: boolean;
  /** Output of a program, printed below a header line with the path. */
  readonly said?: string;
  /** The template's own sentence, printed without a header. */
  readonly text?: string;
}

export type Action = (act: Act) => Outcome | Promise<Outcome>;

export const fine: Outcome = { ok: true };

/** A program of the router that failed with this output (without its last line end). */
export function failed(said: string): Outcome {
  return { ok: false, said: `${said}\n` };
}

/** As the router prints an outcome: a program's output gets a blank line, and in a commit a header. */
export function printOutcome(outcome: Outcome, header: readonly string[] | undefined): string {
  const head = header === undefined ? '' : `[ ${header.join(' ')} ]\n`;
  const said = outcome.said === undefined || outcome.said === '' ? '' : `${head}${outcome.said}\n`;
  return outcome.text === undefined ? said : `${said}${outcome.text}\n\n`;
}
