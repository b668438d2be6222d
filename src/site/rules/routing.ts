// AllowedIPs and routes among each other. A narrower prefix inside a wider one is legal in both: the narrower wins.
import type { Route, Tunnel } from '../site.ts';
import { eachDuplicate, type Placed, type Rule, type RuleContext } from './rule.ts';

/** WireGuard moves a prefix to the peer that named it last; EdgeOS checks it only sometimes (docs/edgeos.md 'Allowed IPs'). */
export const uniqueAllowedIPs: Rule = context => {
  for (const { name, peers } of context.site.tunnels) {
    const all = peers.flatMap(peer =>
      peer.allowedIPs.map((prefix, i) => ({ prefix, peer: peer.name, at: [...peer.at, 'allowedIPs', i] })),
    );
    eachDuplicate(
      context,
      all,
      ({ prefix }) => prefix,
      ({ prefix, at, peer }, first) => {
        const owner = first.peer === peer ? 'here' : `with ${first.peer}`;
        context.report(at, {
          code: 'duplicate-allowed-ip',
          message: `${prefix} stands ${owner} already${context.line(first.at)}`,
          hint: `a prefix belongs to one peer of ${name}: WireGuard would move it to the last`,
        });
      },
    );
  }
};

const distanceOf = (route: Route): number => route.distance ?? 1;

interface RouteOf extends Placed {
  readonly tunnel: Tunnel;
  readonly route: Route;
}

/** The same prefix once per tunnel; on two tunnels only at different distances, where one waits for the other. */
export const uniqueRoutes: Rule = context => {
  const all = context.site.tunnels.flatMap(tunnel =>
    tunnel.routes.map(route => ({ tunnel, route, at: route.at })),
  );
  const byTunnel = ({ tunnel, route }: RouteOf): string => `${tunnel.name} ${route.prefix}`;
  eachDuplicate(context, all, byTunnel, (item, first) =>
    reportRoute(context, item, first, 'keep one of the two'),
  );
  const active = all.filter(({ route }) => !route.disable);
  const byDistance = ({ route }: RouteOf): string => `${route.prefix} ${distanceOf(route)}`;
  eachDuplicate(context, active, byDistance, (item, first) => {
    if (item.tunnel !== first.tunnel)
      reportRoute(context, item, first, 'give the two different distances, or keep one');
  });
};

function reportRoute({ report, line }: RuleContext, item: RouteOf, first: RouteOf, hint: string): void {
  const message = `${item.route.prefix} is routed into ${first.tunnel.name} already${line(first.at)}`;
  report(item.at, { code: 'duplicate-route', message, hint }, 'key');
}

/** The blackhole of a guard has distance 254; a route behind it would never be used. */
export const guardBehindRoute: Rule = ({ site, report }) => {
  for (const route of site.tunnels.flatMap(tunnel => tunnel.routes))
    if (route.guard && distanceOf(route) >= 254)
      report([...route.at, 'distance'], {
        code: 'guard-before-route',
        message: 'the guard, at distance 254, would win over this route',
        hint: 'choose a distance below 254',
      });
};
