// EW211 and EW215: a prefix that the file routes into a tunnel and that goes elsewhere, by a better distance or a longer prefix;
// a BGP neighbour that is not reached through its tunnel.
import type { Entry } from '../../model/routing/entry.ts';
import { inUse } from '../../model/routing/table.ts';
import type { CheckInput } from '../../plan/types/check.ts';
import type { Diagnostic } from '../../plan/types/plan.ts';
import type { Route, Tunnel } from '../../site/site.ts';
import { host, parseAddress, parsePrefix } from '../../wireguard/prefix.ts';
import { finding, viewOf } from '../view.ts';
import { alreadyThere, listed, livingTunnels, placeOfRoute, tellEntry } from './routes.ts';

export function routedElsewhere(input: CheckInput): Diagnostic[] {
  return livingTunnels(input).flatMap(tunnel =>
    tunnel.routes.filter(route => !route.disable).flatMap(route => routed(input, tunnel, route) ?? []),
  );
}

function routed(input: CheckInput, tunnel: Tunnel, route: Route): Diagnostic | undefined {
  const { main } = viewOf(input).after.routing;
  const prefix = parsePrefix(route.prefix);
  if (prefix === undefined) return undefined;
  const isOurs = (entry: Entry): boolean => entry.out === tunnel.name;
  const used = inUse(main.at(prefix));
  // Another tunnel of the file at another distance is meant so: one waits for the other.
  const foreign = used.filter(entry => !isOurs(entry) && placeOfRoute(input, entry) === undefined);
  const what = `${tunnel.name}: ${route.prefix}`;
  const [first] = foreign;
  if (first !== undefined) {
    const shared = used.some(isOurs);
    return finding(input, route.at, {
      code: 'EW211',
      severity: shared || route.distance !== undefined ? 'warning' : 'error',
      message: shared
        ? `${what} is shared with ${told(input, foreign)}: at the same distance the router sends some packets one way and some the other`
        : `${what} never goes into the tunnel: ${told(input, foreign)} is nearer than distance ${route.distance ?? 1}`,
      hint: `take the other route out, or give the two different distances: the smaller one wins`,
      ...alreadyThere(input, first.path),
    });
  }
  if (prefix.length === 0) return undefined;
  const parts = main
    .inside(prefix)
    .filter(entry => !isOurs(entry) && entry.origin !== 'connected' && entry.origin !== 'kernel')
    .filter(entry => placeOfRoute(input, entry) === undefined);
  const [part] = parts;
  if (part === undefined) return undefined;
  return finding(input, route.at, {
    code: 'EW211',
    severity: 'note',
    message: `${what} goes elsewhere in part: ${told(input, parts)}; the longer prefix wins`,
    ...alreadyThere(input, part.path),
  });
}

const most = 4;

function told(input: CheckInput, entries: readonly Entry[]): string {
  const words = entries.slice(0, most).map(entry => tellEntry(input, entry));
  return listed(entries.length > most ? [...words, `${entries.length - most} more`] : words);
}

export function neighborsElsewhere(input: CheckInput): Diagnostic[] {
  const { routing } = viewOf(input).after;
  return (input.site.bgp?.neighbors ?? []).flatMap(neighbor => {
    const address = parseAddress(neighbor.address);
    const tunnel = input.site.tunnels.find(one => one.name === neighbor.tunnel);
    if (address === undefined || neighbor.disable || tunnel?.disable !== false) return [];
    const used = routing.main.best(host(address.family, address.address));
    if (used.length > 0 && used.every(entry => entry.out === tunnel.name)) return [];
    const way = used.map(entry => tellEntry(input, entry)).join(', ') || 'no route leads there';
    return finding(input, neighbor.at, {
      code: 'EW215',
      severity: 'error',
      message: `BGP neighbour ${neighbor.address} is not reached through ${tunnel.name}: ${way}`,
      hint: `add it to the routes of ${tunnel.name}: ${neighbor.address}/${address.family === 4 ? 32 : 128}: ${neighbor.description ?? 'BGP neighbour'}`,
      ...(used[0] && alreadyThere(input, used[0].path)),
    });
  });
}
