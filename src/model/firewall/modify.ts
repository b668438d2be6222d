// Modify rulesets: what they make of packets before a route is looked up (docs/edgeos.md 'Policy routing'). A set of packets falls
// apart as in verdict.ts; a rule in doubt makes two ways of the same packets, one with it and one without.
import { find, type Path, type Tree, value, values } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { allAddresses } from './conditions.ts';
import { groupOf } from './groups.ts';
import {
  compared,
  forgotten,
  type Mark,
  type Masked,
  marked,
  markOfTable,
  parseMark,
  tableMask,
  unmarked,
} from './mark.ts';
import { both, type Packets, withoutAll } from './packets.ts';
import { type Rule, readRule } from './rule.ts';

/** `leave`: out of the ruleset, with the mark as it is. `connection`: the mark of the connection, which only the router knows. */
export type Effect =
  | { readonly kind: 'leave' | 'drop' | 'connection' | 'nothing' }
  | { readonly kind: 'table'; readonly table: string }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'mark'; readonly set: Masked };

export interface ModifyRule {
  readonly ruleset: string;
  readonly number: number;
  readonly effect: Effect;
  /** What it takes, but for the mark; its action means nothing. */
  readonly takes: Pick<Rule, 'takes' | 'mayTake' | 'because'>;
  /** The mark that it asks for; null where that can't be read. */
  readonly mark?: { readonly masked: Masked | null; readonly negated: boolean };
  readonly path: Path;
  readonly line?: number;
}

/** What becomes of some packets of a question. */
export interface Marked {
  readonly packets: Packets;
  readonly isDropped: boolean;
  readonly mark: Mark;
  /** The load-balance group that chooses a table for them. */
  readonly group?: string;
  /** The rules that made it so, in order. */
  readonly by: readonly ModifyRule[];
  /** What was assumed of rules of which nobody can know it. */
  readonly doubts: readonly { readonly rule: ModifyRule; readonly isTaken: boolean }[];
}

export const modifyTree = (family: Family): 'modify' | 'ipv6-modify' =>
  family === 4 ? 'modify' : 'ipv6-modify';

const mainTable = 254;

/** `main` by its number. */
export const tableNumberOf = (table: string): number => (table === 'main' ? mainTable : Number(table));

/** The rules that are in force, ascending; undefined where the ruleset isn't there. */
export function readModify(tree: Tree, family: Family, name: string): ModifyRule[] | undefined {
  const top = ['firewall', modifyTree(family), name];
  const node = find(tree, top);
  if (node === undefined || node.deactivated === true) return undefined;
  return values(node, ['rule'])
    .map(Number)
    .filter(number => Number.isInteger(number))
    .sort((a, b) => a - b)
    .flatMap(number => {
      const path = [...top, 'rule', String(number)];
      const said = find(tree, path);
      return said === undefined || said.children.has('disable') || said.deactivated === true
        ? []
        : [ruleAt(tree, family, { ruleset: name, number, path, said })];
    });
}

interface At {
  readonly ruleset: string;
  readonly number: number;
  readonly path: Path;
  readonly said: Tree;
}

const apart = new Set(['modify', 'mark', 'action']);

function ruleAt(tree: Tree, family: Family, { ruleset, number, path, said }: At): ModifyRule {
  const children = new Map([...said.children].filter(([word]) => !apart.has(word)));
  children.set('action', { children: new Map([['accept', { children: new Map() }]]) });
  const { takes, mayTake, because } = readRule(number, { ...said, children }, family, (kind, one) =>
    groupOf(tree, kind, family, one),
  );
  const word = value(said, ['mark']);
  const negated = word?.startsWith('!') === true;
  const { line } = said;
  return {
    ruleset,
    number,
    effect: effectOf(said),
    takes: { takes, mayTake, because },
    ...(word !== undefined && {
      mark: { masked: parseMark(negated ? word.slice(1) : word) ?? null, negated },
    }),
    path,
    ...(line !== undefined && { line }),
  };
}

function effectOf(said: Tree): Effect {
  const table = value(said, ['modify', 'table']);
  if (table !== undefined) return { kind: 'table', table };
  const group = value(said, ['modify', 'lb-group']);
  if (group !== undefined) return { kind: 'group', group };
  const word = value(said, ['modify', 'mark']);
  const set = word === undefined ? undefined : parseMark(word);
  if (set !== undefined) return { kind: 'mark', set };
  if (find(said, ['modify', 'connmark', 'restore-mark']) !== undefined) return { kind: 'connection' };
  const action = value(said, ['action']);
  return { kind: action === 'drop' ? 'drop' : action === 'accept' ? 'leave' : 'nothing' };
}

/** Beyond this many assumptions about one packet its mark is taken for unknown. */
const mostDoubts = 8;

/** The parts are the question together; ways of the same packets that differ in what is assumed overlap. */
export function modify(rules: readonly ModifyRule[], family: Family, question: Packets): Marked[] {
  const addresses = allAddresses(family);
  const packets = { source: addresses, destination: addresses, ...question };
  let open: Marked[] = [{ packets, isDropped: false, mark: unmarked, by: [], doubts: [] }];
  const done: Marked[] = [];
  for (const rule of rules) {
    if (rule.effect.kind === 'nothing') continue;
    const left: Marked[] = [];
    for (const one of open) step(rule, one, left, done);
    open = left;
    if (open.length === 0) break;
  }
  return [...done, ...open];
}

/** Puts what goes on into `left`, and what the rule has the last word about into `done`. */
function step(rule: ModifyRule, one: Marked, left: Marked[], done: Marked[]): void {
  const { packets, doubts } = one;
  const fits = markFits(rule, one.mark);
  if (fits === 'no') {
    left.push(one);
    return;
  }
  const isLast = ['leave', 'drop', 'table'].includes(rule.effect.kind);
  const taken = (set: Packets, more: Marked['doubts']): void => {
    const after = applied(rule, { ...one, packets: set, doubts: more });
    (isLast ? done : left).push(after);
  };
  const certain = fits === 'yes' ? rule.takes.takes : [];
  const possible = [...rule.takes.takes, ...rule.takes.mayTake];
  for (const set of disjoint(certain.flatMap(take => both(packets, take) ?? []))) taken(set, doubts);
  const rest = withoutAll([packets], certain);
  const doubtful = disjoint(rest.flatMap(set => possible.flatMap(take => both(set, take) ?? [])));
  for (const set of doubtful) {
    if (!isLast && doubts.length >= mostDoubts) {
      left.push({ ...one, packets: set, mark: forgotten(one.mark, 0xffffffff) });
      continue;
    }
    taken(set, [...doubts, { rule, isTaken: true }]);
    left.push({ ...one, packets: set, doubts: [...doubts, { rule, isTaken: false }] });
  }
  left.push(...withoutAll(rest, possible).map(set => ({ ...one, packets: set })));
}

/** The same packets as sets that don't overlap. */
const disjoint = (sets: readonly Packets[]): Packets[] =>
  sets.flatMap((set, i) => withoutAll([set], sets.slice(0, i)));

function markFits({ mark }: ModifyRule, has: Mark): 'yes' | 'no' | 'maybe' {
  if (mark === undefined) return 'yes';
  if (mark.masked === null) return 'maybe';
  const answer = compared(has, mark.masked);
  if (answer === 'maybe' || !mark.negated) return answer;
  return answer === 'yes' ? 'no' : 'yes';
}

function applied(rule: ModifyRule, before: Marked): Marked {
  const { effect } = rule;
  const { group: _, ...rest } = before;
  const by = [...before.by, rule];
  switch (effect.kind) {
    case 'drop':
      return { ...before, by, isDropped: true };
    case 'table':
      return { ...rest, by, mark: marked(before.mark, markOfTable(tableNumberOf(effect.table))) };
    case 'group':
      return { ...rest, by, mark: forgotten(before.mark, tableMask), group: effect.group };
    case 'mark': {
      const mark = marked(before.mark, effect.set);
      const isOver = ((effect.set.mask | effect.set.value) & tableMask) >>> 0 === tableMask;
      return { ...(isOver ? rest : before), by, mark };
    }
    case 'connection':
      return { ...before, by, mark: forgotten(before.mark, 0xffffffff) };
    default:
      return { ...before, by };
  }
}
