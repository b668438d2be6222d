// Which number a rule for clients has: the one that it has on the router, or that the file says, or the next that is free and
// comes before whatever else would take its packets.
import { meeting, type Packets } from '../../model/firewall/packets.ts';
import type { Tree } from '../../vyatta/tree.ts';
import type { Desired, DesiredSet, Stage } from './desired.ts';
import type { Seen } from './end.ts';
import { modifyRule } from './kinds.ts';
import { clientNamed, ownNetworkDescription } from './names.ts';
import { isDeciding, isSayable, isToMain, type RuleThere, rulesThere } from './rules-there.ts';

export interface Numbered {
  readonly desired: Desired;
  readonly number: number;
}

const most = 9999;

/** Where the rules of each stage begin in a ruleset of edgewg's own. */
const begins: Readonly<Record<Stage, number>> = { destination: 100, own: 500, client: 1000 };

const stageAt = (number: number): Stage =>
  number < begins.own ? 'destination' : number < begins.client ? 'own' : 'client';

interface Bounds {
  /** Behind this number, and before that. */
  readonly after: number;
  readonly before: number;
  /** What stands at `before`. */
  readonly by?: RuleThere;
}

/** `isTable`: a routing table of the file's; somebody's rule that sends there is taken for one of these. */
export function numbersOf(
  running: Tree,
  set: DesiredSet,
  isTable: (table: string) => boolean,
  report: (desired: Desired, seen: Seen) => void,
): Numbered[] {
  const there = rulesThere(running, set.family, set.name);
  const choice = new Choice(running, set, there, isTable);
  const found: Numbered[] = [];
  for (const stage of ['destination', 'own', 'client'] as const)
    for (const desired of set.rules.filter(one => one.stage === stage)) {
      if (stage === 'own' && choice.isLetPast(desired)) continue;
      const number = choice.numberOf(desired);
      if (typeof number === 'number') found.push({ desired, number });
      else report(desired, number);
    }
  return found;
}

class Choice {
  readonly #running: Tree;
  readonly #set: DesiredSet;
  readonly #there: readonly RuleThere[];
  readonly #foreign: readonly RuleThere[];
  readonly #taken = new Set<number>();
  /** The last number that lets own networks past: the file's, or somebody else's. */
  #lastOwn = 0;

  constructor(
    running: Tree,
    set: DesiredSet,
    there: readonly RuleThere[],
    isTable: (table: string) => boolean,
  ) {
    this.#running = running;
    this.#set = set;
    this.#there = there;
    const isOurs = ({ description, effect }: RuleThere): boolean =>
      clientNamed(description) !== undefined ||
      description === ownNetworkDescription ||
      (effect.kind === 'table' && isTable(effect.table));
    this.#foreign = there.filter(rule => !isOurs(rule));
    for (const { number } of set.rules) if (number !== undefined) this.#taken.add(number);
  }

  /** A rule of somebody else's does it, before any client is taken. */
  isLetPast({ packets }: Desired): boolean {
    const before = Math.min(this.#firstClient(), this.#firstSaid());
    const by = this.#foreign.find(
      ({ number, effect, takes }) =>
        number < before && isToMain(effect) && takes.some(set => isWithin(packets, set)),
    );
    if (by !== undefined) this.#lastOwn = Math.max(this.#lastOwn, by.number);
    return by !== undefined;
  }

  numberOf(desired: Desired): number | Seen {
    const bounds = this.#bounds(desired);
    const number = desired.number === undefined ? this.#chosen(desired, bounds) : this.#said(desired, bounds);
    if (typeof number !== 'number') return number;
    this.#taken.add(number);
    if (desired.stage === 'own') this.#lastOwn = Math.max(this.#lastOwn, number);
    return number;
  }

  #said(desired: Desired, bounds: Bounds): number | Seen {
    const { number = 0, rule, of } = desired;
    const twin = this.#set.rules
      .slice(0, this.#set.rules.indexOf(desired))
      .find(one => one.number === number);
    if (twin?.of !== undefined)
      return {
        what: 'same number',
        number,
        with: `${twin.of.client} of ${twin.of.tunnel}`,
        withAt: twin.at,
        free: this.#free(bounds, 0),
      };
    if (number > most) return { what: 'no number', ruleset: this.#set.name, before: undefined };
    const there = this.#there.find(one => one.number === number);
    const isForeign = there !== undefined && this.#foreign.includes(there);
    if (there !== undefined && isForeign && !this.#says(number, rule))
      return { what: 'rule taken', number, path: there.path, free: this.#free(bounds, 0) };
    const named = clientNamed(there?.description);
    if (named !== undefined && of !== undefined && named.tunnel !== of.tunnel && !this.#isWanted(named))
      return { what: 'rule taken', number, path: there?.path ?? [], free: this.#free(bounds, 0) };
    if (bounds.by !== undefined && number > bounds.before)
      return { what: 'too late', number, before: bounds.by.path };
    return number;
  }

  #isWanted(named: { readonly tunnel: string }): boolean {
    return this.#set.rules.some(({ of }) => of?.tunnel === named.tunnel);
  }

  /** The rule that is there already, by what it says or else by its name; or a new number. */
  #chosen({ stage, rule, of }: Desired, bounds: Bounds): number | Seen {
    const fits = ({ number }: RuleThere): boolean =>
      bounds.after < number && number < bounds.before && !this.#taken.has(number);
    const same = this.#there.find(one => fits(one) && this.#says(one.number, rule));
    if (same !== undefined) return same.number;
    const named = this.#there.find(one => {
      const name = clientNamed(one.description);
      const isRight = fits(one) && (!this.#set.isOwn || stageAt(one.number) === stage);
      return isRight && of !== undefined && name?.tunnel === of.tunnel && name.client === of.client;
    });
    const isSaidByAnother = named !== undefined && this.#isSaid(named.number);
    if (named !== undefined && !isSaidByAnother) return named.number;
    const least = this.#set.isOwn ? begins[stage] - 1 : bounds.after;
    const free = this.#free(bounds, least) ?? this.#free(bounds, bounds.after);
    if (free !== undefined) return free;
    const ruleset = this.#set.name;
    if (stage === 'own' && bounds.by === undefined)
      return { what: 'too early', number: bounds.before, ruleset };
    return { what: 'no number', ruleset, before: bounds.by?.path };
  }

  /** Another rule of the file is there as it is to be. */
  #isSaid(number: number): boolean {
    return this.#set.rules.some(({ rule }) => this.#says(number, rule));
  }

  /** Multiples of ten as long as there are any: people put their own rules between them. */
  #free({ after, before }: Bounds, least: number): number | undefined {
    const start = Math.max(after, least) + 1;
    const isFree = (number: number): boolean =>
      number < before && !this.#taken.has(number) && !this.#there.some(one => one.number === number);
    for (let number = Math.ceil(start / 10) * 10; number < before; number += 10)
      if (isFree(number)) return number;
    for (let number = start; number < before; number++) if (isFree(number)) return number;
    return undefined;
  }

  #bounds({ stage, packets }: Desired): Bounds {
    const end = { after: 0, before: most + 1 };
    if (stage === 'destination') return { ...end, ...this.#beforeTaker(packets, () => true) };
    const taker = this.#beforeTaker(stage === 'own' ? undefined : packets, effect => !isToMain(effect));
    const said = stage === 'own' ? this.#firstSaid() : end.before;
    const before = Math.min(taker?.before ?? end.before, said);
    const past = this.#foreign.filter(({ number, effect }) => number < before && isToMain(effect));
    const after = Math.max(0, ...past.map(({ number }) => number), stage === 'own' ? 0 : this.#lastOwn);
    return { after, before, ...(taker?.before === before && { by: taker.by }) };
  }

  /** The first rule of somebody else's that takes some of the packets; undefined packets: of any client. */
  #beforeTaker(
    packets: Packets | undefined,
    counts: (effect: RuleThere['effect']) => boolean,
  ): { before: number; by: RuleThere } | undefined {
    const asked =
      packets === undefined
        ? this.#set.rules.filter(({ stage }) => stage === 'client').map(one => one.packets)
        : [packets];
    const by = this.#foreign.find(
      ({ effect, takes, mayTake }) =>
        isDeciding(effect) &&
        counts(effect) &&
        [...takes, ...mayTake].some(set => asked.some(one => meeting(set, one))),
    );
    return by && { before: by.number, by };
  }

  /** The first number that the file says for clients: own networks are let past before that too. */
  #firstSaid(): number {
    const said = this.#set.rules.flatMap(({ stage, number }) => (stage === 'client' ? (number ?? []) : []));
    return Math.min(most + 1, ...said);
  }

  #firstClient(): number {
    return this.#beforeTaker(undefined, effect => !isToMain(effect))?.before ?? most + 1;
  }

  /** The rule with this number says the same, whatever its description, and nothing that the file has no word for. */
  #says(number: number, wanted: Desired['rule']): boolean {
    const instance = [this.#set.family, this.#set.name, String(number)] as const;
    const { description: _, ...said } = modifyRule.data(this.#running, ...instance);
    const { description: __, ...rule } = wanted;
    return canonical(said) === canonical(rule) && isSayable(this.#running, instance);
  }
}

const canonical = (data: object): string =>
  JSON.stringify(data, (_, one: unknown) =>
    typeof one === 'object' && one !== null
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );

/** Every packet of `a` is in `b`. */
const isWithin = (a: Packets, b: Packets): boolean =>
  (Object.keys(b) as (keyof Packets)[]).every(field =>
    (a[field] ?? []).length === 0
      ? false
      : (a[field] ?? []).every(([first, end]) =>
          (b[field] ?? []).some(([from, to]) => from <= first && end <= to),
        ),
  );
