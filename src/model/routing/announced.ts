// What BGP neighbours may announce, by the prefix lists that limit what is taken from them.
import { find, has, type Path, type Tree, value, values } from '../../vyatta/tree.ts';
import { type Family, host, parseAddress, parsePrefix } from '../../wireguard/prefix.ts';
import type { Announced } from './entry.ts';
import type { RoutingTable } from './table.ts';

/** Quagga's distances of eBGP and iBGP. */
const distances = { external: 20, internal: 200 } as const;

/** `table`: by which interface a neighbour is reached. */
export function announcedBy(tree: Tree, table: RoutingTable): Announced[] {
  return [...(find(tree, ['protocols', 'bgp'])?.children ?? [])].flatMap(([as, node]) =>
    [...(find(node, ['neighbor'])?.children ?? [])].flatMap(([neighbor, said]) =>
      announcedByOne(tree, table, { as, neighbor, said }),
    ),
  );
}

interface Neighbor {
  readonly as: string;
  readonly neighbor: string;
  readonly said: Tree;
}

function announcedByOne(tree: Tree, table: RoutingTable, { as, neighbor, said }: Neighbor): Announced[] {
  const address = parseAddress(neighbor);
  if (address === undefined || said.children.has('shutdown')) return [];
  const { family } = address;
  const out = value(said, ['interface']) ?? table.best(host(family, address.address))[0]?.out;
  const distance = value(said, ['remote-as']) === as ? distances.internal : distances.external;
  const common = { neighbor, out, distance, ...(said.line !== undefined && { line: said.line }) };
  const list = importList(said, family);
  const rules = ['policy', family === 6 ? 'prefix-list6' : 'prefix-list', list ?? '', 'rule'];
  const limited = list === undefined ? undefined : find(tree, rules);
  if (limited !== undefined)
    return permitted(limited, rules).map(one => ({ ...common, ...one, isOpen: false }));
  const prefix = parsePrefix(family === 6 ? '::/0' : '0.0.0.0/0');
  if (prefix === undefined) return [];
  const path = ['protocols', 'bgp', as, 'neighbor', neighbor];
  return [{ ...common, prefix, longest: size(family), isOpen: true, path }];
}

/** The prefix list that limits what is taken from a neighbour; that of IPv6 routes stands below their family. */
export function importList(neighbor: Tree, family: Family): string | undefined {
  const below = ['prefix-list', 'import'];
  return value(neighbor, family === 6 ? ['address-family', 'ipv6-unicast', ...below] : below);
}

const filters = ['prefix-list', 'route-map', 'distribute-list', 'filter-list'];

/** Something limits what is taken from a neighbour, for IPv4 or IPv6. */
export function isLimited(tree: Tree, as: string, neighbor: string): boolean {
  const path = ['protocols', 'bgp', as, 'neighbor', neighbor];
  return filters.some(
    filter =>
      has(tree, [...path, filter, 'import']) ||
      has(tree, [...path, 'address-family', 'ipv6-unicast', filter, 'import']),
  );
}

/** A protocol runs that may bring any route through any interface. */
export const hasInteriorProtocol = (tree: Tree): boolean =>
  ['ospf', 'ospfv3', 'rip', 'ripng'].some(name => (find(tree, ['protocols', name])?.children.size ?? 0) > 0);

function permitted(rules: Tree, base: Path): Pick<Announced, 'prefix' | 'longest' | 'path'>[] {
  return values(rules, []).flatMap(number => {
    const rule = find(rules, [number]);
    const prefix = parsePrefix((rule && value(rule, ['prefix'])) ?? '');
    if (rule === undefined || prefix === undefined || value(rule, ['action']) !== 'permit') return [];
    const longest = Number(
      value(rule, ['le']) ?? (rule.children.has('ge') ? size(prefix.family) : prefix.length),
    );
    return [{ prefix, longest, path: [...base, number] }];
  });
}

const size = (family: 4 | 6): number => (family === 4 ? 32 : 128);
