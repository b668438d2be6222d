// What BGP neighbours may announce, by the prefix lists that limit what is taken from them.
import { find, type Path, type Tree, value, values } from '../../vyatta/tree.ts';
import { host, parseAddress, parsePrefix } from '../../wireguard/prefix.ts';
import type { Announced } from './entry.ts';
import type { RoutingTable } from './table.ts';

/** Quagga's distances of eBGP and iBGP. */
const distances = { external: 20, internal: 200 } as const;

/** `table`: by which interface a neighbour is reached. */
export function announcedBy(tree: Tree, table: RoutingTable): Announced[] {
  return [...(find(tree, ['protocols', 'bgp'])?.children ?? [])].flatMap(([as, node]) =>
    [...(find(node, ['neighbor'])?.children ?? [])].flatMap(([neighbor, said]): Announced[] => {
      const address = parseAddress(neighbor);
      if (address === undefined || said.children.has('shutdown')) return [];
      const out = table.best(host(address.family, address.address))[0]?.out;
      const distance = value(said, ['remote-as']) === as ? distances.internal : distances.external;
      const path = ['protocols', 'bgp', as, 'neighbor', neighbor];
      const common = { neighbor, out, distance, ...(said.line !== undefined && { line: said.line }) };
      const list = value(said, ['prefix-list', 'import']);
      const node6 = address.family === 6 ? 'prefix-list6' : 'prefix-list';
      const limited = list === undefined ? undefined : find(tree, ['policy', node6, list, 'rule']);
      if (list === undefined || limited === undefined) {
        const prefix = parsePrefix(address.family === 6 ? '::/0' : '0.0.0.0/0');
        const longest = address.family === 6 ? 128 : 32;
        return prefix === undefined ? [] : [{ ...common, prefix, longest, isOpen: true, path }];
      }
      return permitted(limited, ['policy', node6, list, 'rule']).map(one => ({
        ...common,
        ...one,
        isOpen: false,
      }));
    }),
  );
}

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
