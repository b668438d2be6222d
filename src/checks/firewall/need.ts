// Whether a tunnel's listen port has to be open in a family, who opens it there, and to whom. The other end can answer
// without any rule; it is about who may begin.

import { addresses } from '../../model/firewall/conditions.ts';
import { anywhere } from '../../model/firewall/port.ts';
import { type Ranges, union } from '../../model/firewall/ranges.ts';
import { rule as ruleKind } from '../../objects/ruleset.ts';
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { CheckInput } from '../../plan/types/check.ts';
import type { SiteEdit } from '../../plan/types/plan.ts';
import type { Tunnel } from '../../site/site.ts';
import type { Family } from '../../wireguard/prefix.ts';
import type { Side } from '../view.ts';

/**
 * `opened`: the file has a rule for it. `astray`: its rule is in the other family than a peer's endpoint. `waits`: no rule, and a peer
 * without endpoint must begin. `speaks`: no rule, and a peer without keepalive can't when it has been silent.
 */
export type Need = 'opened' | 'astray' | 'waits' | 'speaks';

/** The rule that opens the port. */
export interface Opener {
  readonly ruleset: string;
  readonly number: number;
}

const otherFamily = (family: Family): Family => (family === 4 ? 6 : 4);

/** Undefined: nobody needs it. Peers that may speak both families are counted to IPv4 where the file opens neither. */
export function needOf(input: CheckInput, tunnel: Tunnel, family: Family): Need | undefined {
  const peers = tunnel.peers.filter(peer => !peer.disable);
  if (openerOf(input, tunnel, family) !== undefined) return 'opened';
  const exact = peers.filter(peer => peer.endpoint?.family === family);
  if (openerOf(input, tunnel, otherFamily(family)) !== undefined)
    return exact.length > 0 ? 'astray' : undefined;
  const either = family === 4 ? peers.filter(peer => peer.endpoint?.family === undefined) : [];
  if (either.some(peer => peer.endpoint === undefined)) return 'waits';
  const silent = [...exact, ...either].some(peer => peer.persistentKeepalive === undefined);
  return silent ? 'speaks' : undefined;
}

/** The rule that the file wants for the port in a family, where it wants one. */
export function openerOf(input: CheckInput, tunnel: Tunnel, family: Family): Opener | undefined {
  const name = family === 4 ? 'ipv4' : 'ipv6';
  const number = tunnel.openPort?.[name];
  const ruleset = input.site.uplink.rulesets[name];
  if (number === undefined || ruleset === undefined) return undefined;
  const wanted = ruleKind.has(input.wanted, family, ruleset, String(number));
  return wanted ? { ruleset, number } : undefined;
}

/** Other numbers for the rules of some families; the others' stay. */
export function numbered(tunnel: Tunnel, ...numbers: readonly (readonly [Family, number])[]): SiteEdit {
  const { openPort, peers } = tunnel;
  // one number for both counts over IPv6 only where a peer may come by it
  const hasIpv6 = openPort?.asNeeded === false || peers.some(one => one.endpoint?.family !== 4);
  const value = {
    ...(openPort?.ipv4 !== undefined && { ipv4: openPort.ipv4 }),
    ...(openPort?.ipv6 !== undefined && hasIpv6 && { ipv6: openPort.ipv6 }),
    ...Object.fromEntries(numbers.map(([family, number]) => [family === 4 ? 'ipv4' : 'ipv6', number])),
  };
  return { path: [...tunnel.at, 'openPort'], value };
}

const known = new WeakMap<Tunnel, Map<Family, Ranges>>();

/** Where the tunnel's peers come from in a family: their endpoints' addresses; anywhere, if one's isn't known. */
export function sourcesOf(tunnel: Tunnel, family: Family): Ranges {
  let mine = known.get(tunnel);
  if (mine === undefined) {
    mine = new Map();
    known.set(tunnel, mine);
  }
  let found = mine.get(family);
  if (found === undefined) {
    found = endpointsOf(tunnel, family);
    mine.set(family, found);
  }
  return found;
}

function endpointsOf(tunnel: Tunnel, family: Family): Ranges {
  let found: Ranges = [];
  for (const { endpoint, disable } of tunnel.peers) {
    if (disable) continue;
    if (endpoint?.family === undefined) return anywhere(family);
    if (endpoint.family === family) found = union(found, addresses(endpoint.host, family) ?? []);
  }
  return found.length === 0 ? anywhere(family) : found;
}

/** Undefined while the interface has none that is known: WireGuard then takes one at random. */
export function listenPort(side: Side, tunnel: Tunnel): number | undefined {
  const port = tunnelKind.value(side.tree, 'listenPort', tunnel.name);
  return port === undefined ? undefined : Number(port);
}
