// EW220: one prefix that two tunnels claim, at least one of them by `route-allowed-ips true`: the kernel has one route to a prefix.
// Two routes of the file are a rule of the file; a route against what BGP announces is EW212.

import { carriedBy } from '../../model/routing/carried.ts';
import type { Entry } from '../../model/routing/entry.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { isWireguard } from '../../vyatta/interfaces.ts';
import { has } from '../../vyatta/tree.ts';
import { printPrefix } from '../../wireguard/prefix.ts';
import { finding, viewOf } from '../view.ts';
import { alreadyThere, livingTunnels, placeOfRoute } from './routes.ts';

export const claimedTwice: Check = {
  explanations: {
    EW220: {
      title: 'two tunnels claim one prefix',
      why: `With routeAllowedIPs the router makes a route into the tunnel for each of its allowed IPs, past its routing daemon and
        its distances. The kernel has one such route to a prefix: the second tunnel's is refused (File exists) or hides the
        first one's, whichever came up last. A range that moves between servers, such as MetalLB's, then stays at one of them.`,
      way: `Say routeAllowedIPs: false for both, name under routes what belongs to one of them, and leave what both may have to BGP:
        accept of a neighbour behind each. Or take the prefix from one of the two.`,
    },
  },
  find(input) {
    const { after } = viewOf(input);
    const ours = new Set(livingTunnels(input).map(({ name }) => name));
    const claims = new Map<string, Entry[]>();
    for (const iface of after.ifaces) {
      if (!isWireguard(iface) || iface.disabled) continue;
      for (const entry of carriedBy(after.routing, iface.name).routes) {
        if (entry.origin === 'connected' || entry.path.includes('table')) continue;
        const key = printPrefix(entry.prefix);
        claims.set(key, [...(claims.get(key) ?? []), entry]);
      }
    }
    return [...claims].flatMap(([prefix, entries]) => told(input, prefix, entries, ours));
  },
};

function told(
  input: CheckInput,
  prefix: string,
  entries: readonly Entry[],
  ours: ReadonlySet<string>,
): Finding[] {
  const byTunnel = entries.filter(({ out }, i) => entries.findIndex(other => other.out === out) === i);
  const isAllowed = ({ origin }: Entry): boolean => origin === 'allowedIPs';
  if (byTunnel.length < 2 || !byTunnel.some(isAllowed)) return [];
  const mine = byTunnel.filter(({ out }) => ours.has(out ?? ''));
  const last = mine.findLast(isAllowed) ?? mine.at(-1);
  if (last === undefined) return [];
  const at = placeOfRoute(input, last);
  const others = byTunnel.filter(one => one !== last);
  const isOld = byTunnel.every(({ path }) => has(input.running, path));
  const tell = ({ out, origin }: Entry): string =>
    `${out} (${origin === 'allowedIPs' ? 'routeAllowedIPs' : 'a route'})`;
  return [
    finding(input, at ?? input.site.tunnels.find(({ name }) => name === last.out)?.at ?? [], {
      code: 'EW220',
      severity: isOld ? 'warning' : 'error',
      message: `${prefix} is claimed by ${[...others, last].map(tell).join(' and by ')}: the router has one route to it, and one of the tunnels gets none of its packets`,
      hint: `say routeAllowedIPs: false and name under routes what belongs to one tunnel; what both may have comes by BGP, under accept of a neighbour behind each`,
      ...others.map(one => alreadyThere(input, one.path)).find(({ running }) => running !== undefined),
    }),
  ];
}
