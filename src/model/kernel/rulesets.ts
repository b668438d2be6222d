// Rulesets of a configuration against the chains of netfilter. ubnt-fw gives a chain the ruleset's name and every rule in it a comment
// of name and number, so what is missing, left over or out of its place can be told (docs/edgeos.md 'The kernel').
import { plural } from '../../plural.ts';
import { find, type Tree, value, values } from '../../vyatta/tree.ts';
import { expectedRule } from './expected-rule.ts';
import type { KernelRule, Netfilter } from './netfilter.ts';
import type { Seen } from './seen.ts';

export type RulesetTree = 'name' | 'ipv6-name' | 'modify' | 'ipv6-modify';

export interface RulesetTouch {
  readonly tree: RulesetTree;
  readonly name: string;
  /** Numbers of rules that the apply touches. */
  readonly numbers: ReadonlySet<number>;
}

export const tableOf = (tree: RulesetTree): 'filter' | 'mangle' =>
  tree.endsWith('modify') ? 'mangle' : 'filter';

/** Behind the last that a rule can have. */
const defaultNumber = 10000;

export function seenRuleset(running: Tree, netfilter: Netfilter, touch: RulesetTouch): Seen[] {
  const { tree, name, numbers } = touch;
  const table = netfilter.get(tableOf(tree));
  const node = find(running, ['firewall', tree, name]);
  const chain = table?.get(name);
  if (table === undefined)
    return [{ what: `ruleset ${name} in netfilter`, is: 'unknown', saw: 'no such table' }];
  if (node === undefined) {
    const what = `ruleset ${name} is gone from netfilter`;
    return [chain === undefined ? { what, is: 'there' } : { what, is: 'wrong', saw: 'its chain is there' }];
  }
  if (chain === undefined)
    return [{ what: `ruleset ${name} in netfilter`, is: 'wrong', saw: 'no such chain' }];
  return [...numbers].sort((a, b) => a - b).map(number => seenRule(node, name, chain, number));
}

function seenRule(ruleset: Tree, name: string, chain: readonly KernelRule[], number: number): Seen {
  const node = find(ruleset, ['rule', String(number)]);
  const own = chain.filter(rule => numberOf(name, rule) === number);
  if (node === undefined || node.children.has('disable')) {
    const what = `rule ${number} of ${name} is gone from netfilter`;
    return own.length === 0 ? { what, is: 'there' } : { what, is: 'wrong', saw: own[0]?.line ?? '' };
  }
  const what = `rule ${number} of ${name} in netfilter`;
  const [first] = own;
  if (first === undefined) return { what, is: 'wrong', saw: 'no such rule' };
  const wrong = contradiction(node, own);
  if (wrong !== undefined) return { what, is: 'wrong', saw: wrong };
  return before(ruleset, name, chain.slice(0, chain.indexOf(first)), number) ?? content(node, what);
}

/** What isn't compared is said not to be known. */
function content(node: Tree, what: string): Seen {
  const { conditions, target } = expectedRule(node);
  if (conditions !== undefined && target !== undefined) return { what, is: 'there' };
  return { what, is: 'unknown', saw: "it is there, but what it matches can't be compared" };
}

/** How the rules of iptables differ from what the rule says. */
function contradiction(node: Tree, own: readonly KernelRule[]): string | undefined {
  const { count, conditions, target } = expectedRule(node);
  if (own.length !== count) return `${plural(own.length, 'rule')} in place of ${count}`;
  const acting = own.filter(rule => rule.target !== 'LOG');
  if (conditions !== undefined) {
    const wanted = conditions.map(one => one.join(' ')).sort();
    const found = acting.map(rule => rule.conditions.join(' ')).sort();
    if (wanted.join('\n') !== found.join('\n')) return acting[0]?.line ?? 'no rule that acts';
  }
  return target !== undefined && acting.some(rule => rule.target !== target) ? acting[0]?.line : undefined;
}

/** What of the chain stands before a rule and could take its packets although the configuration says otherwise. */
function before(ruleset: Tree, name: string, rules: readonly KernelRule[], number: number): Seen | undefined {
  const what = `rule ${number} of ${name} in its place in netfilter`;
  const later = rules.find(rule => (numberOf(name, rule) ?? 0) > number);
  if (later !== undefined) return { what, is: 'wrong', saw: `before it: ${later.line}` };
  const others = new Map<number, KernelRule[]>();
  for (const rule of rules) {
    const other = numberOf(name, rule);
    if (other === undefined) return { what, is: 'unknown', saw: `before it: ${rule.line}` };
    others.set(other, [...(others.get(other) ?? []), rule]);
  }
  for (const [other, own] of others) {
    const node = find(ruleset, ['rule', String(other)]);
    if (node === undefined || contradiction(node, own) !== undefined)
      return { what, is: 'unknown', saw: `before it, otherwise than configured: ${own[0]?.line}` };
  }
  return undefined;
}

/** The number in a rule's comment; undefined for a rule that ubnt-fw didn't make for this ruleset. */
function numberOf(name: string, { comment }: KernelRule): number | undefined {
  if (!comment.startsWith(`${name}-`)) return undefined;
  const found = /^(\d{1,5})( default-action \w+)?$/.exec(comment.slice(name.length + 1));
  return found === null ? undefined : Number(found[1]);
}

/** What a touch of the ruleset as a whole is about: all of its rules. */
export const allNumbers = (running: Tree, tree: RulesetTree, name: string): number[] =>
  values(running, ['firewall', tree, name, 'rule']).map(Number);

/** The last rule of a chain, which every packet meets that no other took. */
export function seenDefault(running: Tree, netfilter: Netfilter, tree: RulesetTree, name: string): Seen {
  const what = `default action of ${name} in netfilter`;
  const chain = netfilter.get(tableOf(tree))?.get(name);
  const rule = chain?.at(-1);
  if (rule === undefined) return { what, is: 'wrong', saw: 'no such chain' };
  if (numberOf(name, rule) !== defaultNumber) return { what, is: 'unknown', saw: rule.line };
  // a modify ruleset lets pass whatever it says (docs/edgeos.md 'The kernel')
  const action = tree.endsWith('modify')
    ? 'accept'
    : (value(running, ['firewall', tree, name, 'default-action']) ?? 'drop');
  const target = { accept: 'RETURN', drop: 'DROP', reject: 'REJECT' }[action];
  return rule.target === target ? { what, is: 'there' } : { what, is: 'wrong', saw: rule.line };
}

const hooks = { in: 'VYATTA_FW_IN_HOOK', out: 'VYATTA_FW_OUT_HOOK', local: 'VYATTA_FW_LOCAL_HOOK' } as const;

export interface Attachment {
  readonly interface: string;
  readonly direction: keyof typeof hooks;
  readonly tree: RulesetTree;
  /** Undefined: nothing is attached there. */
  readonly ruleset: string | undefined;
  /** The apply touches it; else what is wrong was wrong before. */
  readonly isTouched: boolean;
}

export function seenAttachment(netfilter: Netfilter, attachment: Attachment): Seen {
  const { interface: name, direction, tree, ruleset, isTouched } = attachment;
  const side = direction === 'out' ? 'out' : 'in';
  const rules = netfilter.get(tableOf(tree))?.get(hooks[direction]);
  const what =
    ruleset === undefined
      ? `${direction} of ${name} asks no ${tree} ruleset in netfilter`
      : `${direction} of ${name} asks ${ruleset} in netfilter`;
  if (rules === undefined) return { what, is: 'unknown', saw: `no chain ${hooks[direction]}` };
  const found = rules.find(rule => rule.conditions.join(' ') === `${side}=${name}`);
  if (found?.target === ruleset) return { what, is: 'there' };
  return { what, is: isTouched ? 'wrong' : 'unknown', saw: found?.line ?? 'no rule for it' };
}
