// EW214: private prefixes that would leave by the default route, unencrypted, whenever the tunnel's interface is gone: while the router
// boots, after a firmware upgrade, when somebody disables it. `guard: true` puts a blackhole behind the route.

import type { Entry } from '../../model/routing/entry.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Route, Tunnel } from '../../site/site.ts';
import { isWireguard } from '../../vyatta/interfaces.ts';
import { parsePrefix } from '../../wireguard/prefix.ts';
import { guarded, isPrivate, mayBeGuarded, siteFix } from '../fix.ts';
import { finding, viewOf } from '../view.ts';
import { alreadyThere, livingTunnels } from './routes.ts';

export const inClear: Check = {
  explanations: {
    EW214: {
      title: 'private addresses would leave unencrypted when the tunnel is gone',
      ignorable: true,
      why: `A route through an interface ends with the interface: while the router boots, after a firmware upgrade without the
      wireguard package, when somebody disables it. The default route then takes the packets, masquerades them and sends them
      to the provider in clear. What was meant for the pods of a cluster may reach somebody.`,
      way: `Add guard: true to the route: edgewg sets a blackhole to the same prefix at distance 254, which drops them as long as
      nothing better is there.`,
    },
  },
  find(input) {
    return livingTunnels(input).flatMap(tunnel =>
      tunnel.routes.flatMap(route => {
        const by = route.disable || route.guard ? undefined : leak(input, tunnel, route);
        if (by === undefined) return [];
        const mayGuard = mayBeGuarded(input.site, route.prefix);
        return finding(input, route.at, {
          code: 'EW214',
          severity: mayGuard ? 'warning' : 'note',
          message: `${tunnel.name}: while the interface is gone, packets to ${route.prefix} leave in clear by the default route (${by.out ?? `via ${by.via}`})`,
          ...(mayGuard
            ? { hint: 'add guard: true to the route: a blackhole behind it', ...siteFix(guarded(route)) }
            : {
                hint: 'leave it: a blackhole over the address of a BGP neighbour would take all that it announces along',
              }),
          ...alreadyThere(input, by.path),
        });
      }),
    );
  },
};

/** The default route that would carry it without the tunnel. */
function leak(input: CheckInput, tunnel: Tunnel, route: Route): Entry | undefined {
  const { routing } = viewOf(input).after;
  const prefix = parsePrefix(route.prefix);
  if (prefix === undefined || !isPrivate(route.prefix)) return undefined;
  const [next] = routing.main
    .covering(prefix)
    .flat()
    .filter(entry => entry.out !== tunnel.name);
  if (next === undefined || next.prefix.length > 0 || next.origin === 'blackhole') return undefined;
  return isWireguard(routing.iface(next.out ?? '')) ? undefined : next;
}
