// EW001, EW002, EW006: the rules that `openPort` asks for and that can't be: no ruleset is named, the one that is isn't there, or the
// number is somebody else's.
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { ForeignRule, MissingRuleset, NoRuleset } from '../../plan/types/observation.ts';
import type { Finding, SiteEdit } from '../../plan/types/plan.ts';
import type { Tunnel } from '../../site/site.ts';
import { find, value } from '../../vyatta/tree.ts';
import { siteFix } from '../fix.ts';
import { finding, onRouter } from '../view.ts';
import { numbered } from './need.ts';

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
    EW006: {
      title: 'the ruleset to open a port in is not on the router',
      why: `uplink.rulesets names a ruleset that neither the router nor the file has. Setting a rule in it would make it, with that rule
        alone and default-action drop. Attached to the uplink such a ruleset drops every reply to what the router itself sends:
        DNS, NTP, updates, and the tunnels that it opens. So edgewg doesn't make it on the way.`,
      way: `Name the ruleset that is attached to the uplink (firewall local). If there is none, the port is open already, as everything
        else is (EW105): write a whole ruleset under rulesets, or make one by the router's wizard.`,
    },
  },
  find: input =>
    input.observed.flatMap(seen => {
      if (seen.kind === 'no-ruleset') return noRuleset(input, seen);
      if (seen.kind === 'missing-ruleset') return missingRuleset(input, seen);
      return seen.kind === 'foreign-rule' ? foreignRule(input, seen) : [];
    }),
};

function noRuleset(input: CheckInput, { at, tunnel, family, port }: NoRuleset): Finding {
  const other = family === 'ipv4' ? 'ipv6' : 'ipv4';
  // of two families that both lack a ruleset neither is the way out
  const said = input.site.tunnels.find(one => one.name === tunnel)?.openPort?.[other];
  const alone = input.site.uplink.rulesets[other] === undefined ? undefined : said;
  return finding(input, at, {
    code: 'EW001',
    severity: 'warning',
    message: `${tunnel} may be reached over ${family === 'ipv4' ? 'IPv4' : 'IPv6'}, but uplink.rulesets names no ${family} ruleset: no rule opens port ${port} there`,
    hint: `name the ruleset under uplink.rulesets.${family}${alone === undefined ? '' : `, or say openPort: { ${other}: ${alone} } alone`}`,
    ...(alone !== undefined && {
      fix: { kind: 'site', edits: [{ path: at, value: { [other]: alone } }] },
    }),
  });
}

function missingRuleset(input: CheckInput, seen: MissingRuleset): Finding {
  const { tunnel, family, ruleset, port, attached } = seen;
  const [first] = attached;
  const at = ['uplink', 'rulesets', family];
  return finding(input, at, {
    code: 'EW006',
    severity: 'error',
    message: `the router has no ${family === 'ipv4' ? 'IPv4' : 'IPv6'} ruleset ${ruleset}, in which port ${port} of ${tunnel} is to be opened: made of that rule alone it would drop every reply as soon as it is attached`,
    ...(first === undefined
      ? {
          hint: `write the whole ruleset under rulesets (established and related packets first), or take openPort out`,
        }
      : {
          hint: `name the one that guards the router there: ${attached.join(' or ')}`,
          ...(attached.length === 1 && { fix: { kind: 'site', edits: [{ path: at, value: first }] } }),
        }),
  });
}

/** All of a tunnel's rules that can't be where they should, at free numbers. */
function moved({ observed }: CheckInput, tunnel: Tunnel): SiteEdit[] {
  const taken = observed
    .filter(one => one.kind === 'foreign-rule')
    .filter(one => one.at === tunnel.openPort?.at);
  if (taken.some(({ free }) => free === undefined)) return [];
  const numbers = taken.map(({ path, free }) => [path[1] === 'name' ? 4 : 6, free ?? 0] as const);
  return [numbered(tunnel, ...numbers)];
}

function foreignRule(input: CheckInput, { at, path, port, free }: ForeignRule): Finding {
  const [, , ruleset = '', , number] = path;
  const there = find(input.running, path);
  const opener = input.site.tunnels.find(one => one.openPort?.at === at);
  const what = ['action', 'protocol', 'description']
    .map(leaf => there && value(there, [leaf]))
    .filter(text => text !== undefined);
  return finding(input, at, {
    code: 'EW002',
    severity: 'error',
    message: `rule ${number} of ${ruleset} is somebody else's (${what.join(', ') || 'no action'}); port ${port} can't be opened there`,
    hint: `take ${free === undefined ? 'another ruleset: no free number comes before what refuses it' : `${free}, which is free`}, or list ${number} under manages.firewallRules.${ruleset} to replace it`,
    ...(opener !== undefined && free !== undefined ? siteFix(...moved(input, opener)) : {}),
    running: onRouter(input, path),
  });
}
