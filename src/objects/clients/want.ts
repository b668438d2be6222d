// What the clients of all tunnels want of the router: tables, rules, and modify rulesets at the interfaces by which they come in.
import { tellAddresses } from '../../model/firewall/words.ts';
import type { ClientObservation } from '../../plan/types/observation.ts';
import type { Site, SitePath, Tunnel } from '../../site/site.ts';
import { interfacesOf } from '../../vyatta/interfaces.ts';
import { has, type Tree, value } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import type { Wanted } from '../wanted.ts';
import { asPlanned } from './as-planned.ts';
import { type Desired, type DesiredSet, desiredSets, overlaps, type WithClients } from './desired.ts';
import { attachedModify, modifyRule } from './kinds.ts';
import { wantMasquerade } from './masquerade.ts';
import { numbersOf } from './numbers.ts';
import { insideOf } from './sources.ts';
import { tablesOf, wantTable } from './tables.ts';

export function wantClients(wanted: Wanted, site: Site): void {
  if (site.tunnels.every(({ clients }) => clients === undefined)) return;
  const { running } = wanted;
  const observe = (at: SitePath, tunnel: string, seen: ClientObservation['seen'], client?: string): void =>
    wanted.observe({ kind: 'clients', at, tunnel, seen, ...(client !== undefined && { client }) });

  const tables = tablesOf(site, running, ({ name, clients }, seen) =>
    observe([...(clients?.at ?? []), 'table'], name, seen),
  );
  const tunnels = withTables(site, tables);
  const numbers = new Set([...tables.values()].map(String));
  const sets = desiredSets(tunnels, insideOf(asPlanned(running, site, wanted.tree)), (tunnel, client, seen) =>
    observe(client.at, tunnel.name, seen, client.name),
  ).map(set => {
    for (const { at, of, seen } of overreach(running, set)) observe(at, of.tunnel, seen, of.client);
    for (const pair of overlaps(set)) observeOverlap(set, pair, observe);
    const numbered = numbersOf(
      running,
      set,
      table => numbers.has(table),
      // what serves all is said at one of their tunnels
      ({ at, of }, seen) => observe(at, of?.tunnel ?? String(at[1]), seen, of?.client),
    );
    return { set, numbered };
  });
  const served = new Set(sets.flatMap(({ numbered }) => numbered.map(({ desired }) => desired.of?.tunnel)));
  // without a rule nobody would be sent there
  for (const { tunnel, table } of tunnels)
    if (served.has(tunnel.name)) {
      wantTable(wanted, tunnel, table);
      wantMasquerade(wanted, site, tunnel);
    }
  for (const { set, numbered } of sets) {
    for (const { desired, number } of numbered) wantRule(wanted, set, desired, number);
    if (numbered.length > 0) attach(wanted, set);
  }
}

function withTables(site: Site, tables: ReadonlyMap<string, number>): WithClients[] {
  return site.tunnels.flatMap((tunnel: Tunnel) => {
    const table = tables.get(tunnel.name);
    return tunnel.clients === undefined || table === undefined
      ? []
      : { tunnel, clients: tunnel.clients, table };
  });
}

/** IPv6 is dropped whoever sends it, so every interface that has the ruleset must be one of clients. */
function overreach(running: Tree, { family, name, ifaces, rules }: DesiredSet) {
  const sharing = interfacesOf(running).filter(iface => value(iface.node, attachedModify(family)) === name);
  const isTheirs = sharing.every(one => ifaces.some(iface => iface.name === one.name));
  if (family === 4 || isTheirs) return [];
  const seen = {
    what: 'shared ruleset',
    family,
    ruleset: name,
    ifaces: sharing.map(one => one.name),
  } as const;
  return rules.flatMap(({ at, of }) => (of === undefined ? [] : { at, of, seen }));
}

function wantRule(wanted: Wanted, { family, name }: DesiredSet, { rule, at }: Desired, number: number): void {
  const instance: [Family, string, string] = [family, name, String(number)];
  // a rule that somebody else made does the job: its name stays, and that it has none
  const description = modifyRule.value(wanted.running, 'description', ...instance);
  const isNameless = description === undefined && has(wanted.running, modifyRule.path(...instance));
  const { description: ours, ...said } = rule;
  const named = isNameless ? {} : { description: kept(description) ?? ours };
  modifyRule.want(wanted, { at, ...said, ...named } as never, instance);
}

const kept = (description: string | undefined): string | undefined =>
  description?.startsWith('WireGuard ') ? undefined : description;

function attach(wanted: Wanted, { family, name, ifaces, rules }: DesiredSet): void {
  const [first] = rules;
  for (const iface of ifaces)
    if (first !== undefined) wanted.set([...iface.path, ...attachedModify(family), name], first.at);
}

function observeOverlap(
  _: DesiredSet,
  { first, second }: { readonly first: Desired; readonly second: Desired },
  observe: (at: SitePath, tunnel: string, seen: ClientObservation['seen'], client?: string) => void,
): void {
  if (first.of === undefined || second.of === undefined) return;
  const packets = second.packets.source ?? first.packets.source ?? [];
  observe(
    second.at,
    second.of.tunnel,
    {
      what: 'overlap',
      with: `${first.of.client} of ${first.of.tunnel}`,
      withAt: first.at,
      packets: tellAddresses(packets, 4),
    },
    second.of.client,
  );
}
