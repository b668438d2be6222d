// Which proofs of the site file an apply does, and how long each may take. Pure.
import { sessionSeconds } from '../model/routing/session.ts';
import { tunnel as tunnelKind } from '../objects/tunnel.ts';
import { neighborsNamed } from '../site/rules/proof.ts';
import type { Site, SitePath } from '../site/site.ts';
import type { Tree } from '../vyatta/tree.ts';
import { printEndpoint } from '../wireguard/endpoint.ts';
import type { PlaceOf } from './types/check.ts';
import type { BgpProof, Proof } from './types/proof.ts';

/** WireGuard makes new keys after 120 s of a session that is used, and tries again every 5 s (its paper, section 6.1); two tries more. */
const handshakeSeconds = 135;

/** What is asked and answered at once. */
export const usualSeconds = 10;

const commandSeconds = 30;

export interface ProofInput {
  readonly site: Site;
  readonly placeOf: PlaceOf;
  /** The configuration after the apply. */
  readonly after: Tree;
  /** Tunnels that the apply changes. */
  readonly touched: readonly string[];
}

/** In the file's order of kinds; none where the file asks for none. */
export function proofsOf(input: ProofInput): Proof[] {
  const { site, placeOf, after, touched } = input;
  const { proof } = site;
  if (proof === undefined) return [];
  const there = touched.filter(
    name => tunnelKind.has(after, name) && !tunnelKind.says(after, 'disable', name),
  );
  const source = (at: SitePath) => ({ source: placeOf(at) });
  const ofTunnels = (what: 'handshake' | 'ping', usual: number): Proof[] => {
    const asked = proof[what];
    if (asked === undefined) return [];
    const { at, within = usual, tunnels = there } = asked;
    return there
      .filter(tunnel => tunnels.includes(tunnel))
      .map(tunnel => ({ do: what, tunnel, within, ...source(at) }));
  };
  const isAsked = ({ tunnel }: { readonly tunnel?: string }): boolean =>
    tunnel === undefined || there.includes(tunnel);
  const about = ({ tunnel }: { readonly tunnel?: string }) => (tunnel === undefined ? {} : { tunnel });
  return [
    ...ofTunnels('handshake', handshakeSeconds),
    ...ofTunnels('ping', usualSeconds),
    ...bgpProofs(input),
    ...proof.tcp.filter(isAsked).map((one): Proof => {
      const { to, from: by, within = usualSeconds, at } = one;
      return { do: 'tcp', by, to: printEndpoint(to), ...about(one), within, ...source(at) };
    }),
    ...proof.http.filter(isAsked).map((one): Proof => {
      const { url, from: by, status, within = usualSeconds, at } = one;
      return {
        do: 'http',
        by,
        url,
        ...(status !== undefined && { status }),
        ...about(one),
        within,
        ...source(at),
      };
    }),
    ...proof.command.filter(isAsked).map((one): Proof => {
      const { run, within = commandSeconds, at } = one;
      return { do: 'command', run, ...about(one), within, ...source(at) };
    }),
  ];
}

/** One for each session, whether it is named as established, by its prefixes, or both. */
function bgpProofs({ site, placeOf, after }: ProofInput): BgpProof[] {
  const wish = site.proof?.bgp;
  if (wish === undefined) return [];
  const found = new Map<string, BgpProof>();
  const add = (name: string, at: SitePath, prefixes?: number): void => {
    for (const one of neighborsNamed(site, name)) {
      if (one.disable || (prefixes !== undefined && one.family === 6)) continue;
      const before = found.get(one.address);
      const least = prefixes ?? before?.prefixes;
      found.set(one.address, {
        do: 'bgp',
        neighbor: one.address,
        name: before?.name ?? name,
        tunnel: one.tunnel,
        ...(least !== undefined && { prefixes: least }),
        within: wish.within ?? sessionSeconds(after, one.address),
        source: placeOf(at),
      });
    }
  };
  for (const [i, name] of wish.established.entries()) add(name, [...wish.at, 'established', i]);
  for (const [name, count] of wish.prefixes) add(name, [...wish.at, 'prefixes', name], count);
  return [...found.values()];
}

/** Seconds of the window when nobody says any: the slowest proof with what surrounds it, and no less than an apply ever had. */
export function windowFor(proofs: readonly Proof[]): number {
  const slowest = Math.max(0, ...proofs.map(({ within }) => within));
  return Math.max(leastWindow, slowest + around);
}

const leastWindow = 120;
/** The login, the reading before the proofs, and the confirmation behind them. */
const around = 30;
