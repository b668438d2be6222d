// The rules that open the listen ports in the uplink's rulesets, and the rulesets that are ours as a whole.

import { anywhere, freeNumber, newUdp } from '../../model/firewall/port.ts';
import { only } from '../../model/firewall/ranges.ts';
import { readRuleset } from '../../model/firewall/ruleset.ts';
import { managesRule } from '../../site/manages.ts';
import type { Match, OpenPort, PerFamily, Rule, Ruleset, Site, SitePath, Tunnel } from '../../site/site.ts';
import { find, type Tree, value } from '../../vyatta/tree.ts';
import type { Wanted } from './builder.ts';

type FamilyName = keyof PerFamily<unknown>;
const rulesetNode = { ipv4: 'name', ipv6: 'ipv6-name' } as const;

/** The rule numbers by family: with one number for 'as needed', IPv4 always, IPv6 when an endpoint may speak it. */
function ruleNumbers(openPort: OpenPort, tunnel: Tunnel): PerFamily<number> {
  const needsIpv6 = tunnel.peers.length === 0 || tunnel.peers.some(peer => peer.endpoint?.family !== 4);
  if (!openPort.asNeeded || needsIpv6) return openPort;
  return openPort.ipv4 === undefined ? {} : { ipv4: openPort.ipv4 };
}

export function wantOpenPort(wanted: Wanted, site: Site, running: Tree, tunnel: Tunnel): void {
  const { openPort, listenPort } = tunnel;
  if (openPort === undefined || listenPort === undefined) return;
  const numbers = ruleNumbers(openPort, tunnel);
  for (const family of ['ipv4', 'ipv6'] as const) {
    const number = numbers[family];
    if (number === undefined) continue;
    const ruleset = site.uplink.rulesets[family];
    if (ruleset === undefined) {
      wanted.observe({
        kind: 'no-ruleset',
        at: openPort.at,
        tunnel: tunnel.name,
        family,
        number,
        port: listenPort,
      });
      continue;
    }
    wantRule(wanted, site, running, tunnel, { family, ruleset, number, port: listenPort, at: openPort.at });
  }
}

interface PortRule {
  readonly family: FamilyName;
  readonly ruleset: string;
  readonly number: number;
  readonly port: number;
  readonly at: SitePath;
}

function wantRule(wanted: Wanted, site: Site, running: Tree, tunnel: Tunnel, rule: PortRule): void {
  const path = ['firewall', rulesetNode[rule.family], rule.ruleset, 'rule', String(rule.number)];
  const there = find(running, path);
  const managed = managesRule(site, rule.ruleset, rule.number);
  if (there !== undefined && !managed && !opens(there, rule.port)) {
    const { at, port } = rule;
    wanted.observe({ kind: 'foreign-rule', at, path, port, free: freeNumberFor(site, running, rule) });
    return;
  }
  wanted.set([...path, 'action', 'accept'], rule.at);
  wanted.set([...path, 'protocol', (there && udpWord(there)) ?? 'udp'], rule.at);
  wanted.set([...path, 'destination', 'port', String(rule.port)], rule.at);
  // a description that nobody asked for is not imposed on a rule that has one
  const description = (there && value(there, ['description'])) ?? `WireGuard ${tunnel.name}`;
  wanted.set([...path, 'description', description], rule.at);
}

/** UDP has a name and a number; whichever is there stays. */
function udpWord(rule: Tree): string | undefined {
  const protocol = value(rule, ['protocol']);
  return protocol === '17' ? protocol : undefined;
}

/** Same action, protocol and destination port: a rule that does the job, whoever made it. */
function opens(rule: Tree, port: number): boolean {
  return (
    value(rule, ['action']) === 'accept' &&
    ['udp', '17'].includes(value(rule, ['protocol']) ?? '') &&
    Number(value(rule, ['destination', 'port'])) === port
  );
}

/** The next number that nobody has, and before which nothing refuses what the rule would accept. */
function freeNumberFor(site: Site, running: Tree, rule: PortRule): number | undefined {
  const family = rule.family === 'ipv4' ? 4 : 6;
  const ruleset = readRuleset(running, family, rule.ruleset);
  const taken = site.tunnels.flatMap(tunnel => tunnel.openPort?.[rule.family] ?? []);
  const packets = newUdp(anywhere(family), only(rule.port));
  return ruleset && freeNumber(ruleset, packets, rule.number, number => taken.includes(number));
}

export function wantRuleset(wanted: Wanted, ruleset: Ruleset): void {
  const path = ['firewall', ruleset.family === 4 ? 'name' : 'ipv6-name', ruleset.name];
  wanted.set([...path, 'default-action', ruleset.default], [...ruleset.at, 'default']);
  if (ruleset.description !== undefined)
    wanted.set([...path, 'description', ruleset.description], [...ruleset.at, 'description']);
  if (ruleset.log) wanted.set([...path, 'enable-default-log'], [...ruleset.at, 'log']);
  for (const rule of ruleset.rules)
    for (const words of ruleWords(rule, ruleset.family))
      wanted.set([...path, 'rule', String(rule.number), ...words], rule.at);
}

/** A rule in EdgeOS's words. */
function* ruleWords(rule: Rule, family: 4 | 6): Generator<string[]> {
  yield ['action', rule.action];
  if (rule.description !== undefined) yield ['description', rule.description];
  if (rule.disable) yield ['disable'];
  if (rule.log) yield ['log', 'enable'];
  if (rule.protocol !== undefined) yield ['protocol', rule.protocol];
  for (const state of rule.state) yield ['state', state, 'enable'];
  if (rule.source !== undefined) yield* matchWords('source', rule.source, family);
  if (rule.destination !== undefined) yield* matchWords('destination', rule.destination, family);
  const box = family === 4 ? 'icmp' : 'icmpv6';
  if (rule.icmp === undefined) return;
  if ('typeName' in rule.icmp) {
    yield [box, family === 4 ? 'type-name' : 'type', rule.icmp.typeName];
    return;
  }
  yield [box, 'type', String(rule.icmp.type)];
  if (rule.icmp.code !== undefined) yield [box, 'code', String(rule.icmp.code)];
}

function* matchWords(end: 'source' | 'destination', match: Match, family: 4 | 6): Generator<string[]> {
  if (match.address !== undefined) yield [end, 'address', match.address];
  if (match.port !== undefined) yield [end, 'port', match.port];
  if (match.macAddress !== undefined) yield [end, 'mac-address', match.macAddress];
  const prefix = family === 4 ? '' : 'ipv6-';
  if (match.group?.address !== undefined) yield [end, 'group', `${prefix}address-group`, match.group.address];
  if (match.group?.network !== undefined) yield [end, 'group', `${prefix}network-group`, match.group.network];
  if (match.group?.port !== undefined) yield [end, 'group', 'port-group', match.group.port];
}
