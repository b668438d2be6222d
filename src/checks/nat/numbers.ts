// EW150, EW151: the numbers of NAT rules: one that is somebody else's, and one that the file manages and that holds a rule of another
// purpose.
import { natRule } from '../../objects/nat.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { ForeignNatRule } from '../../plan/types/observation.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { managesNatRule } from '../../site/manages.ts';
import type { SitePath } from '../../site/site.ts';
import { isWireguard } from '../../vyatta/interfaces.ts';
import type { Tree } from '../../vyatta/tree.ts';
import { finding, onRouter, viewOf } from '../view.ts';

export const natNumbers: Check = {
  explanations: {
    EW150: {
      title: 'the number of a NAT rule belongs to somebody else',
      ignorable: true,
      why: `Setting a rule under a number that is taken doesn't replace the rule there, it merges with it: the home's masquerade would get the
        source of the tunnel's clients, and nobody else would reach the internet. So edgewg takes a rule that is there for its own only
        when it is about the same tunnel, or the same but for its description.`,
      way: `Take a free number; the finding names one. If the rule there is to go, list its number under manages.natRules: then the file
        decides what stands there, and the plan shows what it deletes.`,
    },
    EW151: {
      title: 'a managed number holds a NAT rule of another purpose',
      why: `manages.natRules makes the numbers the file's as a whole: what the file doesn't want there goes. The rule that is there now is about
        no tunnel: most often it is the home's own way to the internet.`,
      way: `Look at the rule. If it is still needed, take another number, or leave this one out of manages.natRules. If it may go, say so:
        # edgewg-ignore EW151: REASON.`,
    },
  },
  find: input => [
    ...input.observed.flatMap(seen => (seen.kind === 'foreign-nat-rule' ? foreign(input, seen) : [])),
    ...natRule.names(input.running).flatMap(number => managed(input, number)),
  ],
};

/** `masquerade out of eth0, masquerade for WAN`. */
export function tellNat(tree: Tree, number: string): string {
  const out = natRule.value(tree, 'outboundInterface', number);
  const into = natRule.value(tree, 'inboundInterface', number);
  const type = natRule.value(tree, 'type', number) ?? 'no type';
  const way = out !== undefined ? ` out of ${out}` : into !== undefined ? ` in by ${into}` : '';
  const description = natRule.value(tree, 'description', number);
  return `${type}${way}${description === undefined ? '' : `, ${description}`}`;
}

function foreign(input: CheckInput, { at, path, free }: ForeignNatRule): Finding {
  const number = path.at(-1) ?? '';
  return finding(input, at, {
    code: 'EW150',
    severity: 'error',
    message: `NAT rule ${number} is somebody else's (${tellNat(input.running, number)})`,
    hint: `take ${free === undefined ? 'another number' : `${free}, which is free`}, or list ${number} under manages.natRules to replace it`,
    running: onRouter(input, path),
  });
}

function managed(input: CheckInput, number: string): Finding[] {
  const { site, running, after } = input;
  if (!managesNatRule(site, Number(number)) || isOfTunnel(input, number)) return [];
  if (natRule.has(after, number) && tellPurpose(running, number) === tellPurpose(after, number)) return [];
  const said = site.nat.find(one => one.number === Number(number));
  const at: SitePath = said?.at ?? [...site.manages.at, 'natRules'];
  return [
    finding(input, at, {
      code: 'EW151',
      severity: 'warning',
      message: `NAT rule ${number} (${tellNat(running, number)}) ${said === undefined ? 'is deleted' : "gives way to the file's"}: the file manages the number`,
      hint: `take another number, if the rule is still needed${said === undefined ? ', or leave this one out of manages.natRules' : ''}`,
      running: onRouter(input, natRule.path(number)),
    }),
  ];
}

const interfaceKeys = ['outboundInterface', 'inboundInterface'] as const;

const isOfTunnel = (input: CheckInput, number: string): boolean =>
  interfaceKeys.some(key => {
    const name = natRule.value(input.running, key, number) ?? '';
    return isWireguard(viewOf(input).before.iface(name));
  });

const tellPurpose = (tree: Tree, number: string): string =>
  (['type', ...interfaceKeys, 'source.address', 'destination.address', 'destination.port'] as const)
    .map(key => natRule.value(tree, key, number) ?? '')
    .join(' ');
