// The routing table of a tunnel's clients: its number, and what stands in it.
import type { Site, Tunnel } from '../../site/site.ts';
import { has, type Tree, value } from '../../vyatta/tree.ts';
import { guardDistance } from '../route.ts';
import type { Wanted } from '../wanted.ts';
import type { Seen } from './end.ts';
import { isForeignTable, isSentTo, table, tableBlackhole, tableRoute, tunnelsOfTable } from './kinds.ts';
import { tableDescription, tableTunnel } from './names.ts';

/**
 * Numbers that edgewg gives: EdgeOS keeps a table's number in eight bits of the mark, where load-balance groups have marks of their
 * own from 101 on, and tables from 201 on (docs/edgeos.md 'Policy routing').
 */
const [least, most] = [50, 99];

/** The number by tunnel; what is in the way where there is none. */
export function tablesOf(
  site: Site,
  running: Tree,
  report: (tunnel: Tunnel, seen: Seen) => void,
): Map<string, number> {
  const found = new Map<string, number>();
  const with_ = site.tunnels.filter(({ clients }) => clients !== undefined);
  const taken = new Set(with_.flatMap(({ clients }) => clients?.table ?? []));
  const free = (): number | undefined => {
    for (let number = least; number <= most; number++)
      if (!taken.has(number) && !isUsed(running, String(number))) return number;
    return undefined;
  };
  for (const tunnel of with_) {
    const number = tunnel.clients?.table ?? onRouter(running, tunnel.name, taken) ?? free();
    if (number === undefined) report(tunnel, { what: 'no table' });
    else if (isForeignTable(running, String(number), tunnel.name))
      report(tunnel, {
        what: 'table taken',
        table: number,
        path: table.path(String(number)),
        free: free(),
      });
    else {
      taken.add(number);
      found.set(tunnel.name, number);
    }
  }
  return found;
}

/** The table that edgewg made for a tunnel, or somebody's that sends everything into it and nothing elsewhere. */
function onRouter(running: Tree, tunnel: string, taken: ReadonlySet<number>): number | undefined {
  const names = table.names(running).filter(name => !taken.has(Number(name)));
  const isMade = (name: string): boolean => tableTunnel(table.value(running, 'description', name)) === tunnel;
  const made = names.find(name => isMade(name) && !isForeignTable(running, name, tunnel));
  const found = made ?? names.find(name => isAlone(running, name, tunnel));
  return found === undefined ? undefined : Number(found);
}

/** `0.0.0.0/0` by the tunnel, perhaps a blackhole behind it, and nothing else. */
export function isAlone(running: Tree, number: string, tunnel: string): boolean {
  const into = tunnelsOfTable(running, number);
  return into.length === 1 && into[0] === tunnel && !isForeignTable(running, number, tunnel);
}

/** Somebody's rules or load balancing may send there although it is empty. */
const isUsed = (running: Tree, number: string): boolean =>
  table.has(running, number) || isSentTo(running, number, () => true);

export function wantTable(wanted: Wanted, { name, clients }: Tunnel, number: number): void {
  if (clients === undefined) return;
  const word = String(number);
  const { running } = wanted;
  // a name that somebody else gave it stays, and that it has none
  const said = table.value(running, 'description', word);
  const description = said ?? (has(running, table.path(word)) ? undefined : tableDescription(name));
  const at = clients.table === undefined ? clients.at : [...clients.at, 'table'];
  if (description !== undefined) wanted.set([...table.leaf('description', word), description], at);
  wanted.set([...tableRoute(word), name], at);
  if (clients.whenDown === 'wan') return;
  const distance = value(running, tableBlackhole(word)) ?? guardDistance;
  wanted.set([...tableBlackhole(word), distance], at);
}
