// Names under which a router is known: those that its dynamic DNS keeps for it, and its host name with its domain.
import { find, type Path, type Tree, value, values } from '../../vyatta/tree.ts';

/** In lower case, each with the node that says it. */
export function ownNames(tree: Tree): ReadonlyMap<string, Path> {
  const dynamic = ['service', 'dns', 'dynamic', 'interface'];
  const said = [...(find(tree, dynamic)?.children ?? [])].flatMap(([iface, node]) =>
    values(node, ['service']).flatMap(service => {
      const path = [...dynamic, iface, 'service', service, 'host-name'];
      return values(tree, path).map(list => [...path, list]);
    }),
  );
  const found = new Map<string, Path>();
  for (const path of said)
    for (const name of (path.at(-1) ?? '').split(/[\s,]+/)) found.set(name.toLowerCase(), path);
  const host = value(tree, ['system', 'host-name']);
  const domain = value(tree, ['system', 'domain-name']);
  if (host !== undefined && domain !== undefined)
    found.set(`${host}.${domain}`.toLowerCase(), ['system', 'domain-name', domain]);
  return found;
}
