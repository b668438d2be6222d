// The zone that a tunnel is in. Zones are the router's own; that the interface is among those of one is the file's.
import { noZone } from '../site/grammar/names.ts';
import type { Tunnel } from '../site/site.ts';
import type { Tree } from '../vyatta/tree.ts';
import type { Draft } from './draft.ts';
import { any, Kind } from './kind.ts';
import type { Wanted } from './wanted.ts';

export const zoneMember: Kind<[zone: string, iface: string], never> = new Kind({
  at: ['zone-policy', 'zone', any, 'interface', any],
  leaves: [],
  hold: (claim, zone, iface) => {
    if (claim.wants(zoneMember.path(zone, iface))) return 'all';
    if (!claim.isNamed(iface)) return claim.isWhole(iface) ? 'all' : 'none';
    // an interface is in one zone; without a word about it, leaving it would open or close what nobody asked for
    return claim.site.tunnels.some(one => one.name === iface && one.zone !== undefined) ? 'all' : 'said';
  },
  title: (zone, iface) => ({ title: `${iface} in zone ${zone}`, order: ['tunnels', iface, 3] }),
});

export function wantZone(wanted: Wanted, { name, zone, at }: Tunnel): void {
  if (zone !== undefined && zone !== noZone) wanted.set(zoneMember.path(zone, name), [...at, 'zone']);
}

export function draftZone(draft: Draft, running: Tree, name: string): void {
  for (const [zone, iface] of zoneMember.all(running))
    if (iface === name) draft.set(['tunnels', name, 'zone'], zone, zoneMember.path(zone, iface));
}
