// The first site file of somebody who wants a tunnel: what the router reports, what a person answered, and comments that say what each
// line is for. Pure.

import { anywhere, freeNumber, newUdp } from '../model/firewall/port.ts';
import { only } from '../model/firewall/ranges.ts';
import { readRuleset } from '../model/firewall/ruleset.ts';
import { type Data, Draft } from '../objects/draft.ts';
import { uplinkRulesets } from '../objects/port-rule.ts';
import { tunnel as tunnelKind } from '../objects/tunnel.ts';
import type { PerFamily } from '../site/site.ts';
import type { Tree } from '../vyatta/tree.ts';
import type { Access } from './import.ts';
import { writeDraft } from './write.ts';

/** What a person has to say; the rest the router reports. */
export interface Answers {
  readonly tunnel: string;
  readonly address: readonly string[];
  readonly listenPort: number;
  readonly peer: string;
  readonly publicKey: string;
  readonly endpoint?: string;
  readonly resolve?: string;
  readonly allowedIPs: readonly string[];
  readonly routes: readonly string[];
}

/** The first interface that nobody has; wg0 is what phones share by habit, so a tunnel begins at wg1. */
export function freeTunnel(running: Tree): string {
  const taken = new Set(tunnelKind.names(running));
  let n = 1;
  while (taken.has(`wg${n}`)) n++;
  return `wg${n}`;
}

/** WireGuard's own port, and after it the interface's number; the next that no interface of the router listens on. */
export function freePort(running: Tree, tunnel: string): number {
  const taken = new Set(
    tunnelKind.names(running).map(name => Number(tunnelKind.value(running, 'listenPort', name))),
  );
  let port = 51820 + Number(tunnel.slice(2));
  while (taken.has(port)) port++;
  return port;
}

/** What is routed by default: all AllowedIPs but the whole internet, which is a decision of its own. */
export const routesOf = (allowedIPs: readonly string[]): string[] =>
  allowedIPs.filter(prefix => !/\/0$/.test(prefix));

/** A tunnel as a site file says it, the uplink's rulesets in which its port is opened, and the rules that do it. */
export interface NewTunnel {
  readonly data: Data;
  readonly rulesets: PerFamily<string>;
  readonly rules: readonly { readonly ruleset: string; readonly rule: number }[];
}

/** `said`: the rulesets that a site file names already; those of the best way to the internet stand in for the others. */
export function newTunnel(running: Tree, answers: Answers, said: PerFamily<string> = {}): NewTunnel {
  const { tunnel, peer, endpoint, resolve, address, listenPort, publicKey, allowedIPs, routes } = answers;
  const opened = openPort(running, listenPort, said);
  const rules = opened.flatMap(({ family, rule }) => (rule === undefined ? [] : [[family, rule] as const]));
  const data = {
    address: [...address],
    listenPort,
    privateKey: `/config/auth/${tunnel}.key`,
    mtu: 'auto',
    ...(rules.length > 0 && { openPort: Object.fromEntries(rules) }),
    peers: {
      [peer]: {
        publicKey,
        ...(endpoint !== undefined && { endpoint }),
        ...(resolve !== undefined && { resolve }),
        allowedIPs: [...allowedIPs],
        ...(endpoint !== undefined && { persistentKeepalive: 25 }),
      },
    },
    ...(routes.length > 0 && {
      routes: Object.fromEntries(routes.map(route => [route, { description: peer, guard: true }])),
    }),
  };
  return {
    data,
    rulesets: Object.fromEntries(opened.map(({ family, ruleset }) => [family, ruleset])),
    rules: opened.flatMap(({ ruleset, rule }) => (rule === undefined ? [] : { ruleset, rule })),
  };
}

export function initialSite(running: Tree, access: Access, answers: Answers): string {
  const draft = new Draft();
  const { tunnel } = answers;
  const { data, rulesets, rules } = newTunnel(running, answers);
  const at = ['tunnels', tunnel];
  const say = (place: readonly string[], text: string): void => void draft.comments.push({ at: place, text });
  draft.set(['version'], 1);
  draft.set(['router'], { ...access });
  if (Object.keys(rulesets).length > 0) draft.set(['uplink', 'rulesets'], { ...rulesets });
  draft.set(['manages', 'interfaces'], [tunnel]);
  // the rules that it makes are its own: a tunnel that goes takes them with it
  for (const { ruleset, rule } of rules) draft.set(['manages', 'firewallRules', ruleset], [rule]);
  say(
    ['manages'],
    " this file's as a whole: what it doesn't name of these is deleted; everything else on the router is left alone",
  );
  draft.set(at, data);
  say([...at, 'privateKey'], ' a file on the router; it is made there, and never leaves it');
  say([...at, 'mtu'], " from the uplink and the endpoint's family");
  say([...at, 'openPort'], " the rules that let the other end in, in the uplink's rulesets");
  say(
    [...at, 'peers'],
    ' to guard your networks from the other end: firewall: { in: { ipv4: RULESET }, local: { ipv4: RULESET } }\n and the rulesets themselves under `rulesets`',
  );
  say(
    [...at, 'routes'],
    ' what is sent into the tunnel; the guard is a blackhole behind it, so that nothing leaves in clear',
  );
  const head = [
    '',
    'WireGuard on one router, for edgewg: change it, look at `edgewg plan`, then `edgewg apply`.',
  ];
  return writeDraft(draft, head);
}

/** Where the port is opened, by family; no rule where the ruleset has no room for one. */
function openPort(
  running: Tree,
  listenPort: number,
  said: PerFamily<string>,
): { family: 'ipv4' | 'ipv6'; ruleset: string; rule: number | undefined }[] {
  return (
    [
      ['ipv4', 4],
      ['ipv6', 6],
    ] as const
  ).flatMap(([name, family]) => {
    const ruleset = said[name] ?? uplinkRulesets(running, family)[0];
    const read = ruleset === undefined ? undefined : readRuleset(running, family, ruleset);
    if (ruleset === undefined || read === undefined) return [];
    const rule = freeNumber(read, newUdp(anywhere(family), only(listenPort)), 20, () => false);
    return { family: name, ruleset, rule };
  });
}
