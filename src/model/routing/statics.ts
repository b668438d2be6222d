// Static routes of a configuration: `protocols static`, and the same below `table N` (docs/edgeos.md 'Static routes').
import { find, type Path, type Tree, value } from '../../vyatta/tree.ts';
import { type Family, parsePrefix } from '../../wireguard/prefix.ts';
import type { Entry } from './entry.ts';

const everything: Readonly<Record<Family, string>> = { 4: '0.0.0.0/0', 6: '::/0' };

/** Where the tables of policy routing stand, by number. */
export const staticTables: Path = ['protocols', 'static', 'table'];

/** Zebra's for a static route without `distance`. */
const staticDistance = 1;

/** Routes of one table, whether their interface is up or not; `out` of a next hop is undefined unless it is said. */
export function staticRoutes(tree: Tree, table?: string): Entry[] {
  const root = ['protocols', 'static', ...(table === undefined ? [] : ['table', table])];
  const found: Entry[] = [];
  for (const six of ['', '6']) {
    for (const [text, node] of find(tree, [...root, `interface-route${six}`])?.children ?? [])
      for (const [out, hop] of find(node, ['next-hop-interface'])?.children ?? [])
        found.push(
          ...entry(text, hop, 'interface', [
            ...root,
            `interface-route${six}`,
            text,
            'next-hop-interface',
            out,
          ]).map(one => ({ ...one, out })),
        );
    for (const [text, node] of find(tree, [...root, `route${six}`])?.children ?? []) {
      const path = [...root, `route${six}`, text];
      for (const [via, hop] of find(node, ['next-hop'])?.children ?? [])
        found.push(
          ...entry(text, hop, 'route', [...path, 'next-hop', via]).map(one => ({
            ...one,
            via,
            out: value(hop, ['interface']),
          })),
        );
      const blackhole = find(node, ['blackhole']);
      if (blackhole !== undefined) found.push(...entry(text, blackhole, 'blackhole', [...path, 'blackhole']));
    }
  }
  return found;
}

function entry(text: string, node: Tree, origin: Entry['origin'], path: Path): Entry[] {
  const prefix = parsePrefix(text);
  if (prefix === undefined || node.children.has('disable')) return [];
  const distance = Number(value(node, ['distance']) ?? staticDistance);
  // 255 means 'never use it' (zebra).
  if (distance === 255) return [];
  const { line } = node;
  return [{ prefix, origin, distance, out: undefined, path, ...(line !== undefined && { line }) }];
}

/** `system gateway-address` is a default route by another name. */
export function gateway(tree: Tree): Entry[] {
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
