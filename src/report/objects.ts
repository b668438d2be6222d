// Which object of the network a changed leaf belongs to: what a person calls a tunnel, a peer, a rule, a route.
import { type Named, nameOf } from '../objects/all.ts';
import { sections } from '../objects/kind.ts';
import { peer } from '../objects/peer.ts';
import type { Action, Change, PeerName, Plan } from '../plan/types/plan.ts';
import { byVersion, type Path } from '../vyatta/tree.ts';

/** What happens to an object: created or deleted as a whole, changed within, or left as it is. */
export interface PlanObject {
  readonly title: string;
  /** Under which heading it is reported: its tunnel's name, `Firewall` … */
  readonly group: string;
  readonly action: Action;
  readonly changes: readonly { readonly label: string; readonly change: Change }[];
}

/** The changes of a plan by object: a tunnel with its peers and routes, then the firewall, then the rest. */
export function objectsOf(plan: Plan, keys: 'whole' | 'short' = 'short'): PlanObject[] {
  const found = new Map<string, { place: Named; changes: { label: string; change: Change }[] }>();
  for (const change of plan.changes) {
    const place = placeOf(change.path);
    const key = place.object.join('\0');
    const group = found.get(key) ?? { place, changes: [] };
    found.set(key, group);
    group.changes.push({ label: place.label.join(' '), change });
  }
  const actionOf = actionsOf(plan);
  const names = new Map(plan.peers?.toReversed().map(one => [`${one.tunnel} ${one.public_key}`, one]));
  return [...found.values()]
    .sort((a, b) => compare(a.place.order, b.place.order))
    .map(({ place, changes }) => ({
      title: titleOf(place, names, keys),
      group: place.order[0] === 'tunnels' ? place.order[1] : place.order[0],
      action: actionOf(place.object, changes),
      changes,
    }));
}

/** A peer by its name, with the key that the router knows it by shortened behind. */
function titleOf(
  { title, object }: Named,
  names: ReadonlyMap<string, PeerName>,
  keys: 'whole' | 'short',
): string {
  const [tunnel, key] = peer.match(object)?.instance ?? [];
  if (tunnel === undefined || key === undefined) return title;
  const name = names.get(`${tunnel} ${key}`)?.name;
  if (name === undefined) return title;
  return `peer ${name} of ${tunnel} (${keys === 'whole' ? key : `${key.slice(0, 8)}…`})`;
}

function compare(a: Named['order'], b: Named['order']): number {
  return sections.indexOf(a[0]) - sections.indexOf(b[0]) || byVersion(a[1], b[1]) || a[2] - b[2];
}

/** What belongs to no object is told by the first two words of its path. */
function placeOf(path: Path): Named {
  const [title, object] = [path.slice(0, 2).join(' '), path.slice(0, 2)];
  return nameOf(path) ?? { title, order: ['Others', title, 0], object, label: path.slice(2) };
}

/** An object is new when the undo takes it away, and gone when the commands do; told from the plan alone. */
function actionsOf(plan: Plan): (object: Path, changes: readonly { change: Change }[]) => Action {
  const gone = new Set<string>();
  const made = new Set<string>();
  for (const { run, undo } of plan.commits) {
    for (const { op, path } of undo) if (op !== 'set') made.add(path.join('\0'));
    for (const { op, path } of run) if (op !== 'set') gone.add(path.join('\0'));
  }
  const isIn = (paths: ReadonlySet<string>, object: Path): boolean =>
    object.some((_, i) => paths.has(object.slice(0, i + 1).join('\0')));
  return (object, changes) => {
    const actions = new Set(changes.map(({ change }) => change.action));
    if (actions.size === 1 && actions.has('keep')) return 'keep';
    if (actions.size === 1 && actions.has('create') && isIn(made, object)) return 'create';
    if (actions.size === 1 && actions.has('delete') && isIn(gone, object)) return 'delete';
    return 'update';
  };
}
