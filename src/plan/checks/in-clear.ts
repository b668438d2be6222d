// EW214: private prefixes that would leave by the default route, unencrypted, whenever the tunnel's interface is gone: while the router
// boots, after a firmware upgrade, when somebody disables it. `guard: true` puts a blackhole behind the route.
import type { Entry } from '../../routing/entry.ts';
import type { Route, Tunnel } from '../../site/site.ts';
import { covers, parsePrefix } from '../../wireguard/prefix.ts';
import type { Prospect } from '../make.ts';
import type { Diagnostic } from '../plan.ts';
import { alreadyThere, livingTunnels } from './routes.ts';
import { finding, viewOf } from './view.ts';

/** RFC 1918, RFC 6598 and RFC 4193: nobody on the internet may use them, so whoever sends there means a private network. */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].flatMap(
  text => parsePrefix(text) ?? [],
);

export function inClear(prospect: Prospect): Diagnostic[] {
  return livingTunnels(prospect).flatMap(tunnel =>
    tunnel.routes.flatMap(route => {
      const by = route.disable || route.guard ? undefined : leak(prospect, tunnel, route);
      if (by === undefined) return [];
      return finding(prospect, route.at, {
        code: 'EW214',
        severity: 'warning',
        message: `${tunnel.name}: while the interface is gone, packets to ${route.prefix} leave in clear by the default route (${by.out ?? `via ${by.via}`})`,
        hint: 'add guard: true to the route: a blackhole behind it',
        ...alreadyThere(prospect, by.path),
      });
    }),
  );
}

/** The default route that would carry it without the tunnel. */
function leak(prospect: Prospect, tunnel: Tunnel, route: Route): Entry | undefined {
  const { routing } = viewOf(prospect).after;
  const prefix = parsePrefix(route.prefix);
  if (prefix === undefined || !privateRanges.some(range => covers(range, prefix))) return undefined;
  const [next] = routing.main
    .covering(prefix)
    .flat()
    .filter(entry => entry.out !== tunnel.name);
  if (next === undefined || next.prefix.length > 0 || next.origin === 'blackhole') return undefined;
  return routing.face(next.out ?? '')?.kind === 'wireguard' ? undefined : next;
}
