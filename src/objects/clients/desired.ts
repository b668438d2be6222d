// The rules that clients need, ruleset by ruleset, before they have numbers.
import { meeting, type Packets } from '../../model/firewall/packets.ts';
import { ranges } from '../../model/firewall/ranges.ts';
import type { ClientGroup, Clients, SitePath, Tunnel } from '../../site/site.ts';
import { type Interface, interfacesOf, linkedTo } from '../../vyatta/interfaces.ts';
import { value } from '../../vyatta/tree.ts';
import { type Family, last, parsePrefix, printPrefix } from '../../wireguard/prefix.ts';
import { dialIns } from './dial-in.ts';
import { type End, emptyGroup, isSeen, type Seen } from './end.ts';
import { attachedModify, type SaidRule } from './kinds.ts';
import { clientDescription, ownNetworkDescription, ownSet } from './names.ts';
import { hasIpv6, type Inside, namedGroup, networksOf, rangeOf, sourcesOf } from './sources.ts';

/**
 * In this order in a ruleset: what goes to certain destinations is taken first, even within one's own networks; then these are let
 * past the tunnels; then all else is taken.
 */
export type Stage = 'destination' | 'own' | 'client';

export interface Desired {
  readonly stage: Stage;
  readonly at: SitePath;
  readonly rule: SaidRule;
  readonly packets: Packets;
  /** The number that the file says. */
  readonly number?: number;
  /** Whose it is; undefined for what serves all. */
  readonly of?: { readonly tunnel: string; readonly client: string };
}

/** The rules of one modify ruleset. */
export interface DesiredSet {
  readonly family: Family;
  readonly name: string;
  /** Made by edgewg; else one that somebody else attached to the interface. */
  readonly isOwn: boolean;
  /** Where it is attached, or is to be. */
  readonly ifaces: Interface[];
  readonly rules: Desired[];
}

/** Tells what is in the way of a client, or of all of a tunnel. */
export type Report = (tunnel: Tunnel, client: ClientGroup, seen: Seen) => void;

/** A tunnel with clients, and the number of its table. */
export interface WithClients {
  readonly tunnel: Tunnel;
  readonly clients: Clients;
  readonly table: number;
}

export function desiredSets(tunnels: readonly WithClients[], inside: Inside, report: Report): DesiredSet[] {
  const sets = new Sets(inside);
  for (const one of tunnels)
    for (const client of one.clients.from) {
      const found = sourcesOf(inside, one.tunnel.name, client);
      if (isSeen(found)) {
        report(one.tunnel, client, found);
        continue;
      }
      const destinations = destinationsOf(inside, client);
      if (isSeen(destinations)) {
        report(one.tunnel, client, destinations);
        continue;
      }
      for (const seen of [
        ...emptyOnes(found.end, destinations),
        ...dialIns(inside.running, found.end, 'some'),
      ])
        report(one.tunnel, client, seen);
      for (const iface of found.ifaces) {
        const seen =
          sets.take(one, client, { iface, source: found.end, destinations }) ??
          sets.refuse6(one, client, iface);
        if (seen !== undefined) report(one.tunnel, client, seen);
      }
    }
  return sets.all();
}

const emptyOnes = (source: End, destinations: readonly End[]): Seen[] =>
  [
    emptyGroup(source, { end: 'source', isPlaced: true }),
    ...destinations.map(one => emptyGroup(one, { end: 'destination', isPlaced: true })),
  ].filter(seen => seen !== undefined);

function destinationsOf({ running }: Inside, client: ClientGroup): readonly End[] | Seen {
  const { destinations, destinationGroup } = client;
  const said = destinations.map(address => ({ said: { address }, addresses: rangeOf(address) }));
  if (destinationGroup === undefined) return said;
  const group = namedGroup(running, destinationGroup);
  return isSeen(group) ? group : [...said, group];
}

interface Way {
  readonly iface: Interface;
  readonly source: End;
  readonly destinations: readonly End[];
}

class Sets {
  readonly #sets = new Map<string, DesiredSet>();
  readonly #inside: Inside;
  /** Every interface by the modify ruleset that it has. */
  readonly #attached: readonly Interface[];

  constructor(inside: Inside) {
    this.#inside = inside;
    this.#attached = interfacesOf(inside.running);
  }

  all(): DesiredSet[] {
    return [...this.#sets.values()];
  }

  /** Into the table, by one rule a destination. */
  take(one: WithClients, client: ClientGroup, { iface, source, destinations }: Way): Seen | undefined {
    const set = this.#setOf(iface, 4);
    const end = this.#narrowed(set, iface, source);
    if (isSeen(end)) return end;
    const stage = destinations.length > 0 ? 'destination' : 'client';
    if (stage === 'client') this.#own(set, one.clients);
    const ends: readonly End[] = stage === 'client' ? [nowhere] : destinations;
    for (const [i, destination] of ends.entries())
      add(set, {
        stage,
        at: client.at,
        rule: {
          action: 'modify',
          table: String(one.table),
          description: clientDescription(one.tunnel.name, client.name),
          ...(end.said && { source: end.said }),
          ...(destination.said && { destination: destination.said }),
        },
        packets: packetsOf(end, destination),
        ...(client.rule !== undefined && { number: client.rule + i }),
        of: { tunnel: one.tunnel.name, client: client.name },
      });
    return undefined;
  }

  /** Drops the IPv6 of all that comes in by an interface, but to home; of single clients only their IPv4 is known. */
  refuse6(one: WithClients, client: ClientGroup, iface: Interface): Seen | undefined {
    if (one.clients.ipv6 === 'wan' || !hasIpv6(this.#inside.all, iface)) return undefined;
    if (client.address !== undefined || client.group !== undefined || isSplit(client))
      return { what: 'IPv6 by itself', iface: iface.name };
    const set = this.#setOf(iface, 6);
    this.#own(set, one.clients);
    add(set, {
      stage: 'client',
      at: client.at,
      rule: { action: 'drop', description: clientDescription(one.tunnel.name, client.name) },
      packets: {},
      of: { tunnel: one.tunnel.name, client: client.name },
    });
    return undefined;
  }

  #setOf(iface: Interface, family: Family): DesiredSet {
    const there = value(iface.node, attachedModify(family));
    const name = there ?? ownSet(iface.name, family);
    const key = `${family} ${name}`;
    const found = this.#sets.get(key);
    if (found !== undefined) {
      if (!found.ifaces.includes(iface)) found.ifaces.push(iface);
      return found;
    }
    const isOwn = name === ownSet(iface.name, family);
    const made: DesiredSet = { family, name, isOwn, ifaces: [iface], rules: [] };
    this.#sets.set(key, made);
    return made;
  }

  /** All that comes in by one interface of several that share a ruleset is known by the interface's network alone. */
  #narrowed(set: DesiredSet, iface: Interface, source: End): End | Seen {
    if (source.said !== undefined) return source;
    const sharing = this.#attached.filter(one => value(one.node, attachedModify(4)) === set.name);
    if (sharing.every(one => one.name === iface.name)) return source;
    const addresses = networksOf(iface);
    const [first, ...more] = addresses;
    const ifaces = sharing.map(({ name }) => name);
    if (first === undefined || more.length > 0)
      return { what: 'shared ruleset', family: 4, ruleset: set.name, ifaces };
    return { said: { address: rangeText(iface) }, addresses };
  }

  #own(set: DesiredSet, { at, ownNetworks }: Clients): void {
    const always = set.family === 6 ? ['fe80::/10', 'ff00::/8'] : [];
    for (const text of [...always, ...ownNetworks]) {
      const prefix = parsePrefix(text);
      if (prefix?.family !== set.family) continue;
      const destination = { said: { address: text }, addresses: ranges([[prefix.first, last(prefix)]]) };
      add(set, {
        stage: 'own',
        at: [...at, 'ownNetworks'],
        rule: {
          ...(set.family === 4 ? { action: 'modify', table: 'main' } : { action: 'accept' }),
          description: ownNetworkDescription,
          destination: destination.said,
        },
        packets: packetsOf(nowhere, destination),
      });
    }
  }
}

const nowhere: End = { said: undefined, addresses: undefined };

const isSplit = ({ destinations, destinationGroup }: ClientGroup): boolean =>
  destinations.length > 0 || destinationGroup !== undefined;

const rangeText = (iface: Interface): string => {
  const [address] = linkedTo(iface).flatMap(({ text }) => {
    const prefix = parsePrefix(text);
    return prefix?.family === 4 ? [printPrefix(prefix)] : [];
  });
  return address ?? '';
};

const packetsOf = (source: End, destination: End): Packets => ({
  ...(source.addresses !== undefined && { source: source.addresses }),
  ...(destination.addresses !== undefined && { destination: destination.addresses }),
});

/** Once each: own networks are asked for by every client, and a client may come in by two interfaces of one ruleset. */
function add(set: DesiredSet, one: Desired): void {
  const key = JSON.stringify({ ...one.rule, of: one.of });
  if (!set.rules.some(other => JSON.stringify({ ...other.rule, of: other.of }) === key)) set.rules.push(one);
}

/** Clients of one ruleset that would be taken by two rules, and whose numbers nobody said. */
export function overlaps({ rules }: DesiredSet): { readonly first: Desired; readonly second: Desired }[] {
  const takers = rules.filter(({ stage }) => stage !== 'own');
  return takers.flatMap((first, i) =>
    takers
      .slice(i + 1)
      .filter(second => first.stage === second.stage && !isSame(first.of, second.of))
      // which of two drops them is no matter
      .filter(second => first.rule.action !== 'drop' || second.rule.action !== 'drop')
      .filter(second => meeting(first.packets, second.packets))
      .filter(second => first.number === undefined || second.number === undefined)
      .map(second => ({ first, second })),
  );
}

const isSame = (a: Desired['of'], b: Desired['of']): boolean =>
  a?.tunnel === b?.tunnel && a?.client === b?.client;
