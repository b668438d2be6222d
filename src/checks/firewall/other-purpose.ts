// EW005: a rule that the file manages by its number, and that does something else than opening a tunnel's port.
import { rule } from '../../objects/ruleset.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { managesRule } from '../../site/manages.ts';
import type { SitePath } from '../../site/site.ts';
import { type Path, type Tree, value } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { families, finding, onRouter } from '../view.ts';

export const otherPurpose: Check = {
  explanations: {
    EW005: {
      title: 'a managed number holds a rule of another purpose',
      why: `manages.firewallRules makes the numbers the file's as a whole: what the file doesn't want there goes. The rule that is there
        now opens no tunnel's port: it lets somebody in by SSH, or drops something. Most often a person made it, and nobody asked
        whether it may go.`,
      way: `Look at the rule. If it is still needed, take another number for openPort.rule, or leave this one out of manages. If it may go,
        say so: # edgewg-ignore EW005: REASON.`,
    },
  },
  find(input) {
    const { site, running, after } = input;
    return families.flatMap(family => {
      return [...site.manages.firewallRules.keys()].flatMap(ruleset => {
        // a ruleset that the file has as a whole is told as such
        if (site.rulesets.some(one => one.name === ruleset)) return [];
        return rule.names(running, family, ruleset).flatMap(number => {
          const before = rule.node(running, family, ruleset, number);
          if (before === undefined || !managesRule(site, ruleset, Number(number))) return [];
          if (opensUdp(before) || isSame(before, rule.node(after, family, ruleset, number))) return [];
          return told(input, { family, ruleset, number }, before);
        });
      });
    });
  },
};

/** What such a number is for: a port of UDP that is accepted, or was. */
const opensUdp = (rule: Tree): boolean =>
  value(rule, ['action']) === 'accept' &&
  ['udp', '17'].includes(value(rule, ['protocol']) ?? '') &&
  value(rule, ['destination', 'port']) !== undefined;

const purpose: readonly Path[] = [
  ['action'],
  ['protocol'],
  ['destination', 'port'],
  ['source', 'address'],
  ['destination', 'address'],
];

const isSame = (before: Tree, after: Tree | undefined): boolean =>
  after !== undefined && purpose.every(leaf => value(before, leaf) === value(after, leaf));

interface Numbered {
  readonly family: Family;
  readonly ruleset: string;
  readonly number: string;
}

function told(input: CheckInput, { family: version, ruleset, number }: Numbered, before: Tree): Finding {
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const opener = input.site.tunnels.find(
    ({ openPort }) => openPort?.[family] === Number(number) && input.site.uplink.rulesets[family] === ruleset,
  );
  const at: SitePath = opener?.openPort?.at ?? [...input.site.manages.at, 'firewallRules', ruleset];
  const port = value(before, ['destination', 'port']);
  const words = [
    value(before, ['action']),
    value(before, ['protocol']),
    port === undefined ? undefined : `port ${port}`,
    value(before, ['description']),
  ].filter(word => word !== undefined);
  return finding(input, at, {
    code: 'EW005',
    severity: 'warning',
    message: `rule ${number} of ${ruleset} (${words.join(', ') || 'no action'}) ${opener === undefined ? 'is deleted' : `gives way to the port of ${opener.name}`}: the file manages the number`,
    hint: `take another number${opener === undefined ? ', or leave this one out of manages.firewallRules' : ' for openPort.rule'}, if the rule is still needed`,
    running: onRouter(input, rule.path(version, ruleset, number)),
  });
}
