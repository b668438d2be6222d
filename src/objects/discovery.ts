// The entry that keeps Ubiquiti's discovery off an interface of ours: nobody says it in the file, it comes with the tunnel.
import type { Tunnel } from '../site/site.ts';
import { any, Kind } from './kind.ts';
import { tunnel } from './tunnel.ts';
import type { Wanted } from './wanted.ts';

export const discovery: Kind<[iface: string], never> = new Kind({
  at: ['service', 'ubnt-discover', 'interface', any],
  leaves: [],
  hold: (claim, iface) => (claim.isWhole(iface) || claim.wants(discovery.path(iface)) ? 'all' : 'none'),
  title: iface => ({ ...tunnel.title(iface), partOf: tunnel.path(iface) }),
});

export function wantDiscovery(wanted: Wanted, { name, at }: Tunnel): void {
  wanted.set([...discovery.path(name), 'disable'], at);
}
