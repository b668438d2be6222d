// BGP neighbours: their tunnel, their address, their timers.
import { eachDuplicate, type Rule } from './rule.ts';

export const neighborsThroughTunnels: Rule = ({ site, report }) => {
  const names = site.tunnels.map(tunnel => tunnel.name);
  for (const neighbor of site.bgp?.neighbors ?? [])
    if (!names.includes(neighbor.tunnel))
      report([...neighbor.at, 'tunnel'], {
        code: 'unknown-tunnel',
        message: `${neighbor.tunnel} is not among the tunnels of this file`,
        hint: names.length === 0 ? 'add it under `tunnels`' : `write one of ${names.join(', ')}`,
      });
};

export const uniqueNeighbors: Rule = context => {
  const { site, report, line } = context;
  eachDuplicate(
    context,
    site.bgp?.neighbors ?? [],
    neighbor => neighbor.address,
    (neighbor, first) =>
      report(neighbor.at, {
        code: 'duplicate-neighbor',
        message: `this is neighbour ${first.address}${line(first.at)} in another notation`,
        hint: 'keep one of the two',
      }),
  );
};

export const neighborIsSomebodyElse: Rule = ({ site, report, line }) => {
  const own = new Map(
    site.tunnels.flatMap(({ name, at, address }) =>
      address.map((text, i) => [text.split('/')[0], { name, path: [...at, 'address', i] }] as const),
    ),
  );
  for (const { address, at } of site.bgp?.neighbors ?? []) {
    const tunnel = own.get(address);
    if (tunnel !== undefined)
      report(at, {
        code: 'own-address',
        message: `${address} is the router's own address on ${tunnel.name}${line(tunnel.path)}`,
        hint: "write the other end's address",
      });
  }
};

/** RFC 4271 section 4.2: a hold time is 0, or at least 3; keepalives come before it ends. */
export const soundTimers: Rule = ({ site, report }) => {
  for (const { timers, at } of site.bgp?.neighbors ?? []) {
    if (timers === undefined) continue;
    const { keepalive, holdtime } = timers;
    const path = [...at, 'timers', 'holdtime'];
    const code = 'bad-timers';
    if (holdtime === 1 || holdtime === 2)
      report(path, {
        code,
        message: 'a hold time is 0 or at least 3 seconds',
        hint: 'three times keepalive is usual',
      });
    else if (holdtime > 0 && keepalive >= holdtime)
      report(path, {
        code,
        message: `the session would be down before the next keepalive, after ${keepalive} seconds`,
        hint: 'three times keepalive is usual',
      });
  }
};

export const updateSourceFamilies: Rule = ({ site, report }) => {
  for (const { updateSource, family, at } of site.bgp?.neighbors ?? []) {
    if (updateSource === undefined || !/^\d|:/.test(updateSource)) continue;
    if (updateSource.includes(':') !== (family === 6))
      report([...at, 'updateSource'], {
        code: 'wrong-family',
        message: `this is no IPv${family} address, but the neighbour has one`,
        hint: `write an IPv${family} address of the router`,
      });
  }
};
