// What stands below a node is what a Map would hold after the same steps, in the same order.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FewChildren } from '../../src/vyatta/children.ts';

type Few = FewChildren<{ node: number }>;

function filled(all: Iterable<[string, { node: number }]>): Few {
  const few: Few = new FewChildren();
  for (const [word, node] of all) few.set(word, node);
  return few;
}

const words = fc.constantFrom('', 'mtu', 'address', 'peer');
const steps = fc.array(
  fc.oneof(
    fc.record({ does: fc.constant('set' as const), word: words, node: fc.nat(9) }),
    fc.record({ does: fc.constantFrom('delete' as const, 'clear' as const), word: words, node: fc.nat(9) }),
  ),
  { maxLength: 12 },
);

describe('children of a node', () => {
  it('are those of a Map', () => {
    fc.assert(
      fc.property(steps, all => {
        const [few, map] = [filled([]), new Map<string, { node: number }>()];
        for (const { does, word, node } of all) {
          if (does === 'set') for (const one of [few, map]) one.set(word, { node });
          else if (does === 'clear') for (const one of [few, map]) one.clear();
          else assert.equal(few.delete(word), map.delete(word));
          assert.deepEqual([...few], [...map]);
          assert.deepEqual([[...few.keys()], [...few.values()]], [[...map.keys()], [...map.values()]]);
          assert.equal(few.size, map.size);
          assert.deepEqual(few.get(word), map.get(word));
          assert.equal(few.has(word), map.has(word));
          // trees with the same children are equal, however they came about
          assert.deepEqual(few, filled(map));
        }
      }),
    );
  });
});
