// What a ruleset does with a set of packets: the set falls apart into the parts that its rules take, in order. A single packet is a
// set of one; 'UDP from anywhere to port 51824' is a set as well. Three-valued: a rule that may or may not take a part stays with it as a doubt.
import { rulesFor } from './by-port.ts';
import { allAddresses } from './conditions.ts';
import { both, meeting, type Packets, withoutAll } from './packets.ts';
import type { Action, Rule } from './rule.ts';
import type { Ruleset } from './ruleset.ts';

/**
 * Who decides: a rule, the default action of a ruleset or zone, or nothing at all, where nothing filters; `missing`: a
 * ruleset that isn't there, so that nobody can know.
 */
export type Decider =
  | { readonly kind: 'rule'; readonly ruleset: string; readonly rule: Rule }
  | { readonly kind: 'default'; readonly ruleset: string }
  | { readonly kind: 'zone'; readonly name: string }
  | { readonly kind: 'missing'; readonly ruleset: string }
  | { readonly kind: 'nothing' };

/** Packets of the question that are decided at one place. */
export interface Part {
  readonly packets: Packets;
  readonly decider: Decider;
  /** Undefined: not known. */
  readonly action: Action | undefined;
  /** Earlier rules that take these packets if what can't be known beforehand is so. */
  readonly doubts: readonly Rule[];
}

/** How much of a question gets through: every packet, no packet, some; `maybe`: none for certain, none for certain not. */
export type Passage = 'all' | 'some' | 'none' | 'maybe';

/** What of a question still matters: where a set doesn't, nothing within it does. */
export type Matters = (packets: Packets) => boolean;

/** Asks a ruleset about packets. The parts don't overlap and are the question, as far as it matters, together; in the order of the rules. */
export function ask(ruleset: Ruleset, question: Packets, matters: Matters = () => true): Part[] {
  const addresses = allAddresses(ruleset.family);
  let open: Open[] = [{ packets: { source: addresses, destination: addresses, ...question }, doubts: [] }];
  const parts: Part[] = [];
  for (const rule of rulesFor(ruleset, question)) {
    const first = open.findIndex(one => touches(rule, one));
    if (first === -1) continue;
    const left = open.slice(0, first);
    for (const one of open.slice(first)) {
      // A ruleset of many ports leaves as many parts, and a rule has to do with few of them.
      if (!touches(rule, one)) {
        left.push(one);
        continue;
      }
      const { packets, doubts } = one;
      const taken = rule.takes.flatMap(set => both(packets, set) ?? []);
      for (const part of disjoint(taken)) parts.push(decided(ruleset, rule, part, doubts));
      const rest = withoutAll([packets], rule.takes);
      const doubtful = disjoint(rest.flatMap(set => rule.mayTake.flatMap(may => both(set, may) ?? [])));
      left.push(...doubtful.map(set => ({ packets: set, doubts: [...doubts, rule] })));
      left.push(...withoutAll(rest, rule.mayTake).map(set => ({ packets: set, doubts })));
    }
    open = left.filter(one => matters(one.packets));
    if (open.length === 0) break;
  }
  return [...parts, ...open.map(({ packets, doubts }) => decided(ruleset, undefined, packets, doubts))];
}

interface Open {
  readonly packets: Packets;
  readonly doubts: readonly Rule[];
}

function touches({ takes, mayTake }: Rule, { packets }: Open): boolean {
  const meets = (set: Packets): boolean => meeting(packets, set);
  return takes.some(meets) || mayTake.some(meets);
}

/** The same packets as sets that don't overlap. */
function disjoint(sets: readonly Packets[]): Packets[] {
  return sets.flatMap((set, i) => withoutAll([set], sets.slice(0, i)));
}

function decided(ruleset: Ruleset, rule: Rule | undefined, packets: Packets, doubts: readonly Rule[]): Part {
  const decider: Decider =
    rule === undefined
      ? { kind: 'default', ruleset: ruleset.name }
      : { kind: 'rule', ruleset: ruleset.name, rule };
  // A rule without an action takes nothing for certain, so `rule.action` is there.
  return {
    packets,
    decider,
    action: rule === undefined ? ruleset.defaultAction : (rule.action ?? 'drop'),
    doubts,
  };
}

/** The rule that decides; undefined where it is a default. */
export function ruleOf(part: Part): Rule | undefined {
  return part.decider.kind === 'rule' ? part.decider.rule : undefined;
}

/** Whether the packets of a part get through, whatever its doubts come to. */
export function passes(part: Part): 'yes' | 'no' | 'maybe' {
  const accepted = part.action === 'accept';
  const actions = [part.action, ...part.doubts.map(rule => rule.action)];
  if (actions.some(action => action === undefined || (action === 'accept') !== accepted)) return 'maybe';
  return accepted ? 'yes' : 'no';
}

/** All parts together. */
export function passage(parts: readonly Part[]): Passage {
  const answers = new Set(parts.map(passes));
  if (answers.has('yes')) return answers.size === 1 ? 'all' : 'some';
  return answers.has('maybe') ? 'maybe' : 'none';
}

/**
 * The parts of what `number` would take that earlier rules take before it: its shadows. Empty when nothing comes
 * before it, and for a rule that isn't there or takes nothing.
 */
export function shadowsOf(ruleset: Ruleset, number: number): Part[] {
  const rule = ruleset.rules.find(one => one.number === number);
  return [...(rule?.takes ?? [])].flatMap(set => ask(ruleset, set).filter(part => ruleOf(part) !== rule));
}
