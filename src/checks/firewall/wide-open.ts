// EW340 to EW342: what is open although rulesets are there: a rule for every port, a default that accepts, a tunnel's ruleset
// that lets everything pass. Where there is no ruleset at all is reported by EW105 and EW122.

import { attachedTo, type Stage, stagesToRouter } from '../../model/firewall/attached.ts';
import { allAddresses } from '../../model/firewall/conditions.ts';
import { type Packets, states } from '../../model/firewall/packets.ts';
import { askStages } from '../../model/firewall/passing.ts';
import { anywhere } from '../../model/firewall/port.ts';
import { difference, holds, only, type Ranges } from '../../model/firewall/ranges.ts';
import { rulesetPath } from '../../model/firewall/ruleset.ts';
import { type Part, passage, passes } from '../../model/firewall/verdict.ts';
import { familyName, tellDecider } from '../../model/firewall/words.ts';
import { ruleset } from '../../objects/ruleset.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { managesInterface } from '../../site/manages.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { families, finding, onRouter, type Uplink, viewOf } from '../view.ts';
import { sendersOf } from './home-reach.ts';

const size = (set: Ranges): bigint => set.reduce((sum, [first, last]) => sum + last - first + 1n, 0n);

/** Half of all there is: a rule for a range of ports, or for a provider's addresses, is somebody's choice. */
const isMost = (set: Ranges | undefined, all: Ranges): boolean =>
  set === undefined || size(set) * 2n > size(all);

const ports: Ranges = [[0n, 65_535n]];

/** `TCP` or `UDP`; both where a rule is for both. */
const kindOf = ({ packets }: Part): string =>
  [
    [6n, 'TCP'],
    [17n, 'UDP'],
  ]
    .filter(([number]) => holds(packets.protocol ?? only(6, 17), number as bigint))
    .map(([, name]) => name)
    .join(' and ');

/** Multicast is nobody's port: 224.0.0.0/4 (RFC 5771), ff00::/8 (RFC 4291). */
const unicast: Readonly<Record<Family, Ranges>> = {
  4: difference(allAddresses(4), [[0xe0n << 24n, (0xf0n << 24n) - 1n]]),
  6: difference(allAddresses(6), [[0xffn << 120n, (1n << 128n) - 1n]]),
};

/** New TCP and UDP connections from the internet to the router's own addresses, or where they come by DHCP to any. */
const fromInternet = (family: Family, own: Ranges): Packets & { destination: Ranges } => ({
  state: only(states.new),
  protocol: only(6, 17),
  source: anywhere(family),
  destination: own.length > 0 ? own : unicast[family],
});

export const openToAll: Check = {
  explanations: {
    EW340: {
      title: 'a rule lets everybody on the internet reach every port of the router',
      why: `The rule accepts new connections from anywhere to most of the ports: SSH, the GUI and DNS with them. It often comes from
      a rule for one port that was merged into another one of the same number, or that lost its destination port.`,
      way: `Give the rule the protocol and the destination port that it is meant for. If the router is meant to be open, say why:
      # edgewg-ignore EW340: REASON.`,
    },
    EW341: {
      title: 'what no rule names is accepted from the internet',
      why: `The ruleset that guards the router where it faces the internet has default-action accept: every port is open that no
      rule closes. Then the rule that opens the port of a tunnel says nothing, and what a later service listens on is open too.`,
      way: `set firewall name WAN_LOCAL default-action drop, with rules before it that accept established and related packets, and in
      IPv6 ICMPv6 and DHCPv6.`,
    },
  },
  find(input) {
    if (input.site.tunnels.length === 0) return [];
    const told = new Map<string, Finding>();
    for (const family of families)
      for (const uplink of viewOf(input).after.wan(family))
        for (const part of openParts(input, uplink, family)) {
          const found = tell(input, uplink, family, part);
          if (!told.has(found.message)) told.set(found.message, found);
        }
    return [...told.values()];
  },
};

function openParts(input: CheckInput, { iface, own }: Uplink, family: Family): Part[] {
  const { after } = viewOf(input);
  const stages = stagesToRouter(after.tree, iface, family);
  if (stages.length === 0) return [];
  const question = fromInternet(family, own);
  // a rule for one port leaves its port alone as a part, and so does each of a thousand
  const isWide = ({ destinationPort, destination, source }: Packets): boolean =>
    isMost(destinationPort, ports) &&
    isMost(destination, question.destination) &&
    isMost(source, anywhere(family));
  return askStages(after.firewall, stages, family, question, isWide).filter(
    part => passes(part) === 'yes' && isWide(part.packets),
  );
}

function tell(input: CheckInput, { iface }: Uplink, family: Family, part: Part): Finding {
  const { decider } = part;
  const name = family === 4 ? 'ipv4' : 'ipv6';
  const at = ['uplink', 'rulesets', name];
  if (decider.kind === 'rule')
    return finding(input, at, {
      code: 'EW340',
      severity: 'warning',
      message: `${tellDecider(part)} lets everybody reach every ${kindOf(part)} port of the router over ${familyName(family)} at ${iface.name}`,
      hint: 'give the rule the destination port that it is meant for',
      running: onRouter(input, [
        ...rulesetPath(family, decider.ruleset),
        'rule',
        String(decider.rule.number),
      ]),
    });
  return finding(input, at, {
    code: 'EW341',
    severity: 'warning',
    message: `${tellDecider(part)} lets everybody reach what no rule closes over ${familyName(family)} at ${iface.name}`,
    hint: 'make the default drop, with rules before it for established and related packets',
    running: onRouter(
      input,
      decider.kind === 'default' ? ruleset.leaf('default', family, decider.ruleset) : iface.path,
    ),
  });
}

export const openTunnels: Check = {
  explanations: {
    EW342: {
      title: 'the rulesets of a tunnel let everything pass',
      why: `A ruleset is attached, but it accepts every new connection that the peers may send: it is as if there were none.`,
      way: `Let its default be drop and name what the peers need, or say why all of it is needed: unfiltered: REASON.`,
    },
  },
  find(input) {
    const { before, after } = viewOf(input);
    return input.site.tunnels.flatMap(tunnel => {
      const iface = after.iface(tunnel.name);
      if (iface === undefined || tunnel.disable || tunnel.unfiltered !== undefined) return [];
      // as with EW122: the file only adds to somebody else's interface
      const isForeign = before.iface(tunnel.name) !== undefined && !managesInterface(input.site, tunnel.name);
      return families.flatMap(family => {
        const source = sendersOf(after, tunnel.name, family);
        if (source.length === 0) return [];
        const through = attachedTo(iface, 'in', family);
        const ways: [string, readonly Stage[]][] = [
          ['every network behind the router', through === undefined ? [] : [through]],
          ['every port of the router itself', stagesToRouter(after.tree, iface, family)],
        ];
        return ways.flatMap(([what, stages]) => {
          if (stages.length === 0) return [];
          const parts = askStages(after.firewall, stages, family, { state: only(states.new), source });
          if (passage(parts) !== 'all') return [];
          const by = [...new Set(parts.map(tellDecider))].join(', ');
          return finding(input, [...tunnel.at, 'firewall'], {
            code: 'EW342',
            severity: isForeign ? 'note' : 'warning',
            message: `${tunnel.name}: its peers reach ${what} over ${familyName(family)}: ${by} lets everything pass`,
            hint: 'let the default of the ruleset be drop, or say why not with unfiltered: REASON',
            running: onRouter(input, iface.path),
          });
        });
      });
    });
  },
};
