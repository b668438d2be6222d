// The clamp in the mangle table, and rules of `service nat` in nat.
import { type Tree, value, values } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import type { KernelRule, Netfilter } from './netfilter.ts';
import type { Seen } from './seen.ts';

/** EdgeOS 2 puts the clamp there (docs/edgeos.md 'The kernel'). */
const clampChains = ['UBNT_FW_MSS_CLAMP', 'UBNT_FW_MSS_CLAMP_I'];

export function seenClamp(running: Tree, netfilter: Netfilter, family: Family): Seen {
  const path = ['firewall', 'options', family === 4 ? 'mss-clamp' : 'mss-clamp6'];
  const mss = value(running, [...path, 'mss']);
  const what =
    mss === undefined
      ? `MSS clamp for IPv${family} is gone from netfilter`
      : `MSS clamp ${mss} for IPv${family} in netfilter`;
  const mangle = netfilter.get('mangle');
  if (!clampChains.some(name => mangle?.has(name)))
    return { what, is: 'unknown', saw: `no chain ${clampChains[0]}` };
  const rules = clampChains
    .flatMap(name => mangle?.get(name) ?? [])
    .filter(({ target }) => target === 'TCPMSS');
  if (mss === undefined)
    return rules.length === 0 ? { what, is: 'there' } : { what, is: 'wrong', saw: rules[0]?.line ?? '' };
  const sizes = new Set(rules.map(({ more }) => /--set-mss (\d+)/.exec(more)?.[1] ?? more));
  if (!sizes.has(mss)) return { what, is: 'wrong', saw: [...sizes].join(', ') || 'no rule that sets it' };
  // which interface it is for stands in the rule of its type; the other types are somebody else's
  const isWg = values(running, [...path, 'interface-type']).some(type => type === 'wg' || type === 'all');
  const isForAll = rules.some(rule => rule.more.includes(`--set-mss ${mss}`) && isForTunnels(rule));
  if (!isWg || isForAll) return { what, is: 'there' };
  return { what, is: 'unknown', saw: `no rule names wg+: ${rules[0]?.line}` };
}

const isForTunnels = ({ conditions }: KernelRule): boolean => {
  const named = conditions.filter(one => /^!?(in|out)=/.test(one));
  return named.length === 0 || named.some(one => /=(wg|\+)/.test(one));
};

/** Vyatta's NAT gives each rule a comment of its number, `NAT-5010`; that EdgeOS does too is derived from its log's words. */
export function seenNat(running: Tree, netfilter: Netfilter, number: string): Seen {
  const path = ['service', 'nat', 'rule', number];
  const node = running.children
    .get('service')
    ?.children.get('nat')
    ?.children.get('rule')
    ?.children.get(number);
  const isWanted = node !== undefined && !node.children.has('disable');
  const what = isWanted ? `NAT rule ${number} in netfilter` : `NAT rule ${number} is gone from netfilter`;
  const table = netfilter.get('nat');
  if (table === undefined) return { what, is: 'unknown', saw: 'no such table' };
  const rules = [...table.values()].flat();
  const own = rules.filter(
    ({ comment }) => comment === `NAT-${number}` || comment.startsWith(`NAT-${number} `),
  );
  if (!isWanted)
    return own.length === 0 ? { what, is: 'there' } : { what, is: 'wrong', saw: own[0]?.line ?? '' };
  if (own.length > 0) return { what, is: 'there' };
  const out = value(running, [...path, 'outbound-interface']);
  if (value(running, [...path, 'type']) === 'masquerade' && out !== undefined) {
    const masks = rules.filter(({ target }) => target === 'MASQUERADE');
    const found = masks.some(({ conditions }) => conditions.includes(`out=${out}`));
    return found
      ? { what, is: 'unknown', saw: `a rule masquerades at ${out}, but doesn't say of which number it is` }
      : { what, is: 'wrong', saw: `nothing masquerades at ${out}` };
  }
  const isNumbered = rules.some(({ comment }) => /^NAT-\d+/.test(comment));
  return { what, is: isNumbered ? 'wrong' : 'unknown', saw: 'no rule of this number' };
}
