// EW211 and EW215: a prefix that the file routes into a tunnel and that goes elsewhere, by a better distance or a longer prefix;
// a BGP neighbour that is not reached through its tunnel.
import type { Entry } from '../../model/routing/entry.ts';
import { peerFor, peersOf } from '../../model/routing/peers.ts';
import { isLinkLocal } from '../../model/routing/routing.ts';
import { inUse } from '../../model/routing/table.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Neighbor, Route, Tunnel } from '../../site/site.ts';
import { host, parseAddress, parsePrefix } from '../../wireguard/prefix.ts';
import { isNode, routeEdit, siteFix } from '../fix.ts';
import { finding, viewOf } from '../view.ts';
import { alreadyThere, listed, livingTunnels, placeOfRoute, tellEntry } from './routes.ts';

export const routedElsewhere: Check = {
  explanations: {
    EW211: {
      title: 'a prefix that the file routes into a tunnel goes elsewhere',
      ignorable: true,
      why: `Among routes to one prefix the smallest distance wins; connected networks have 0, static routes 1, eBGP 20. At the same
      distance the router shares the packets out: some connections work and some don't. A longer prefix always wins, for
      its part of the addresses.`,
      way: `Take the other route out, or give one of them another distance. When the tunnel is meant to stand by only, say so:
      # edgewg-ignore EW211: REASON.`,
    },
  },
  find(input) {
    return livingTunnels(input).flatMap(tunnel =>
      tunnel.routes.filter(route => !route.disable).flatMap(route => routed(input, tunnel, route) ?? []),
    );
  },
};

function routed(input: CheckInput, tunnel: Tunnel, route: Route): Finding | undefined {
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

export const neighborsElsewhere: Check = {
  explanations: {
    EW215: {
      title: 'a BGP neighbour is not reached through its tunnel',
      ignorable: true,
      why: `The session with a neighbour is a TCP connection to its address, which needs a route into the tunnel: AllowedIPs alone make
      none with route-allowed-ips false. Else the packets go to another interface, or out to the internet.`,
      way: 'Add the address, as /32 or /128, to the routes of the tunnel that the neighbour names.',
    },
  },
  find(input) {
    const { routing } = viewOf(input).after;
    return (input.site.bgp?.neighbors ?? []).flatMap(neighbor => {
      const address = parseAddress(neighbor.address);
      const tunnel = input.site.tunnels.find(one => one.name === neighbor.tunnel);
      // a link-local neighbour is on its interface, whatever the routes say
      if (address === undefined || isLinkLocal(host(address.family, address.address))) return [];
      if (neighbor.disable || tunnel?.disable !== false) return [];
      const used = routing.main.best(host(address.family, address.address));
      if (used.length > 0 && used.every(entry => entry.out === tunnel.name)) return [];
      const way = used.map(entry => tellEntry(input, entry)).join(', ') || 'no route leads there';
      return finding(input, neighbor.at, {
        code: 'EW215',
        severity: 'error',
        message: `BGP neighbour ${neighbor.address} is not reached through ${tunnel.name}: ${way}`,
        ...wayTo(input, tunnel, neighbor, used[0]),
        ...(used[0] && alreadyThere(input, used[0].path)),
      });
    });
  },
};

/** Another tunnel of the file that leads there is the one to name; else a route, if a peer takes what comes by it. */
function wayTo(
  input: CheckInput,
  tunnel: Tunnel,
  { at, address, family, description }: Neighbor,
  used: Entry | undefined,
): Pick<Finding, 'hint' | 'fix'> {
  const other = used && placeOfRoute(input, used) === undefined ? undefined : used?.out;
  if (other !== undefined && other !== tunnel.name)
    return {
      hint: `say tunnel: ${other} of ${address}, or route it into ${tunnel.name}`,
      ...(!isNode(input.site, tunnel) && siteFix({ path: [...at, 'tunnel'], value: other })),
    };
  const prefix = `${address}/${family === 4 ? 32 : 128}`;
  const text = description ?? 'BGP neighbour';
  const iface = viewOf(input).after.iface(tunnel.name);
  const target = parsePrefix(prefix);
  const taker = iface && target && peerFor(peersOf(iface), target);
  return {
    hint: `add it to the routes of ${tunnel.name}: ${prefix}: ${text}`,
    ...(taker !== undefined && siteFix(routeEdit(input.site, tunnel, prefix, text))),
  };
}
