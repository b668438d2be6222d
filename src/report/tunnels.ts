// The tunnels of a site file as a list.
import type { Tunnel } from '../site/site.ts';
import { table } from './table.ts';

/** Ends with a line break. */
export function renderTunnels(tunnels: readonly Tunnel[]): string {
  if (tunnels.length === 0) return 'no tunnels\n';
  const rows = tunnels.map(({ name, address, listenPort, peers, routes, disable, description }) => [
    name,
    address.join(', ') || '-',
    listenPort === undefined ? '-' : String(listenPort),
    peers.map(peer => peer.name).join(', ') || '-',
    String(routes.length),
    `${description ?? ''}${disable ? ' (disabled)' : ''}`,
  ]);
  return `${table([['tunnel', 'address', 'port', 'peers', 'routes', 'description'], ...rows]).join('\n')}\n`;
}

/** A list of objects; ends with a line break. */
export function renderTunnelsJson(tunnels: readonly Tunnel[]): string {
  const list = tunnels.map(({ name, address, listenPort, peers, routes, disable, description }) => ({
    name,
    description: description ?? null,
    address,
    listen_port: listenPort ?? null,
    peers: peers.map(peer => peer.name),
    routes: routes.map(({ prefix }) => prefix),
    disabled: disable,
  }));
  return `${JSON.stringify(list, null, 2)}\n`;
}
