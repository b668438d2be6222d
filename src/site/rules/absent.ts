// Nothing can be wanted and unwanted at once, or be listed twice.
import type { Site, SitePath } from '../site.ts';
import { eachDuplicate, type Rule, type RuleContext } from './rule.ts';

interface Unwanted {
  readonly at: SitePath;
  /** What it is, as a key: `tunnel wg3`. */
  readonly what: string;
}

/** Lists of `absent` by their item's text, with the place of each item. */
function unwantedOf({ absent }: Site): Unwanted[] {
  const flat = (key: string, kind: string, list: readonly (string | number)[]): Unwanted[] =>
    list.map((item, i) => ({ at: [...absent.at, key, i], what: `${kind} ${item}` }));
  const nested = (
    key: string,
    kind: string,
    map: ReadonlyMap<string, readonly (string | number)[]>,
  ): Unwanted[] =>
    [...map].flatMap(([owner, list]) =>
      list.map((item, i) => ({ at: [...absent.at, key, owner, i], what: `${kind} ${item} of ${owner}` })),
    );
  return [
    ...flat('tunnels', 'tunnel', absent.tunnels),
    ...nested('peers', 'peer', absent.peers),
    ...nested('routes', 'route', absent.routes),
    ...flat('rulesets', 'ruleset', absent.rulesets),
    ...nested('firewallRules', 'rule', absent.firewallRules),
    ...flat('natRules', 'NAT rule', absent.natRules),
    ...flat('groups', 'group', absent.groups),
    ...flat('neighbors', 'neighbor', absent.neighbors),
  ];
}

/** What the file asks for, under the same keys. */
function wantedOf(site: Site): Map<string, SitePath> {
  const wanted = new Map<string, SitePath>();
  for (const { name, at, peers, routes, openPort } of site.tunnels) {
    wanted.set(`tunnel ${name}`, at);
    for (const peer of peers) wanted.set(`peer ${peer.publicKey} of ${name}`, peer.at);
    for (const route of routes) wanted.set(`route ${route.prefix} of ${name}`, route.at);
    for (const family of ['ipv4', 'ipv6'] as const) {
      const ruleset = site.uplink.rulesets[family];
      if (openPort?.[family] !== undefined && ruleset !== undefined)
        wanted.set(`rule ${openPort[family]} of ${ruleset}`, openPort.at);
    }
  }
  for (const { name, at, rules } of site.rulesets) {
    wanted.set(`ruleset ${name}`, at);
    for (const rule of rules) wanted.set(`rule ${rule.number} of ${name}`, rule.at);
  }
  for (const { name, at } of site.groups) wanted.set(`group ${name}`, at);
  for (const { number, at } of site.nat) wanted.set(`NAT rule ${number}`, at);
  for (const neighbor of site.bgp?.neighbors ?? []) wanted.set(`neighbor ${neighbor.address}`, neighbor.at);
  return wanted;
}

export const absentIsNotWanted: Rule = ({ site, report, line }) => {
  const wanted = wantedOf(site);
  for (const { at, what } of unwantedOf(site)) {
    const place = wanted.get(what);
    if (place !== undefined)
      report(at, {
        code: 'absent-and-wanted',
        message: `${what} is wanted${line(place)} and to be removed`,
        hint: 'keep one of the two',
      });
  }
};

export const absentOnce: Rule = context => {
  eachDuplicate(
    context,
    unwantedOf(context.site),
    ({ what }) => what,
    ({ at, what }, first) =>
      context.report(at, {
        code: 'duplicate-absent',
        message: `${what} is listed already${context.line(first.at)}`,
        hint: 'keep one',
      }),
  );
};

/** A ruleset that is to go can guard nothing. */
export const absentRulesetsUnused: Rule = context => {
  const { site } = context;
  const gone = new Set(site.absent.rulesets);
  for (const { at, firewall } of site.tunnels)
    for (const way of ['in', 'out', 'local'] as const)
      for (const family of ['ipv4', 'ipv6'] as const)
        reportGone(context, firewall[way][family], [...at, 'firewall', way, family], gone);
  for (const family of ['ipv4', 'ipv6'] as const)
    reportGone(context, site.uplink.rulesets[family], ['uplink', 'rulesets', family], gone);
};

function reportGone(
  { report }: RuleContext,
  name: string | undefined,
  path: SitePath,
  gone: Set<string>,
): void {
  if (name !== undefined && gone.has(name))
    report(path, {
      code: 'absent-and-wanted',
      message: `ruleset ${name} is used here and to be removed by \`absent\``,
      hint: 'keep one of the two',
    });
}
