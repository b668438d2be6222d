// What the checks of clients share: the ways of some packets with a tunnel up and with it gone.
import { states } from '../../model/firewall/packets.ts';
import { anywhere } from '../../model/firewall/port.ts';
import { only, type Ranges } from '../../model/firewall/ranges.ts';
import { type Answer, answersTo } from '../../model/routing/answers.ts';
import { without } from '../../model/routing/down.ts';
import type { Question, Way, World } from '../../model/routing/step.ts';
import { waysOf } from '../../model/routing/way.ts';
import type { CheckInput } from '../../plan/types/check.ts';
import type { Interface } from '../../vyatta/interfaces.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { viewOf } from '../view.ts';

export interface Judged {
  readonly question: Question;
  readonly up: readonly Way[];
  /** With the tunnel gone. */
  readonly down: readonly Way[];
}

/** New connections from some sources at an interface, to some destinations; `undefined`: of any source. */
export function newFrom(
  from: Interface,
  family: Family,
  source: Ranges | undefined,
  destination: Ranges = anywhere(family),
): Question {
  const packets = { destination, state: only(states.new), ...(source && { source }) };
  return { from, family, packets };
}

const gone = new WeakMap<CheckInput, Map<string, World>>();

/** The router after the plan, without an interface. */
function worldWithout(input: CheckInput, tunnel: string): World {
  const known = gone.get(input) ?? new Map<string, World>();
  gone.set(input, known);
  let found = known.get(tunnel);
  if (found === undefined) {
    found = without(viewOf(input).after, tunnel, input.facts?.routes);
    known.set(tunnel, found);
  }
  return found;
}

export const upOf = (input: CheckInput, question: Question): Way[] => waysOf(viewOf(input).after, question);

/** With a tunnel gone. */
export const downOf = (input: CheckInput, question: Question, tunnel: string): Way[] =>
  waysOf(worldWithout(input, tunnel), question);

export const judged = (input: CheckInput, question: Question, tunnel: string): Judged => ({
  question,
  up: upOf(input, question),
  down: downOf(input, question, tunnel),
});

/** Why answers to what goes into the tunnel may not come, each once. */
export function answersOf(input: CheckInput, question: Question, ways: readonly Way[]): Answer[] {
  const all = ways.flatMap(way => answersTo(viewOf(input).after, question, way));
  return all.filter((one, i) => all.findIndex(({ kind }) => kind === one.kind) === i);
}

/** Only a load balancer's choice, or nothing, stands between the packets and this way. */
export const isCertain = ({ doubts }: Way): boolean =>
  doubts.every(doubt => doubt.startsWith('load-balance group') || doubt.endsWith('share the packets'));
