// Sessions with the neighbours of the site file as the router reports them. Pure; from one reading of the router.

import type { BgpSession, RouterFacts } from '../plan/types/facts.ts';
import type { Neighbor, Site } from '../site/site.ts';

export interface NeighborStatus {
  readonly address: string;
  readonly tunnel: string;
  readonly remote_asn: number;
  /** The router's word; `missing`: its table hasn't the neighbour; `disabled`: the file says so; `unknown`: it said nothing readable. */
  readonly state: string;
  /** Prefixes taken from the neighbour; null until the session is established. */
  readonly prefixes_received: number | null;
  /** How long the session has been in this state, in the router's words; `never` when it never was established. */
  readonly since: string | null;
  /** Checks that failed, in words; each makes the exit code 2. */
  readonly failed: readonly string[];
}

export const neighborStatus = (site: Site, facts: RouterFacts): NeighborStatus[] =>
  (site.bgp?.neighbors ?? []).map(neighbor => ofNeighbor(neighbor, facts.sessions ?? []));

function ofNeighbor(neighbor: Neighbor, sessions: readonly BgpSession[] | 'unreadable'): NeighborStatus {
  const { address, tunnel, remoteAsn, disable, family } = neighbor;
  const session =
    sessions === 'unreadable' ? undefined : sessions.find(candidate => candidate.address === address);
  // the table is of IPv4: a firmware may leave the sessions over IPv6 out
  const isUnknown =
    session === undefined && (sessions === 'unreadable' || (family === 6 && sessions.length > 0));
  const state = session?.state ?? (isUnknown ? 'unknown' : 'missing');
  const failed =
    disable || isUnknown || state === 'Established' ? [] : [`no session with ${address}: ${state}`];
  if (session !== undefined && session.remoteAsn !== remoteAsn && !disable)
    failed.push(`${address} is configured as AS ${session.remoteAsn}, not ${remoteAsn}`);
  return {
    address,
    tunnel,
    remote_asn: remoteAsn,
    state: disable && state !== 'Established' ? 'disabled' : state,
    prefixes_received: session?.prefixes ?? null,
    since: session?.since ?? null,
    failed,
  };
}
