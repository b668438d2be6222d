// EW120 and EW121: the names of rulesets. IPv4's and IPv6's (and those that modify) share one namespace, and what an
// interface or a zone names must be there after the plan (docs/edgeos.md 'Rulesets'): EdgeOS refuses both at commit.

import { type Stage, usesOf } from '../../model/firewall/attached.ts';
import { hasAt, nodesByName, pathAt, rulesetNodes, tellNode } from '../../model/firewall/namespace.ts';
import { rulesetPath } from '../../model/firewall/ruleset.ts';
import { familyName } from '../../model/firewall/words.ts';
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { SitePath } from '../../site/site.ts';
import { has, type Tree } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { families, finding, onRouter, viewOf } from '../view.ts';

export const sharedNames: Check = {
  explanations: {
    EW120: {
      title: 'one name for two rulesets',
      why: `firewall name, ipv6-name, modify and ipv6-modify share one namespace. EdgeOS refuses the second ruleset of a name at
      commit, and keeps the rest of that commit.`,
      way: 'Rename one of them. EdgeOS itself writes WAN_LOCAL for IPv4 and WANv6_LOCAL for IPv6.',
    },
  },
  find(input) {
    return [...nodesByName(input.after)].flatMap(([name, found]) => {
      if (found.length < 2) return [];
      const ours = input.site.rulesets.find(ruleset => ruleset.name === name);
      const other = found.find(node => !hasAt(input.wanted, node, name)) ?? found[0] ?? 'name';
      return finding(input, ours?.at ?? placeOfUplink(input, name), {
        code: 'EW120',
        severity: 'error',
        message: `${name} would be ${found.map(tellNode).join(' and ')}: EdgeOS has one namespace for all of them`,
        hint: `give one of them another name, such as ${otherName(input.after, name)}`,
        running: onRouter(input, pathAt(other, name)),
      });
    });
  },
};

const placeOfUplink = (input: CheckInput, name: string): SitePath => {
  const { ipv4 } = input.site.uplink.rulesets;
  return ['uplink', 'rulesets', ipv4 === name ? 'ipv4' : 'ipv6'];
};

/** WAN_LOCAL's IPv6 counterpart is WANv6_LOCAL in EdgeOS's own wizards. */
function otherName(tree: Tree, name: string): string {
  const [head, ...rest] = name.split('_');
  const proposal = [`${head}v6`, ...rest].join('_');
  return rulesetNodes.some(node => hasAt(tree, node, proposal)) ? `${name}-6` : proposal;
}

/** What is named and isn't there. An error where the plan is to blame; what was so before is a note. */
export const missingRulesets: Check = {
  explanations: {
    EW121: {
      title: "a ruleset is attached that isn't there",
      why: `An interface or a zone names a ruleset that the configuration doesn't have after the plan, or has in the other
      family only. EdgeOS refuses the commit: 'Rule set X is not configured', or 'still in use' when it is deleted.`,
      way: 'Define it under rulesets with the right family, name another, or detach it first.',
    },
  },
  find(input) {
    const { after } = viewOf(input);
    return families.flatMap(family =>
      usesOf(after.tree, after.ifaces, family)
        .filter(use => !has(after.tree, rulesetPath(family, use.name)))
        .map(use => missing(input, use, family)),
    );
  },
};

function missing(input: CheckInput, use: Stage, family: Family): Finding {
  const other = rulesetNodes.find(node => hasAt(input.after, node, use.name));
  const deleted = has(input.running, rulesetPath(family, use.name));
  const wasSo = !deleted && has(input.running, [...use.path, use.name]);
  const why =
    other !== undefined
      ? `which is ${tellNode(other)}`
      : deleted
        ? 'which the plan deletes'
        : "which isn't there";
  return finding(input, placeOfUse(input, use, family), {
    code: 'EW121',
    severity: wasSo ? 'note' : 'error',
    message: `${use.path.join(' ')} names ${use.name} for ${familyName(family)}, ${why}`,
    hint: deleted
      ? `keep the ruleset, or detach it there first: delete ${use.path.join(' ')}`
      : `define ${use.name} under rulesets with family: ipv${family}, or name one that is on the router`,
    running: onRouter(input, [...use.path, use.name]),
  });
}

/** The line of the file that attaches it; for a use that is somebody else's, the one that takes the ruleset away. */
function placeOfUse({ site }: CheckInput, use: Stage, family: Family): SitePath {
  const found = tunnelKind.match(use.path);
  const [, direction = ''] = found?.below ?? [];
  const tunnel = site.tunnels.find(one => one.name === found?.instance[0]);
  if (tunnel !== undefined) return [...tunnel.at, 'firewall', direction, `ipv${family}`];
  const gone = site.absent.rulesets.indexOf(use.name);
  return gone === -1 ? ['rulesets', use.name] : [...site.absent.at, 'rulesets', gone];
}
