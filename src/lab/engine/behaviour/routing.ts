// `protocols` and `system gateway-address`: what their templates check, and the static routes that the routing daemon is
// told of (docs/edgeos.md 'Static routes'; transcript routes).
import { parsePrefix, printPrefix } from '../../../wireguard/prefix.ts';
import { type Act, fine, type Outcome } from '../action.ts';
import { at, childrenAt, type View, valueAt } from '../config.ts';
import type { Route } from '../kernel.ts';
import type { Template } from '../template.ts';
import { inCommit, on, program, range } from './attach.ts';
import { boundaryProblem } from './prefixes.ts';

export function routingBehaviour(root: Template): void {
  const fixed = on(root, 'protocols static');
  for (const tree of [fixed, on(fixed, 'table')]) {
    for (const name of ['interface-route', 'interface-route6', 'route', 'route6'])
      program(on(tree, name), ({ value }) => boundaryProblem(value));
    for (const name of ['interface-route', 'interface-route6'])
      inCommit(on(tree, name), hasHop(['next-hop-interface']), 'Must add a next-hop-interface for route %');
    for (const name of ['route', 'route6'])
      inCommit(
        on(tree, name),
        hasHop(['next-hop', 'blackhole']),
        'Must add either a next-hop or blackhole for route %',
      );
    for (const path of [
      'interface-route next-hop-interface',
      'interface-route6 next-hop-interface',
      'route next-hop',
    ])
      range(on(tree, `${path} distance`), 1, 255, 'Must be between (1-255)');
    for (const path of ['route blackhole', 'route6 blackhole', 'route6 next-hop'])
      range(on(tree, `${path} distance`), 1, 255, 'Must be between (1-255)');
  }
  fixed.end = tellDaemon;
  on(root, 'system gateway-address').end = tellDaemon;
}

function hasHop(names: readonly string[]): (act: Act) => boolean {
  return act => names.some(name => at(act.working, [...act.path, name]) !== undefined);
}

function tellDaemon(act: Act): Outcome {
  const { kernel } = act.world;
  const before = kernel.staticRoutes;
  kernel.staticRoutes = [...staticRoutes(act.working)].map(route => {
    const known = before.find(old => sameRoute(old, route));
    return known ?? { ...route, nexthop: route.isBlackhole ? 0 : kernel.nextNexthop() };
  });
  return fine;
}

function sameRoute(a: Route, b: Route): boolean {
  return (
    a.prefix === b.prefix &&
    a.device === b.device &&
    a.gateway === b.gateway &&
    a.distance === b.distance &&
    a.table === b.table
  );
}

function* staticRoutes(view: View): Generator<Route> {
  const path = ['protocols', 'static'];
  yield* routesBelow(view, path);
  for (const table of childrenAt(view, [...path, 'table']))
    for (const route of routesBelow(view, [...path, 'table', table])) yield { ...route, table };
  const gateway = valueAt(view, ['system', 'gateway-address']);
  if (gateway !== undefined) yield* one('0.0.0.0/0', view, { gateway });
}

function* routesBelow(view: View, path: readonly string[]): Generator<Route> {
  for (const kind of ['interface-route', 'interface-route6'])
    for (const prefix of childrenAt(view, [...path, kind]))
      for (const device of childrenAt(view, [...path, kind, prefix, 'next-hop-interface'])) {
        const hop = at(view, [...path, kind, prefix, 'next-hop-interface', device]);
        if (hop !== undefined) yield* one(prefix, hop, { device });
      }
  for (const kind of ['route', 'route6'])
    for (const prefix of childrenAt(view, [...path, kind])) {
      const node = [...path, kind, prefix];
      for (const gateway of childrenAt(view, [...node, 'next-hop'])) {
        const hop = at(view, [...node, 'next-hop', gateway]);
        const device = hop && valueAt(hop, ['interface']);
        if (hop !== undefined) yield* one(prefix, hop, { gateway, device });
      }
      const blackhole = at(view, [...node, 'blackhole']);
      if (blackhole !== undefined) yield* one(prefix, blackhole, { isBlackhole: true });
    }
}

function* one(text: string, hop: View, more: Partial<Route>): Generator<Route> {
  const prefix = parsePrefix(text);
  if (prefix === undefined || at(hop, ['disable']) !== undefined) return;
  yield {
    prefix: printPrefix(prefix),
    device: more.device,
    gateway: more.gateway,
    distance: Number(valueAt(hop, ['distance']) ?? 1),
    isBlackhole: more.isBlackhole ?? false,
    protocol: 'static',
    nexthop: 0,
  };
}
