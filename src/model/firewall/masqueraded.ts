// Whether what some addresses send to the internet gets a source there that answers find back to.
import type { Tree } from '../../vyatta/tree.ts';
import { sourceNatOf } from './nat.ts';
import { anywhere } from './port.ts';
import type { Ranges } from './ranges.ts';
import { ask, type Passage, passage } from './verdict.ts';
import { facingWan } from './wan.ts';

/** How much of it keeps its source, at the uplink where the most does; EdgeOS translates IPv4 alone. */
export function untranslated(tree: Tree, source: Ranges): Passage {
  const uplinks = facingWan(tree, 4);
  const kept = uplinks.map(({ iface }) =>
    passage(ask(sourceNatOf(tree, iface), { source, destination: anywhere(4) })),
  );
  if (uplinks.length === 0) return 'all';
  return (['all', 'some', 'maybe'] as const).find(one => kept.includes(one)) ?? 'none';
}
