// The groups of clients of the file with their packets, each followed through the router as it will be.
import { allAddresses, addresses as read } from '../../model/firewall/conditions.ts';
import { difference, intersection, type Ranges, span, union } from '../../model/firewall/ranges.ts';
import { tellAddresses } from '../../model/firewall/words.ts';
import { insidesOf } from '../../model/routing/inside.ts';
import { networksOf } from '../../model/routing/policy.ts';
import type { Way } from '../../model/routing/step.ts';
import { isSeen } from '../../objects/clients/end.ts';
import { tunnelsOfTable } from '../../objects/clients/kinds.ts';
import { hasIpv6, type Inside, insideOf, namedGroup, sourcesOf } from '../../objects/clients/sources.ts';
import type { CheckInput } from '../../plan/types/check.ts';
import { unroutedNetworks } from '../../site/normalise-clients.ts';
import type { ClientGroup, Clients, Tunnel } from '../../site/site.ts';
import type { Interface } from '../../vyatta/interfaces.ts';
import { has } from '../../vyatta/tree.ts';
import { type Family, last } from '../../wireguard/prefix.ts';
import { viewOf } from '../view.ts';
import { type Judged, judged, newFrom } from './judge.ts';

export interface Client {
  readonly tunnel: Tunnel;
  readonly clients: Clients;
  /** The tunnel is switched off, so that it is gone for as long. */
  readonly isDisabled: boolean;
  readonly group: ClientGroup;
  /** `tv of wg1`. */
  readonly name: string;
  /** `192.168.1.20`, `eth1`. */
  readonly who: string;
  /** By each interface by which they come in. */
  readonly four: readonly Judged[];
  /** Of interfaces that have IPv6; empty where another finding tells that their IPv6 is nobody's. */
  readonly six: readonly Judged[];
  /** Nothing of theirs comes in by IPv6. */
  readonly hasSix: boolean;
}

const known = new WeakMap<CheckInput, readonly Client[]>();

/** Those whose packets can be found; of the others EW250 tells. */
export function clientsOf(input: CheckInput): readonly Client[] {
  let found = known.get(input);
  if (found === undefined) {
    found = followed(input);
    known.set(input, found);
  }
  return found;
}

function followed(input: CheckInput): Client[] {
  const tunnels = input.site.tunnels.filter(({ clients }) => clients !== undefined);
  if (tunnels.length === 0) return [];
  const inside = insideOf(viewOf(input).after.tree);
  return tunnels.flatMap(tunnel =>
    (tunnel.clients?.from ?? []).flatMap(group => clientOf(input, inside, tunnel, group) ?? []),
  );
}

function clientOf(input: CheckInput, inside: Inside, tunnel: Tunnel, group: ClientGroup): Client | undefined {
  const { clients } = tunnel;
  const sources = sourcesOf(inside, tunnel.name, group);
  if (clients === undefined || isSeen(sources) || isInTheWay(input, tunnel, group)) return undefined;
  const to = destinationsOf(inside, clients, group);
  const { addresses, isInDoubt } = sources.end;
  // nobody, or nothing: EW250 tells of the empty group
  if (addresses?.length === 0 || to.length === 0) return undefined;
  const found = [...sources.ifaces, ...routedFrom(input, inside, isInDoubt ? undefined : addresses)].filter(
    // what comes out of the tunnel is no client's
    ({ name }) => name !== tunnel.name,
  );
  const four = [...new Set(found)].map(iface =>
    ofMembers(
      input,
      tunnel.name,
      judged(input, newFrom(iface, 4, sourceOf(input, iface, addresses), to), tunnel.name),
    ),
  );
  const withSix = sources.ifaces.filter(iface => hasIpv6(inside.all, iface));
  const isTold = input.observed.some(
    one =>
      one.kind === 'clients' &&
      one.seen.what === 'IPv6 by itself' &&
      one.tunnel === tunnel.name &&
      one.client === group.name,
  );
  return {
    tunnel,
    clients,
    isDisabled: viewOf(input).after.routing.iface(tunnel.name)?.disabled === true,
    group,
    name: `${group.name} of ${tunnel.name}`,
    who: group.address ?? group.group ?? group.interface ?? (addresses ? tellAddresses(addresses, 4) : ''),
    four,
    six: isTold
      ? []
      : withSix.map(iface => judged(input, newFrom(iface, 6, undefined, internet(6, clients)), tunnel.name)),
    hasSix: withSix.length > 0,
  };
}

/** Another finding says why there is no rule for them. */
const isInTheWay = ({ observed }: CheckInput, tunnel: Tunnel, { name }: ClientGroup): boolean =>
  observed.some(
    one =>
      one.kind === 'clients' &&
      one.tunnel === tunnel.name &&
      (one.client === undefined || one.client === name) &&
      one.seen.what !== 'IPv6 by itself' &&
      one.seen.what !== 'empty group' &&
      !(one.seen.what === 'dial in' && one.seen.how === 'some'),
  );

/** Where only the router knows who is in a group: what isn't in it belongs to no client, wherever it goes. */
function ofMembers(input: CheckInput, tunnel: string, { question, up, down }: Judged): Judged {
  const isMember = ({ notBy }: Way): boolean =>
    notBy.every(
      ({ effect, path }) =>
        effect.kind !== 'table' ||
        !has(input.wanted, path) ||
        !tunnelsOfTable(input.after, effect.table).includes(tunnel),
    );
  return { question, up: up.filter(isMember), down: down.filter(isMember) };
}

/** Where the router's own routes say that they are, whatever interface the file names. */
function routedFrom(input: CheckInput, { inside }: Inside, sources: Ranges | undefined): Interface[] {
  const found = sources === undefined ? [] : insidesOf(viewOf(input).after, 4, sources);
  return found.flatMap(({ from }) => inside.filter(iface => iface.name === from?.name));
}

/** Of all that comes in by an interface its networks, or those that are routed there; behind a router there may be more. */
function sourceOf(input: CheckInput, iface: Interface, said: Ranges | undefined): Ranges | undefined {
  const networks = networksOf(iface, 4);
  if (said === undefined) return [networks, routedTo(input, iface)].find(set => set.length > 0);
  const here = intersection(said, networks);
  return here.length === 0 ? said : here;
}

const routedTo = (input: CheckInput, { name }: Interface): Ranges =>
  viewOf(input)
    .after.routing.main.all.filter(
      ({ prefix, out }) => out === name && prefix.family === 4 && prefix.length > 0,
    )
    .reduce<Ranges>((set, { prefix }) => union(set, span(prefix.first, last(prefix))), []);

function destinationsOf(inside: Inside, clients: Clients, group: ClientGroup): Ranges {
  const said = group.destinations.flatMap(text => read(text, 4) ?? []);
  const { destinationGroup } = group;
  if (said.length === 0 && destinationGroup === undefined) return internet(4, clients);
  const named = destinationGroup === undefined ? undefined : namedGroup(inside.running, destinationGroup);
  if (named === undefined || isSeen(named)) return said;
  return union(said, named.isInDoubt ? internet(4, clients) : (named.addresses ?? []));
}

/** Everything but their own networks. */
function internet(family: Family, { ownNetworks }: Clients): Ranges {
  const base =
    family === 4
      ? unroutedNetworks.reduce((set, text) => difference(set, read(text, 4) ?? []), allAddresses(4))
      : read('2000::/3', 6);
  return ownNetworks.reduce((set, text) => difference(set, read(text, family) ?? []), base ?? []);
}
