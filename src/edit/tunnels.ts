// Tunnels put into a site file and taken out of it again, as text.
import { type Answers, newTunnel } from '../import/initial-site.ts';
import { linesOf } from '../import/write.ts';
import { tunnel as tunnels } from '../objects/tunnel.ts';
import { loadSite } from '../site/load.ts';
import { managesInterface, managesNatRule, managesRule } from '../site/manages.ts';
import type { Site, Tunnel } from '../site/site.ts';
import { copyAlong, insert, type Path, type Tree } from '../vyatta/tree.ts';
import { withEntry, withoutEntry } from './blocks.ts';
import { withItem } from './lists.ts';
import { withAbsent } from './peers.ts';

/** The new text; throws `SiteProblems` where the file's rules refuse the tunnel. It is the file's as a whole, with its rules. */
export function addTunnel(text: string, file: string, running: Tree, answers: Answers): string {
  const { site } = loadSite(text, file);
  const { tunnel } = answers;
  const { data, rulesets, rules } = newTunnel(running, answers, site.uplink.rulesets);
  const at = ['tunnels', tunnel];
  let after = withEntry(text, { at, data, lines: linesOf(data, at) });
  for (const [family, ruleset] of Object.entries(rulesets))
    if (!Object.hasOwn(site.uplink.rulesets, family))
      after = withEntry(after, {
        at: ['uplink', 'rulesets', family],
        data: ruleset,
        lines: [`${family}: ${ruleset}`],
      });
  if (!managesInterface(site, tunnel)) after = withItem(after, ['manages', 'interfaces'], tunnel);
  for (const { ruleset, rule } of rules)
    if (!managesRule(site, ruleset, rule))
      after = withItem(after, ['manages', 'firewallRules', ruleset], String(rule));
  loadSite(after, file);
  return after;
}

export interface RemovedTunnel {
  readonly text: string;
  /** What had to be said under `absent`, since it isn't under `manages`: in words. */
  readonly absent: readonly string[];
}

/** Undefined where the file has no such tunnel. Throws `SiteProblems` where something else of the file needs it. */
export function removeTunnel(text: string, file: string, name: string): RemovedTunnel | undefined {
  const { site } = loadSite(text, file);
  const tunnel = site.tunnels.find(one => one.name === name);
  if (tunnel === undefined) return undefined;
  const absent: string[] = [];
  let after = withoutEntry(text, tunnel.at);
  if (!managesInterface(site, name)) {
    after = withAbsent(after, ['absent', 'tunnels'], name);
    absent.push(name);
  }
  for (const { ruleset, rule } of openedBy(site, tunnel)) {
    if (managesRule(site, ruleset, rule)) continue;
    after = withAbsent(after, ['absent', 'firewallRules', ruleset], String(rule));
    absent.push(`rule ${rule} of ${ruleset}`);
  }
  for (const { at, number } of natOf(site, name)) {
    after = withoutEntry(after, at);
    if (managesNatRule(site, number)) continue;
    after = withAbsent(after, ['absent', 'natRules'], String(number));
    absent.push(`NAT rule ${number}`);
  }
  loadSite(after, file);
  return { text: after, absent };
}

/** A configuration in which the names and ports of the file's tunnels are taken too. */
export function withSiteTunnels(running: Tree, site: Site): Tree {
  const paths = site.tunnels.map(({ name, listenPort }): Path => {
    const leaf = tunnels.leaf('listenPort', name);
    return listenPort === undefined ? tunnels.path(name) : [...leaf, String(listenPort)];
  });
  const both = copyAlong(running, paths);
  for (const path of paths) insert(both, path);
  return both;
}

/** The NAT rules that are about it: left behind they would be about nothing, and refused. */
const natOf = ({ nat }: Site, name: string): Site['nat'] =>
  nat.filter(rule => rule.outboundInterface === name || rule.inboundInterface === name);

/** The rules that open its port: left behind they would leave it open. */
function openedBy({ uplink }: Site, { openPort }: Tunnel): { ruleset: string; rule: number }[] {
  return (['ipv4', 'ipv6'] as const).flatMap(family => {
    const [ruleset, rule] = [uplink.rulesets[family], openPort?.[family]];
    return ruleset === undefined || rule === undefined ? [] : { ruleset, rule };
  });
}
