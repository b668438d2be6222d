// The first site file of somebody who wants a tunnel: what the router reports, what a person answered, and comments that say what each
// line is for. Pure.
import { anywhere, freeNumber, newUdp } from '../model/firewall/port.ts';
import { only } from '../model/firewall/ranges.ts';
import { readRuleset } from '../model/firewall/ruleset.ts';
import { Draft } from '../objects/draft.ts';
import { uplinkRulesets } from '../objects/port-rule.ts';
import type { Tree } from '../vyatta/tree.ts';
import { value, values } from '../vyatta/tree.ts';
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
  readonly allowedIPs: readonly string[];
  readonly routes: readonly string[];
}

const wireguard = ['interfaces', 'wireguard'];

/** The first interface that nobody has; wg0 is what phones share by habit, so a tunnel begins at wg1. */
export function freeTunnel(running: Tree): string {
  const taken = new Set(values(running, wireguard));
  let n = 1;
  while (taken.has(`wg${n}`)) n++;
  return `wg${n}`;
}

/** WireGuard's own port, and after it the interface's number; the next that no interface of the router listens on. */
export function freePort(running: Tree, tunnel: string): number {
  const taken = new Set(
    values(running, wireguard).map(name => Number(value(running, [...wireguard, name, 'listen-port']))),
  );
  let port = 51820 + Number(tunnel.slice(2));
  while (taken.has(port)) port++;
  return port;
}

/** What is routed by default: all AllowedIPs but the whole internet, which is a decision of its own. */
export const routesOf = (allowedIPs: readonly string[]): string[] =>
  allowedIPs.filter(prefix => !/\/0$/.test(prefix));

export function beginSite(running: Tree, access: Access, answers: Answers): string {
  const draft = new Draft();
  const { tunnel } = answers;
  const at = ['tunnels', tunnel];
  const say = (place: readonly string[], text: string): void => void draft.comments.push({ at: place, text });
  draft.set(['version'], 1);
  draft.set(['router'], { ...access });
  draft.set(['manages', 'interfaces'], [tunnel]);
  say(
    ['manages'],
    " this file's as a whole: what it doesn't name of these is deleted; everything else on the router is left alone",
  );
  draft.set([...at, 'address'], [...answers.address]);
  draft.set([...at, 'listenPort'], answers.listenPort);
  draft.set([...at, 'privateKey'], `/config/auth/${tunnel}.key`);
  say([...at, 'privateKey'], ' a file on the router; it is made there, and never leaves it');
  draft.set([...at, 'mtu'], 'auto');
  say([...at, 'mtu'], " from the uplink and the endpoint's family");
  openPort(draft, running, answers);
  say([...at, 'openPort'], " the rules that let the other end in, in the uplink's rulesets");
  const peer = {
    publicKey: answers.publicKey,
    ...(answers.endpoint === undefined ? {} : { endpoint: answers.endpoint }),
    allowedIPs: [...answers.allowedIPs],
    ...(answers.endpoint === undefined ? {} : { persistentKeepalive: 25 }),
  };
  draft.set([...at, 'peers', answers.peer], peer);
  say(
    [...at, 'peers'],
    ' to guard your networks from the other end: firewall: { in: { ipv4: RULESET }, local: { ipv4: RULESET } }\n and the rulesets themselves under `rulesets`',
  );
  for (const route of answers.routes)
    draft.set([...at, 'routes', route], { description: answers.peer, guard: true });
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

function openPort(draft: Draft, running: Tree, { tunnel, listenPort }: Answers): void {
  for (const [name, family] of [
    ['ipv4', 4],
    ['ipv6', 6],
  ] as const) {
    const [ruleset] = uplinkRulesets(running, family);
    const read = ruleset === undefined ? undefined : readRuleset(running, family, ruleset);
    if (ruleset === undefined || read === undefined) continue;
    draft.set(['uplink', 'rulesets', name], ruleset);
    const free = freeNumber(read, newUdp(anywhere(family), only(listenPort)), 20, () => false);
    if (free !== undefined) draft.set(['tunnels', tunnel, 'openPort', name], free);
  }
}
