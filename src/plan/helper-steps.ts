// Which helper scripts (src/objects/endpoint-helper.ts) an apply puts on the router, and which go after its save.
import { helperOf, isIntact, partsOfHelper } from '../objects/endpoint-helper.ts';
import { helperFor, isForeign, resolver } from '../objects/resolver.ts';
import { managesInterface } from '../site/manages.ts';
import type { Site, Tunnel } from '../site/site.ts';
import type { Tree } from '../vyatta/tree.ts';
import { printEndpoint } from '../wireguard/endpoint.ts';
import type { PlaceOf } from './types/check.ts';
import type { RouterFacts } from './types/facts.ts';
import type { HelperStep } from './types/plan.ts';

interface Router {
  readonly running: Tree;
  /** Undefined when the router wasn't asked: then what the configuration names counts as there. */
  readonly facts: RouterFacts | undefined;
}

export function planHelpers(site: Site, placeOf: PlaceOf, { running, facts }: Router): HelperStep[] {
  const wanted = new Map(
    site.tunnels.flatMap(tunnel => {
      const helper = helperFor(tunnel);
      return helper === undefined ? [] : [[tunnel.name, { tunnel, path: helper.path }] as const];
    }),
  );
  const there = facts?.helpers ?? namedBy(running);
  const puts = [...wanted.values()]
    .filter(({ path }) => !there.has(path))
    .map(({ tunnel, path }) => putStep(tunnel, path, placeOf));
  const removes = [...there.keys()].flatMap((path): HelperStep[] => {
    const name = partsOfHelper(path)?.tunnel;
    if (name === undefined || !isOurs(site, name) || wanted.get(name)?.path === path) return [];
    // the task of somebody else keeps what it runs
    return isForeign(running, name) ? [] : [{ tunnel: name, do: 'remove', path }];
  });
  return [...puts, ...removes];
}

function putStep({ name, peers }: Tunnel, path: string, placeOf: PlaceOf): HelperStep {
  const asking = peers.filter(({ resolve }) => resolve !== undefined);
  const watched = asking.flatMap(({ publicKey, endpoint }) =>
    endpoint === undefined ? [] : [{ public_key: publicKey, endpoint: printEndpoint(endpoint) }],
  );
  return { tunnel: name, do: 'put', path, watched, source: placeOf([...(asking[0]?.at ?? []), 'resolve']) };
}

/** As the object decides it (src/objects/resolver.ts). */
function isOurs(site: Site, name: string): boolean {
  return (
    managesInterface(site, name) ||
    site.absent.tunnels.includes(name) ||
    site.tunnels.some(tunnel => tunnel.name === name)
  );
}

function namedBy(running: Tree): ReadonlyMap<string, string> {
  const paths = resolver.all(running).flatMap(([task]) => resolver.value(running, 'path', task) ?? []);
  return new Map(paths.map(path => [path, '']));
}

/** Undefined where it isn't what the step's path says: made by another edgewg, or by nobody. */
export function contentOf({ tunnel, path, watched = [] }: HelperStep): string | undefined {
  const helper = helperOf(
    tunnel,
    watched.map(({ public_key, endpoint }) => ({ publicKey: public_key, endpoint })),
  );
  return helper?.path === path ? helper.content : undefined;
}

/** A file of ours that holds something else than what its name says. */
export function changedHelpers(site: Site, facts: RouterFacts | undefined): string[] {
  const wanted = new Set(site.tunnels.map(tunnel => helperFor(tunnel)?.path));
  return [...(facts?.helpers ?? [])]
    .filter(([path, sum]) => wanted.has(path) && !isIntact(path, sum))
    .map(([path]) => path);
}

/** What a rollback does with the helpers that its commits name, or name no more. */
export function helpersOfRollback(
  before: Tree,
  after: Tree,
  there: ReadonlyMap<string, unknown> | undefined,
): HelperStep[] {
  const [now, then] = [namedBy(before), namedBy(after)];
  const step =
    (deed: 'restore' | 'remove') =>
    (path: string): HelperStep[] => {
      const name = partsOfHelper(path)?.tunnel;
      return name === undefined ? [] : [{ tunnel: name, do: deed, path }];
    };
  return [
    ...[...then.keys()].filter(path => !now.has(path) && there?.has(path) !== true).flatMap(step('restore')),
    ...[...now.keys()].filter(path => !then.has(path) && there?.has(path) !== false).flatMap(step('remove')),
  ];
}
