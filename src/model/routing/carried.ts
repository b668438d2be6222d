// What may be routed into an interface: by any route of any table, whether another wins over it or not, and by BGP.
import { values } from '../../vyatta/tree.ts';
import type { Announced, Entry } from './entry.ts';
import type { Routing } from './routing.ts';
import { staticTables } from './statics.ts';

export interface Carried {
  /** Routes of all tables, the main one's first. */
  readonly routes: readonly Entry[];
  readonly announced: readonly Announced[];
}

const nothing: Carried = { routes: [], announced: [] };
const known = new WeakMap<Routing, ReadonlyMap<string, Carried>>();

/** Of all interfaces at once, since several checks ask for each tunnel. */
export function carriedBy(routing: Routing, name: string): Carried {
  let all = known.get(routing);
  if (all === undefined) {
    all = gathered(routing);
    known.set(routing, all);
  }
  return all.get(name) ?? nothing;
}

function gathered(routing: Routing): ReadonlyMap<string, Carried> {
  const found = new Map<string, { routes: Entry[]; announced: Announced[] }>();
  const of = (name: string): { routes: Entry[]; announced: Announced[] } => {
    const there = found.get(name) ?? { routes: [], announced: [] };
    found.set(name, there);
    return there;
  };
  for (const entry of routing.main.all) if (entry.out !== undefined) of(entry.out).routes.push(entry);
  for (const number of values(routing.tree, staticTables))
    for (const entry of routing.table(number).all)
      if (entry.out !== undefined) of(entry.out).routes.push(entry);
  for (const one of routing.announced) if (one.out !== undefined) of(one.out).announced.push(one);
  return found;
}
