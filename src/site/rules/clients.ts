// The clients of the tunnels: each said in one way, none sent through two tunnels, and to a tunnel that takes what they send.
import { last, type Prefix, parseAddress, parsePrefix } from '../../wireguard/prefix.ts';
import { unroutedNetworks } from '../normalise-clients.ts';
import type { ClientGroup, Tunnel } from '../site.ts';
import { eachDuplicate, inFileOrder, type Placed, type Rule } from './rule.ts';

interface Client extends Placed {
  readonly tunnel: Tunnel;
  readonly client: ClientGroup;
}

const clientsOf = (tunnels: readonly Tunnel[]): Client[] =>
  tunnels.flatMap(tunnel => (tunnel.clients?.from ?? []).map(client => ({ tunnel, client, at: client.at })));

export const soundClients: Rule = ({ site, report, isMissing }) => {
  for (const { clients } of site.tunnels)
    if (clients?.from.length === 0 && isMissing([...clients.at, 'from']))
      report([...clients.at, 'from'], {
        code: 'no-clients',
        message: 'names no clients',
        hint: 'write from: { tv: 192.168.1.20 }, or take `clients` out',
      });
  for (const { client } of clientsOf(site.tunnels)) {
    const { at, address, group, interface: iface, destinations } = client;
    if (address !== undefined && group !== undefined)
      report([...at, 'group'], {
        code: 'group-and-value',
        message: "an address and a group can't stand together",
        hint: 'make two of it, each with its name',
      });
    const isNobody = [address, group, iface].every(one => one === undefined);
    if (isNobody && ['address', 'group', 'interface'].every(key => isMissing([...at, key])))
      report(at, {
        code: 'no-clients',
        message: 'says nothing of which clients',
        hint: 'write an address, or { group: NAME }, or { interface: switch0.40 }',
      });
    for (const [i, prefix] of destinations.entries())
      if (prefix.includes(':'))
        report([...at, 'destinations', i], {
          code: 'client-ipv6',
          message: 'is an IPv6 prefix, and EdgeOS sends IPv4 alone by a table of its own',
          hint: 'name IPv4 prefixes; what becomes of IPv6 says `ipv6: drop` or `ipv6: wan`',
        });
  }
};

type Span = readonly [first: bigint, last: bigint];

const spanOf = (text: string): Span | undefined => {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return [prefix.first, last(prefix)];
  const [a, b] = text.split('-').map(parseAddress);
  return a === undefined || b === undefined ? undefined : [a.address, b.address];
};

const meet = (a: Span | undefined, b: Span | undefined): boolean =>
  a !== undefined && b !== undefined && a[0] <= b[1] && b[0] <= a[1];

/** Of two rules the smaller number decides, and nobody could know which was meant. What only the router knows is a finding of the plan. */
export const oneTunnelPerClient: Rule = context => {
  const seen: Client[] = [];
  for (const one of inFileOrder(context, clientsOf(context.site.tunnels))) {
    const { client } = one;
    const other = seen.find(({ client: before }) => isContested(before, client));
    seen.push(one);
    if (other === undefined || client.address === undefined) continue;
    const through = other.tunnel === one.tunnel ? '' : ` through ${other.tunnel.name}`;
    context.report(client.at, {
      code: 'clients-twice',
      message: `${client.address} is among the clients ${other.client.name}${through} already${context.line(other.at)}`,
      hint: 'keep one, or give both a `rule` number: the smaller comes first',
    });
  }
};

function isContested(a: ClientGroup, b: ClientGroup): boolean {
  if (a.address === undefined || b.address === undefined) return false;
  if (a.rule !== undefined && b.rule !== undefined) return false;
  if (a.interface !== undefined && b.interface !== undefined && a.interface !== b.interface) return false;
  if (!meet(spanOf(a.address), spanOf(b.address))) return false;
  // what goes to certain destinations is taken before all else; the members of a group only the router knows
  if (isSplit(a) !== isSplit(b)) return false;
  if (!isSplit(a)) return true;
  return a.destinations.some(x => b.destinations.some(y => meet(spanOf(x), spanOf(y))));
}

const isSplit = ({ destinations, destinationGroup }: ClientGroup): boolean =>
  destinations.length > 0 || destinationGroup !== undefined;

/** WireGuard drops what no peer's AllowedIPs name. Peers that the file doesn't have are a finding of the plan. */
export const clientsAreTaken: Rule = ({ site, report }) => {
  for (const { client, tunnel } of clientsOf(site.tunnels)) {
    const allowed = tunnel.peers.filter(({ disable }) => !disable).flatMap(({ allowedIPs }) => allowedIPs);
    if (allowed.length === 0 || client.destinationGroup !== undefined) continue;
    const wanted = isSplit(client) ? client.destinations : ['0.0.0.0/0'];
    // their own networks are let past the tunnel, before it all but those that are named
    const spared = isSplit(client) ? [] : [...(tunnel.clients?.ownNetworks ?? []), ...unroutedNetworks];
    const [left] = wanted.filter(prefix => !isCovered(prefix, [...allowed, ...spared]));
    if (left !== undefined)
      report(client.at, {
        code: 'clients-not-taken',
        message: `no peer of ${tunnel.name} has ${left === '0.0.0.0/0' ? 'all of the internet' : left} among its allowedIPs: WireGuard would drop what these clients send`,
        hint: isSplit(client)
          ? `add ${left} to the allowedIPs of a peer`
          : 'write allowedIPs: [0.0.0.0/0] at a peer, or `destinations` at these clients',
      });
  }
};

/** Every address of the prefix is in one of the others. */
function isCovered(text: string, by: readonly string[]): boolean {
  const whole = parsePrefix(text);
  if (whole === undefined) return false;
  const spans = by
    .flatMap(one => parsePrefix(one) ?? [])
    .filter(({ family }: Prefix) => family === whole.family)
    .map((prefix): Span => [prefix.first, last(prefix)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  let next = whole.first;
  for (const [first, end] of spans) {
    if (first > next) break;
    if (end >= next) next = end + 1n;
  }
  return next > last(whole);
}

export const oneTablePerTunnel: Rule = context => {
  const tables = context.site.tunnels.flatMap(({ name, clients }) =>
    clients?.table === undefined ? [] : { name, table: clients.table, at: [...clients.at, 'table'] },
  );
  eachDuplicate(
    context,
    tables,
    ({ table }) => String(table),
    ({ at, table }, first) =>
      context.report(at, {
        code: 'duplicate-table',
        message: `${table} is the table of ${first.name} already${context.line(first.at)}`,
        hint: 'give each tunnel a table of its own, or leave the number out',
      }),
  );
};

/** Two rules under one number would be one, and of both. */
export const oneMasqueradePerNumber: Rule = context => {
  const { nat, tunnels } = context.site;
  const masquerades = tunnels.flatMap(({ name, clients }) =>
    typeof clients?.masquerade === 'number'
      ? { number: clients.masquerade, of: `the masquerade of ${name}`, at: [...clients.at, 'masquerade'] }
      : [],
  );
  const rules = nat.map(({ number, at }) => ({ number, of: 'a rule of `nat`', at }));
  eachDuplicate(
    context,
    [...masquerades, ...rules],
    ({ number }) => String(number),
    ({ at, number }, first) =>
      context.report(at, {
        code: 'duplicate-nat-rule',
        message: `${number} is ${first.of} already${context.line(first.at)}`,
        hint: 'give each rule a number of its own, or leave that of `masquerade` out',
      }),
  );
};

/** They stand before all clients of a ruleset, whichever tunnel these take. */
export const oneListOfOwnNetworks: Rule = context => {
  const lists = inFileOrder(
    context,
    context.site.tunnels.flatMap(({ name, clients }) =>
      clients === undefined ? [] : { at: clients.at, name, text: [...clients.ownNetworks].sort().join(' ') },
    ),
  );
  const [first] = lists;
  for (const { at, text } of lists)
    if (first !== undefined && text !== first.text)
      context.report(at, {
        code: 'own-networks',
        message: `the networks of one's own are others than those of ${first.name}${context.line(first.at)}`,
        hint: 'write the same `ownNetworks` at all tunnels: they are let past every one',
      });
};
