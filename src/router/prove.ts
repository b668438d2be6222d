// Does the router do what its configuration says? Looked at over a new connection, after the commit and before the save.
import { peer } from '../objects/peer.ts';
import { tunnel } from '../objects/tunnel.ts';
import type { LiveInterface, RouterFacts } from '../plan/types/facts.ts';
import type { Probe } from '../plan/types/outcome.ts';
import { isInPlace, type Plan } from '../plan/types/plan.ts';
import { plural } from '../plural.ts';
import { canonicalValues } from '../vyatta/canonical.ts';
import type { Tree } from '../vyatta/tree.ts';
import { canonicalInterfaceAddress, canonicalPrefix } from '../wireguard/prefix.ts';
import type { Reading } from './read.ts';

/** `again` is the plan made anew from what was just read; `interfaces` are those that the apply touched. */
export function prove(reading: Reading, again: Plan, interfaces: readonly string[]): Probe[] {
  return [
    { name: 'login over a new connection', ok: true },
    probe('running is as wanted', isInPlace(again), () => remaining(again)),
    ...interfaces.flatMap(name => probeInterface(reading, name)),
  ];
}

function probe(name: string, ok: boolean, saw: () => string): Probe {
  return ok ? { name, ok } : { name, ok, saw: saw() };
}

function remaining(plan: Plan): string {
  const paths = plan.commits.flatMap(commit => commit.run).map(({ op, path }) => `${op} ${path.join(' ')}`);
  const files = [...plan.keys, ...(plan.helpers ?? [])].map(step => `${step.do} ${step.path}`);
  if (paths.length === 0) return `files are left: ${files.slice(0, 3).join('; ')}`;
  return `${plural(paths.length, 'command')} left: ${paths.slice(0, 3).join('; ')}`;
}

/** Whether the kernel has what the configuration says of an interface. */
export function probeInterface({ running, facts }: Reading, name: string): Probe[] {
  const live = facts.interfaces.get(name);
  if (!tunnel.has(running, name)) return [probeGone(name, facts)];
  if (tunnel.says(running, 'disable', name)) return [];
  if (live === undefined) return [{ name: `${name} is up`, ok: false, saw: 'wg shows no such interface' }];
  return [
    ...probeAddresses(running, name, live),
    ...probeNumbers(running, name, live),
    ...probePeers(running, name, live),
    ...probeKey(facts.keyFiles.get(tunnel.value(running, 'privateKey', name) ?? '')?.publicKey, name, live),
  ];
}

/** A `wg` that printed nothing is no evidence: the kernel's own list has to be without it, and to be one. */
function probeGone(name: string, { interfaces, links }: RouterFacts): Probe {
  const saw = (): string => {
    if (interfaces.has(name)) return 'wg still shows it';
    return links.length === 0 ? 'ip addr shows no interface at all' : 'ip addr still shows it';
  };
  const isGone = !interfaces.has(name) && links.length > 0 && !links.includes(name);
  return probe(`${name} is gone`, isGone, saw);
}

function probeAddresses(running: Tree, name: string, live: LiveInterface): Probe[] {
  const there = live.addresses.map(canonicalInterfaceAddress);
  return tunnel
    .values(running, 'address', name)
    .map(canonicalInterfaceAddress)
    .map(address =>
      probe(`${name} has ${address}`, there.includes(address), () => there.join(', ') || 'no address'),
    );
}

function probeNumbers(running: Tree, name: string, live: LiveInterface): Probe[] {
  const port = tunnel.value(running, 'listenPort', name);
  const mtu = tunnel.value(running, 'mtu', name);
  return [
    ...(port === undefined
      ? []
      : [
          probe(`${name} listens on ${port}`, live.listenPort === Number(port), () =>
            String(live.listenPort),
          ),
        ]),
    ...(mtu === undefined || live.mtu === undefined
      ? []
      : [probe(`${name} has MTU ${mtu}`, live.mtu === Number(mtu), () => String(live.mtu))]),
  ];
}

function probePeers(running: Tree, name: string, live: LiveInterface): Probe[] {
  return peer.names(running, name).flatMap(key => {
    if (peer.says(running, 'disable', name, key)) return [];
    const there = live.peers.find(one => one.publicKey === key);
    const wanted = peer
      .values(running, 'allowedIPs', name, key)
      .flatMap(text => canonicalValues({ type: 'ipOrNetList' }, text));
    const allowed = new Set(there?.allowedIPs.map(canonicalPrefix));
    const agree =
      there !== undefined && wanted.length === allowed.size && wanted.every(prefix => allowed.has(prefix));
    const saw = (): string =>
      there === undefined ? 'no such peer' : [...allowed].join(', ') || 'allowed ips: (none)';
    return [probe(`${name} knows peer ${key.slice(0, 8)}… with its allowed IPs`, agree, saw)];
  });
}

function probeKey(publicKey: string | undefined, name: string, live: LiveInterface): Probe[] {
  if (publicKey === undefined) return [];
  return [probe(`${name} has the key of its file`, live.publicKey === publicKey, () => live.publicKey)];
}
