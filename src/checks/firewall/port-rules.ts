// EW001, EW002: the rules that `openPort` asks for and that can't be: no ruleset is named, or the number is somebody else's.
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { ForeignRule, NoRuleset } from '../../plan/types/observation.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { find, value } from '../../vyatta/tree.ts';
import { finding, onRouter } from '../view.ts';

export const portRules: Check = {
  explanations: {
    EW001: {
      title: 'no ruleset is named in which a listen port could be opened',
      why: `The tunnel has openPort, and a peer may come over a family of addresses for which uplink.rulesets names no
      ruleset. Without a rule the router drops the first packet of a peer that opens the connection. The tunnel may still
      come up when the router itself opens it, which looks like a fault that comes and goes.`,
      way: `Name the ruleset that guards the router on its uplink (firewall local of the WAN interface) under
      uplink.rulesets.ipv4 or .ipv6. If the peer never comes over that family, say so: openPort: { ipv4: 24 }.`,
    },
    EW002: {
      title: 'the wanted rule number belongs to somebody else',
      ignorable: true,
      why: `Setting a rule under a number that is taken doesn't replace the rule there, it merges with it: an accept rule for
      UDP merged into "drop invalid" accepts only invalid packets, and merged the other way round it may open the
      router. So edgewg adopts a rule only when action, protocol and destination port are already the wanted ones.`,
      way: `Take a free number for openPort.rule. If the rule there is a leftover that should go, list its number under
      manages.firewallRules: then the file decides what stands there, and the plan shows what it deletes.`,
    },
  },
  find: input =>
    input.observed.flatMap(seen => {
      if (seen.kind === 'no-ruleset') return noRuleset(input, seen);
      return seen.kind === 'foreign-rule' ? foreignRule(input, seen) : [];
    }),
};

function noRuleset(input: CheckInput, { at, tunnel, family, number, port }: NoRuleset): Finding {
  const other = family === 'ipv4' ? 'ipv6' : 'ipv4';
  return finding(input, at, {
    code: 'EW001',
    severity: 'warning',
    message: `${tunnel} may be reached over ${family === 'ipv4' ? 'IPv4' : 'IPv6'}, but uplink.rulesets names no ${family} ruleset: no rule opens port ${port} there`,
    hint: `name the ruleset under uplink.rulesets.${family}, or say openPort: { ${other}: ${number} } alone`,
  });
}

function foreignRule(input: CheckInput, { at, path, port, free }: ForeignRule): Finding {
  const [, , ruleset = '', , number] = path;
  const there = find(input.running, path);
  const what = ['action', 'protocol', 'description']
    .map(leaf => there && value(there, [leaf]))
    .filter(text => text !== undefined);
  return finding(input, at, {
    code: 'EW002',
    severity: 'error',
    message: `rule ${number} of ${ruleset} is somebody else's (${what.join(', ') || 'no action'}); port ${port} can't be opened there`,
    hint: `take ${free === undefined ? 'another ruleset: no free number comes before what refuses it' : `${free}, which is free`}, or list ${number} under manages.firewallRules.${ruleset} to replace it`,
    running: onRouter(input, path),
  });
}
