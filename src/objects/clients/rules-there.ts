// The rules of a modify ruleset on the router, those that are off too: their numbers are taken.
import { type Effect, readModify } from '../../model/firewall/modify.ts';
import type { Packets } from '../../model/firewall/packets.ts';
import { type Path, type Tree, values } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { modifyRule } from './kinds.ts';

export interface RuleThere {
  readonly number: number;
  readonly path: Path;
  readonly effect: Effect;
  readonly description: string | undefined;
  /** What it takes for certain, and what it takes besides under conditions that no configuration shows. */
  readonly takes: readonly Packets[];
  readonly mayTake: readonly Packets[];
}

/** Ascending by number. */
export function rulesThere(running: Tree, family: Family, set: string): RuleThere[] {
  const active = new Map((readModify(running, family, set) ?? []).map(rule => [rule.number, rule]));
  return modifyRule
    .names(running, family, set)
    .map(Number)
    .filter(number => Number.isInteger(number))
    .sort((a, b) => a - b)
    .map(number => {
      const instance = [family, set, String(number)] as const;
      const rule = active.get(number);
      return {
        number,
        path: modifyRule.path(...instance),
        effect: rule?.effect ?? { kind: 'nothing' },
        description: modifyRule.value(running, 'description', ...instance),
        takes: rule?.takes.takes ?? [],
        mayTake: rule?.takes.mayTake ?? [],
      };
    });
}

/** It leaves the packets to the main table. */
export const isToMain = (effect: Effect): boolean =>
  effect.kind === 'leave' || (effect.kind === 'table' && effect.table === 'main');

const deciding: ReadonlySet<Effect['kind']> = new Set(['leave', 'drop', 'table', 'group']);

/** It ends the ruleset, or gives the connection a table of its own. */
export const isDeciding = ({ kind }: Effect): boolean => deciding.has(kind);

/** It sends packets into this table. */
export const isInto = (effect: Effect, table: string | undefined): boolean =>
  effect.kind === 'table' && effect.table === table;

const sayable = new Set(['action', 'description', 'modify', 'source', 'destination', 'log']);

/** The rule has no condition that the file has no word for. */
export const isSayable = (
  running: Tree,
  instance: readonly [family: Family, set: string, number: string],
): boolean => values(running, modifyRule.path(...instance)).every(word => sayable.has(word));
