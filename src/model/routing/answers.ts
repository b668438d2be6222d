// What becomes of the answers to packets that have left by a tunnel: without them nothing works, whatever leaves.
import type { Interface } from '../../vyatta/interfaces.ts';
import { find, type Path, type Tree, value } from '../../vyatta/tree.ts';
import { type Packets, states } from '../firewall/packets.ts';
import { only } from '../firewall/ranges.ts';
import type { Question, Way, World } from './step.ts';
import { waysOf } from './way.ts';

/**
 * `unmasked`: they keep a source that the other end has to route back. `lost`: the answers end elsewhere than at the client, by the
 * way given. `validated`: the router drops what comes in where no route leads back to its source.
 */
export type Answer =
  | { readonly kind: 'unmasked' }
  | { readonly kind: 'lost'; readonly way: Way }
  | { readonly kind: 'validated'; readonly path: Path };

/** Why the answers may not come; nothing for a way that ends in no tunnel. */
export function answersTo(world: World, { from, family }: Question, way: Way): Answer[] {
  const { out, packets } = way;
  if (out === undefined || way.end !== 'tunnel') return [];
  const answer: Packets = {
    ...(packets.protocol && { protocol: packets.protocol }),
    ...(packets.destination && { source: packets.destination }),
    ...(packets.source && { destination: packets.source }),
    ...(packets.destinationPort && { sourcePort: packets.destinationPort }),
    ...(packets.sourcePort && { destinationPort: packets.sourcePort }),
    state: only(states.established),
  };
  const lost = waysOf(world, { from: out, family, packets: answer }).find(
    back => back.doubts.length === 0 && !isBack(back, from),
  );
  const strict = family === 4 && way.table !== 'main' ? strictAt(world.tree, out) : undefined;
  return [
    ...(way.masked === undefined ? [{ kind: 'unmasked' } as const] : []),
    ...(lost === undefined ? [] : [{ kind: 'lost', way: lost } as const]),
    ...(strict === undefined ? [] : [{ kind: 'validated', path: strict } as const]),
  ];
}

/** The router's own word about packets that no route leads back to. */
export const validation: Path = ['firewall', 'source-validation'];

/** A network of clients holds the router's own address as well. */
const isBack = ({ end, out }: Way, from: Interface): boolean =>
  end === 'own' || ((end === 'line' || end === 'tunnel') && out?.name === from.name);

/** The interface's own word counts before the router's (docs/edgeos.md 'Policy routing'). */
function strictAt(tree: Tree, iface: Interface): Path | undefined {
  const own = ['ip', 'source-validation'];
  const said = value(iface.node, own);
  if (said !== undefined) return said === 'strict' ? [...iface.path, ...own, said] : undefined;
  const all = [...validation, 'strict'];
  return find(tree, all) === undefined ? undefined : all;
}
