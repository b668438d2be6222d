// The rules that open the listen ports of tunnels in the uplink's rulesets.
import { stagesToRouter } from '../model/firewall/attached.ts';
import { anywhere, freeNumber, newUdp } from '../model/firewall/port.ts';
import { only } from '../model/firewall/ranges.ts';
import { readRuleset } from '../model/firewall/ruleset.ts';
import { type Facing, facingWan } from '../model/firewall/wan.ts';
import { routingOf } from '../model/routing/routing.ts';
import { managesRule } from '../site/manages.ts';
import type { OpenPort, PerFamily, Site, SitePath, Tunnel } from '../site/site.ts';
import type { Tree } from '../vyatta/tree.ts';
import { type Family, parsePrefix } from '../wireguard/prefix.ts';
import type { Draft } from './draft.ts';
import { portRuleName, rule, ruleset } from './ruleset.ts';
import { tunnel } from './tunnel.ts';
import type { Wanted } from './wanted.ts';

const families = [
  { name: 'ipv4', family: 4 },
  { name: 'ipv6', family: 6 },
] as const;

/** The rule numbers by family: with one number for 'as needed', IPv4 always, IPv6 when an endpoint may speak it. */
function ruleNumbers(openPort: OpenPort, { peers }: Tunnel): PerFamily<number> {
  const needsIpv6 = peers.length === 0 || peers.some(peer => peer.endpoint?.family !== 4);
  if (!openPort.asNeeded || needsIpv6) return openPort;
  return openPort.ipv4 === undefined ? {} : { ipv4: openPort.ipv4 };
}

export function wantOpenPort(wanted: Wanted, site: Site, said: Tunnel): void {
  const { openPort, listenPort: port, name: tunnelName } = said;
  if (openPort === undefined || port === undefined) return;
  const { at } = openPort;
  const numbers = ruleNumbers(openPort, said);
  for (const { name, family } of families) {
    const number = numbers[name];
    if (number === undefined) continue;
    const into = site.uplink.rulesets[name];
    if (into === undefined)
      wanted.observe({ kind: 'no-ruleset', at, tunnel: tunnelName, family: name, number, port });
    else if (isDefined(wanted.running, site, family, into))
      wantRule(wanted, site, { family, ruleset: into, number, port, at }, tunnelName);
    else {
      const attached = uplinkRulesets(wanted.running, family);
      wanted.observe({
        kind: 'missing-ruleset',
        at,
        tunnel: tunnelName,
        family: name,
        ruleset: into,
        port,
        attached,
      });
    }
  }
}

/** A ruleset that nobody has would be one of our rules alone, which drops every reply: it is never made on the way. */
const isDefined = (running: Tree, { rulesets, absent }: Site, family: Family, name: string): boolean =>
  rulesets.some(one => one.name === name && one.family === family) ||
  (ruleset.has(running, family, name) && !absent.rulesets.includes(name));

interface PortRule {
  readonly family: Family;
  readonly ruleset: string;
  readonly number: number;
  readonly port: number;
  readonly at: SitePath;
}

function wantRule(wanted: Wanted, site: Site, opens: PortRule, name: string): void {
  const { running } = wanted;
  const { family, ruleset, number, port, at } = opens;
  const instance = [family, ruleset, String(number)] as const;
  const isThere = rule.has(running, ...instance);
  if (isThere && !managesRule(site, ruleset, number) && !doesOpen(running, instance, port)) {
    const path = rule.path(...instance);
    wanted.observe({ kind: 'foreign-rule', at, path, port, free: freeNumberFor(site, running, opens) });
    return;
  }
  const protocol = rule.value(running, 'protocol', ...instance);
  // a description that nobody asked for is not imposed on a rule that has one
  const description = rule.value(running, 'description', ...instance) ?? portRuleName(name);
  wanted.set([...rule.leaf('action', ...instance), 'accept'], at);
  // UDP has a name and a number; whichever is there stays
  wanted.set([...rule.leaf('protocol', ...instance), protocol === '17' ? protocol : 'udp'], at);
  wanted.set([...rule.leaf('destination.port', ...instance), String(port)], at);
  wanted.set([...rule.leaf('description', ...instance), description], at);
}

/** Same action, protocol and destination port: a rule that does the job, whoever made it. */
function doesOpen(
  tree: Tree,
  instance: readonly [family: Family, ruleset: string, number: string],
  port: number,
): boolean {
  return (
    rule.value(tree, 'action', ...instance) === 'accept' &&
    ['udp', '17'].includes(rule.value(tree, 'protocol', ...instance) ?? '') &&
    Number(rule.value(tree, 'destination.port', ...instance)) === port
  );
}

/** The next number that nobody has, and before which nothing refuses what the rule would accept. */
function freeNumberFor(site: Site, running: Tree, { family, ruleset, port, number }: PortRule) {
  const read = readRuleset(running, family, ruleset);
  const taken = site.tunnels.flatMap(one => one.openPort?.[family === 4 ? 'ipv4' : 'ipv6'] ?? []);
  const packets = newUdp(anywhere(family), only(port));
  return read && freeNumber(read, packets, number, one => taken.includes(one));
}

/** Which rulesets guard the router where the internet begins; each once, those of the best default route first. */
export function uplinkRulesets(running: Tree, family: Family): string[] {
  const facing = facingWan(running, family);
  const all = parsePrefix(family === 4 ? '0.0.0.0/0' : '::/0');
  const best =
    all === undefined
      ? []
      : routingOf(running)
          .main.best(all)
          .flatMap(({ out }) => out ?? []);
  const isBest = ({ iface }: Facing): boolean => best.includes(iface.name);
  const found = [...facing.filter(isBest), ...facing.filter(one => !isBest(one))].flatMap(({ iface }) =>
    stagesToRouter(running, iface, family).flatMap(stage => (stage.kind === 'ruleset' ? [stage.name] : [])),
  );
  return [...new Set(found)];
}

/** The uplink's rulesets, and for every tunnel the rules in them that open its port. */
export function draftPorts(draft: Draft, running: Tree): void {
  const ports = tunnel.names(running).flatMap(name => {
    const port = tunnel.value(running, 'listenPort', name);
    return port === undefined ? [] : [[name, Number(port)] as const];
  });
  for (const { name: word, family } of families) {
    const opened = uplinkRulesets(running, family).map(ruleset => {
      const rules = rule.names(running, family, ruleset).flatMap(number => {
        const name = ports.find(([, port]) => doesOpen(running, [family, ruleset, number], port))?.[0];
        return name === undefined ? [] : [{ name, number }];
      });
      return { ruleset, rules };
    });
    const best = opened.sort((a, b) => b.rules.length - a.rules.length)[0];
    if (best === undefined) continue;
    draft.set(['uplink', 'rulesets', word], best.ruleset);
    for (const { name, number } of best.rules)
      if (!draft.has(['tunnels', name, 'openPort', word]))
        draft.set(
          ['tunnels', name, 'openPort', word],
          Number(number),
          rule.path(family, best.ruleset, number),
        );
  }
}
