// Proofs name tunnels and BGP neighbours of the same file.
import type { Neighbor, Site, SitePath } from '../site.ts';
import type { Rule } from './rule.ts';

/** The neighbours that a name of `proof.bgp` means: by address, by tunnel, or by the name of a peer of their tunnel. */
export function neighborsNamed(site: Site, name: string): readonly Neighbor[] {
  const all = site.bgp?.neighbors ?? [];
  const own = all.filter(({ address, at }) => address === name || at.at(-1) === name);
  if (own.length > 0) return own;
  const tunnels = site.tunnels
    .filter(tunnel => tunnel.name === name || tunnel.peers.some(peer => peer.name === name))
    .map(tunnel => tunnel.name);
  return all.filter(({ tunnel }) => tunnels.includes(tunnel));
}

export const proofsOfThisFile: Rule = ({ site, report }) => {
  const { proof } = site;
  if (proof === undefined) return;
  const names = site.tunnels.map(({ name }) => name);
  const check = (name: string | undefined, at: SitePath): void => {
    if (name !== undefined && !names.includes(name))
      report(at, {
        code: 'unknown-tunnel',
        message: `${name} is not among the tunnels of this file`,
        hint: names.length === 0 ? 'add it under `tunnels`' : `write one of ${names.join(', ')}`,
      });
  };
  for (const one of [proof.handshake, proof.ping])
    for (const [i, name] of one?.tunnels?.entries() ?? []) check(name, [...(one?.at ?? []), 'tunnels', i]);
  for (const { tunnel, at } of [...proof.tcp, ...proof.http, ...proof.command])
    check(tunnel, [...at, 'tunnel']);
};

export const proofsOfNeighbors: Rule = ({ site, report }) => {
  const bgp = site.proof?.bgp;
  if (bgp === undefined) return;
  const addresses = site.bgp?.neighbors.map(({ address }) => address) ?? [];
  const unknown = (name: string, at: SitePath, part?: 'key'): void =>
    report(
      at,
      {
        code: 'unknown-neighbor',
        message: `${name} is no BGP neighbour of this file, nor a tunnel or peer that has one`,
        hint:
          addresses.length === 0 ? 'add it under `bgp.neighbors`' : `write one of ${addresses.join(', ')}`,
      },
      part,
    );
  for (const [i, name] of bgp.established.entries())
    if (neighborsNamed(site, name).length === 0) unknown(name, [...bgp.at, 'established', i]);
  for (const name of bgp.prefixes.keys()) {
    const at = [...bgp.at, 'prefixes', name];
    const found = neighborsNamed(site, name);
    if (found.length === 0) unknown(name, at, 'key');
    else if (found.every(({ family }) => family === 6))
      report(
        at,
        {
          code: 'wrong-family',
          message: `the router tells how many prefixes came from neighbours of IPv4 alone`,
          hint: `put ${name} under \`established\``,
        },
        'key',
      );
  }
};
