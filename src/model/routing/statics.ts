// Static routes of a configuration: `protocols static`, and the same below `table N` (docs/edgeos.md 'Static routes').
import { find, type Path, type Tree, value } from '../../vyatta/tree.ts';
import { type Family, parsePrefix } from '../../wireguard/prefix.ts';
import type { Entry } from './entry.ts';

const everything: Readonly<Record<Family, string>> = { 4: '0.0.0.0/0', 6: '::/0' };

/** Where the tables of policy routing stand, by number. */
export const staticTables: Path = ['protocols', 'static', 'table'];

/** Zebra's for a static route without `distance`. */
const staticDistance = 1;

/** Its interface may have to be found yet. */
export interface StaticRoute extends Entry {
  out: string | undefined;
}

/** Routes of one table, whether their interface is up or not; `out` of a next hop is undefined unless it is said. */
export function staticRoutes(tree: Tree, table?: string): StaticRoute[] {
  const root = ['protocols', 'static', ...(table === undefined ? [] : ['table', table])];
  const found: StaticRoute[] = [];
  for (const six of ['', '6']) {
    const direct = `interface-route${six}`;
    for (const [text, node] of find(tree, [...root, direct])?.children ?? [])
      for (const [out, hop] of node.children.get('next-hop-interface')?.children ?? []) {
        const path = root.concat(direct, text, 'next-hop-interface', out);
        add(found, text, hop, { origin: 'interface', out, via: undefined, path });
      }
    const gated = `route${six}`;
    for (const [text, node] of find(tree, [...root, gated])?.children ?? []) {
      for (const [via, hop] of node.children.get('next-hop')?.children ?? []) {
        const path = root.concat(gated, text, 'next-hop', via);
        add(found, text, hop, { origin: 'route', out: value(hop, ['interface']), via, path });
      }
      const blackhole = node.children.get('blackhole');
      if (blackhole !== undefined)
        add(found, text, blackhole, {
          origin: 'blackhole',
          out: undefined,
          via: undefined,
          path: root.concat(gated, text, 'blackhole'),
        });
    }
  }
  return found;
}

function add(
  found: StaticRoute[],
  text: string,
  node: Tree,
  { origin, out, via, path }: Pick<Entry, 'origin' | 'out' | 'via' | 'path'>,
): void {
  const prefix = parsePrefix(text);
  if (prefix === undefined || node.children.has('disable')) return;
  const distance = Number(value(node, ['distance']) ?? staticDistance);
  // 255 means 'never use it' (zebra).
  if (distance === 255) return;
  // of one shape: spread together, each of a large router's thousands would take a kilobyte
  found.push({ prefix, origin, distance, out, via, path, line: node.line });
}

/** `system gateway-address` is a default route by another name. */
export function gateway(tree: Tree): StaticRoute[] {
  const via = value(tree, ['system', 'gateway-address']);
  const prefix = parsePrefix(everything[4]);
  if (via === undefined || prefix === undefined) return [];
  const path = ['system', 'gateway-address', via];
  const line = find(tree, path)?.line;
  const distance = staticDistance;
  return [
    { prefix, origin: 'gateway', distance, out: undefined, via, path, ...(line !== undefined && { line }) },
  ];
}
