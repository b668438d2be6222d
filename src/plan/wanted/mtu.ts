// The MTU of the tunnels: what the file says, or what the sums give.
import type { Tunnel } from '../../site/site.ts';
import { type Tree, value, values } from '../../vyatta/tree.ts';
import { tunnelSum, type Uplinks } from './uplinks.ts';

/** The package's (docs/edgeos.md 'WireGuard nodes'). */
const standard = 1420;

export function wantedMtu(uplinks: Uplinks, tunnel: Tunnel): number {
  return typeof tunnel.mtu === 'number' ? tunnel.mtu : tunnelSum(uplinks, tunnel.peers).mtu;
}

/** The MTU of every WireGuard interface that there is after the change. */
export function wireguardMtus(
  running: Tree,
  wanted: Tree,
  gone: (name: string) => boolean,
): Map<string, number> {
  const path = ['interfaces', 'wireguard'];
  const mtus = new Map<string, number>();
  for (const name of values(running, path))
    if (!gone(name)) mtus.set(name, Number(value(running, [...path, name, 'mtu']) ?? standard));
  for (const name of values(wanted, path)) {
    const said = value(wanted, [...path, name, 'mtu']);
    if (said !== undefined) mtus.set(name, Number(said));
    else if (!mtus.has(name)) mtus.set(name, standard);
  }
  return mtus;
}
