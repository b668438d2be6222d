// Which object of the network a changed leaf belongs to: what a person calls a tunnel, a peer, a rule, a route.
import type { Action, Change, Plan } from '../plan/types/plan.ts';
import { byVersion, type Path } from '../vyatta/tree.ts';

/** What happens to an object: created or deleted as a whole, changed within, or left as it is. */
export interface PlanObject {
  readonly title: string;
  /** Under which heading it is told: its tunnel's name, `Firewall` … */
  readonly group: string;
  readonly action: Action;
  readonly changes: readonly { readonly label: string; readonly change: Change }[];
}

/** What is told of one path: the object's own path, its name, and the rest of the words. */
interface Place {
  readonly object: Path;
  readonly title: string;
  /** Objects are listed by these: tunnels with what is theirs first. */
  readonly order: readonly [section: number, owner: string, part: number];
  readonly label: Path;
}

/** The changes of a plan by object: a tunnel with its peers and routes, then the firewall, then the rest. */
export function objectsOf(plan: Plan): PlanObject[] {
  const found = new Map<string, { place: Place; changes: { label: string; change: Change }[] }>();
  for (const change of plan.changes) {
    const place = placeOf(change.path);
    const key = place.object.join('\0');
    const group = found.get(key) ?? { place, changes: [] };
    found.set(key, group);
    group.changes.push({ label: place.label.join(' '), change });
  }
  const fate = fates(plan);
  return [...found.values()]
    .sort((a, b) => compare(a.place.order, b.place.order))
    .map(({ place, changes }) => ({
      title: place.title,
      group: groups[place.order[0]] ?? place.order[1],
      action: fate(place.object, changes),
      changes,
    }));
}

/** Headings by the first number of an order; a tunnel is a group of its own. */
export const groups: readonly (string | undefined)[] = [
  undefined,
  'Guard routes',
  'Firewall',
  'MSS clamp',
  'BGP',
  'Others',
];

function compare(a: Place['order'], b: Place['order']): number {
  return a[0] - b[0] || byVersion(a[1], b[1]) || a[2] - b[2];
}

function placeOf(path: Path): Place {
  const [a, b, c = '', d, e = '', f = ''] = path;
  const place = (size: number, title: string, order: Place['order']): Place => ({
    object: path.slice(0, size),
    title,
    order,
    label: path.slice(size),
  });
  if (a === 'interfaces' && b === 'wireguard')
    return d === 'peer' ? place(5, `peer ${e} of ${c}`, [0, c, 1]) : place(3, `tunnel ${c}`, [0, c, 0]);
  if (a === 'service' && b === 'ubnt-discover' && c === 'interface' && d !== undefined)
    return {
      ...place(4, `tunnel ${d}`, [0, d, 0]),
      object: ['interfaces', 'wireguard', d],
      label: ['service', 'ubnt-discover', ...path.slice(4)],
    };
  if (a === 'protocols' && b === 'static') {
    if (c.startsWith('interface-route')) return place(6, `route ${d} through ${f}`, [0, f, 2]);
    return place(4, `guard of ${d}`, [1, d ?? '', 0]);
  }
  if (a === 'firewall' && (b === 'name' || b === 'ipv6-name')) {
    const family = b === 'name' ? 'IPv4' : 'IPv6';
    if (d === 'rule') return place(5, `rule ${e} of ${c} (${family})`, [2, c, Number(e)]);
    return place(3, `ruleset ${c} (${family})`, [2, c, 0]);
  }
  if (a === 'firewall' && b === 'options')
    return place(3, `MSS clamp for ${c === 'mss-clamp' ? 'IPv4' : 'IPv6'}`, [3, c, 0]);
  if (a === 'protocols' && b === 'bgp')
    return d === 'neighbor'
      ? place(5, `BGP neighbor ${e}`, [4, e, 0])
      : place(3, `BGP autonomous system ${c}`, [4, '', 0]);
  if (a === 'policy') return place(3, `prefix list ${c}`, [4, c, 1]);
  return place(2, path.slice(0, 2).join(' '), [5, path.slice(0, 2).join(' '), 0]);
}

/** An object is new when the undo takes it away, and gone when the commands do; told from the plan alone. */
function fates(plan: Plan): (object: Path, changes: readonly { change: Change }[]) => Action {
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
