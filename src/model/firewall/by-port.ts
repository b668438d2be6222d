// The rules of a ruleset that a question about one port can have to do with. A router of many tunnels has a rule for each of their
// ports, and every tunnel asks: without this each question would look at all of them.
import type { Packets } from './packets.ts';
import type { Ranges } from './ranges.ts';
import type { Rule } from './rule.ts';
import type { Ruleset } from './ruleset.ts';

interface Index {
  /** Places in the ruleset of the rules for one port alone. */
  readonly places: ReadonlyMap<bigint, readonly number[]>;
  /** Those of all others. */
  readonly others: readonly number[];
}

const indexes = new WeakMap<Ruleset, Index>();

/** In the order of the ruleset; every rule that may take any of the packets is among them. */
export function rulesFor(ruleset: Ruleset, { destinationPort }: Packets): readonly Rule[] {
  const port = onlyPort(destinationPort);
  if (port === undefined) return ruleset.rules;
  const { places, others } = indexOf(ruleset);
  return [...others, ...(places.get(port) ?? [])]
    .sort((a, b) => a - b)
    .flatMap(place => ruleset.rules[place] ?? []);
}

function indexOf(ruleset: Ruleset): Index {
  const known = indexes.get(ruleset);
  if (known !== undefined) return known;
  const places = new Map<bigint, number[]>();
  const others: number[] = [];
  for (const [place, rule] of ruleset.rules.entries()) {
    const port = portOf(rule);
    if (port === undefined) others.push(place);
    else places.set(port, [...(places.get(port) ?? []), place]);
  }
  const index = { places, others };
  indexes.set(ruleset, index);
  return index;
}

/** The one port of all packets that a rule takes. */
function portOf({ takes, mayTake }: Rule): bigint | undefined {
  const [first, ...more] = [...takes, ...mayTake].map(set => onlyPort(set.destinationPort));
  return more.every(port => port === first) ? first : undefined;
}

function onlyPort(ports: Ranges | undefined): bigint | undefined {
  const range = ports?.length === 1 ? ports[0] : undefined;
  return range !== undefined && range[0] === range[1] ? range[0] : undefined;
}
