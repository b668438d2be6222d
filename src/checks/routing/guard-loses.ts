// EW217: a guard that another route wins over: its blackhole has distance 254, and a default route by DHCP 210.

import type { Entry } from '../../model/routing/entry.ts';
import { inUse } from '../../model/routing/table.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Route, Tunnel } from '../../site/site.ts';
import { isWireguard } from '../../vyatta/interfaces.ts';
import { parsePrefix } from '../../wireguard/prefix.ts';
import { guarded } from '../fix.ts';
import { finding, viewOf } from '../view.ts';
import { alreadyThere, livingTunnels, tellEntry } from './routes.ts';

/** Of the blackhole that a guard is. */
const guardDistance = 254;

export const guardLoses: Check = {
  explanations: {
    EW217: {
      title: 'a guard loses to another route',
      why: `guard: true puts a blackhole at distance 254 behind the route, for the time when the tunnel's interface is gone. Another
        route to the very same prefix with a smaller distance wins over it: a default route by DHCP has 210, one by a router
        advertisement too, a static one 1. Then the packets leave by that one, in clear, just when the guard is needed.`,
      way: `For a default route name two halves in its place, each with guard: true (0.0.0.0/1 and 128.0.0.0/1, ::/1 and 8000::/1): a
        longer prefix wins at any distance. Otherwise take the other route out, or the guard, which protects nothing.`,
    },
  },
  find: input =>
    livingTunnels(input).flatMap(tunnel =>
      tunnel.routes
        .filter(route => route.guard && !route.disable)
        .flatMap(route => lost(input, tunnel, route)),
    ),
};

function lost(input: CheckInput, tunnel: Tunnel, route: Route): Finding[] {
  const { routing, wan } = viewOf(input).after;
  const prefix = parsePrefix(route.prefix);
  if (prefix === undefined) return [];
  const isTunnel = (entry: Entry): boolean => isWireguard(routing.iface(entry.out ?? ''));
  const others = routing.main
    .at(prefix)
    .filter(one => one.origin !== 'blackhole' && !isTunnel(one) && one.distance <= guardDistance);
  const [first] = others;
  // what is in use now is no matter of the guard
  if (first === undefined || inUse(routing.main.at(prefix)).includes(first)) return [];
  const isUplink = wan(route.family).some(({ iface }) => iface.name === first.out);
  return [
    finding(input, route.at, {
      code: 'EW217',
      // a line to another place may be meant as a second way
      severity: isUplink ? 'warning' : 'note',
      message: `${tunnel.name}: the guard of ${route.prefix}, at distance ${guardDistance}, loses to ${tellEntry(input, first)}: while the interface is gone the packets leave by that, in clear`,
      ...wayOut(route),
      ...alreadyThere(input, first.path),
    }),
  ];
}

const halves: Readonly<Record<string, readonly [string, string]>> = {
  '0.0.0.0/0': ['0.0.0.0/1', '128.0.0.0/1'],
  '::/0': ['::/1', '8000::/1'],
};

function wayOut(route: Route): Pick<Finding, 'hint' | 'fix'> {
  const parts = halves[route.prefix];
  if (parts === undefined) return { hint: 'take the other route out, or give it a distance above 254' };
  const routes = route.at.slice(0, -1);
  return {
    hint: `name ${parts.join(' and ')} in its place, each with guard: true: a longer prefix wins at any distance`,
    fix: {
      kind: 'site',
      edits: [
        { path: route.at, value: null },
        ...parts.map(part => ({ path: [...routes, part], value: guarded(route).value })),
      ],
    },
  };
}
