// From the site file and what the router has to the wanted configuration: everything that is ours, and nothing else.
// Defaults are derived here, and each node remembers the line that asked for it.
import { managesInterface } from '../../site/manages.ts';
import type { Site } from '../../site/site.ts';
import type { Path, Tree } from '../../vyatta/tree.ts';
import type { PlaceOf } from '../types/check.ts';
import type { RouterFacts } from '../types/facts.ts';
import { wantBgp } from './bgp.ts';
import { Wanted } from './builder.ts';
import { wantClamps } from './clamp.ts';
import { wireguardMtus } from './mtu.ts';
import { wantOpenPort, wantRuleset } from './ports.ts';
import { type KeyPath, wantTunnel } from './tunnel.ts';
import { uplinksOf } from './uplinks.ts';

/** Niceties that some firmwares lack, by the name of the probe: without them a tunnel works as well. */
const niceties: Record<string, (path: Path) => boolean> = {
  'ubnt-discover': path => path[1] === 'ubnt-discover',
  'route-description': path => path[2] === 'interface-route' && path[6] === 'description',
  'route6-description': path => path[2] === 'interface-route6' && path[6] === 'description',
};

export function deriveWanted(
  site: Site,
  placeOf: PlaceOf,
  running: Tree,
  keyPath: KeyPath,
  probes: RouterFacts['probes'] = new Map(),
): Wanted {
  const lacking = Object.entries(niceties).filter(([probe]) => probes.get(probe) === false);
  const wanted = new Wanted(placeOf, path => !lacking.some(([, concerns]) => concerns(path)));
  const uplinks = uplinksOf(site, running);
  for (const tunnel of site.tunnels) {
    wantTunnel(wanted, site, running, tunnel, { keyPath, uplinks });
    wantOpenPort(wanted, site, running, tunnel);
  }
  for (const ruleset of site.rulesets) wantRuleset(wanted, ruleset);
  if (site.tunnels.length > 0) {
    const named = new Set(site.tunnels.map(tunnel => tunnel.name));
    const gone = (name: string): boolean =>
      !named.has(name) && (managesInterface(site, name) || site.absent.tunnels.includes(name));
    wantClamps(wanted, site, running, wireguardMtus(running, wanted.tree, gone));
  }
  if (site.bgp !== undefined) wantBgp(wanted, site, site.bgp, running);
  return wanted;
}
