// Sets of numbers and of packets keep their laws, and a question about many packets is answered as each packet is alone.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { both, type Field, type Packets, without } from '../../src/model/firewall/packets.ts';
import {
  difference,
  holds,
  intersection,
  only,
  type Ranges,
  ranges,
  union,
} from '../../src/model/firewall/ranges.ts';
import { readRuleset } from '../../src/model/firewall/ruleset.ts';
import { ask, type Part, passage, passes, ruleOf } from '../../src/model/firewall/verdict.ts';
import { parseAddress } from '../../src/wireguard/prefix.ts';
import { treeOf } from '../support/firewall.ts';
import { commandsOf } from '../support/iptables.ts';
import { datagrams, rulesets } from '../support/traffic.ts';

const universe = Array.from({ length: 24 }, (_, number) => BigInt(number));
const sets: fc.Arbitrary<Ranges> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 23 })), { maxLength: 5 })
  .map(list => ranges(list.map(([first, last]) => [BigInt(first), BigInt(last)])));
const members = (set: Ranges): bigint[] => universe.filter(number => holds(set, number));

describe('firewall: sets of numbers', () => {
  it('unite, meet and differ as sets do, in one form for one set', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const inB = new Set(members(b));
        assert.deepEqual(
          members(intersection(a, b)),
          members(a).filter(number => inB.has(number)),
        );
        assert.deepEqual(
          members(difference(a, b)),
          members(a).filter(number => !inB.has(number)),
        );
        assert.deepEqual(
          members(union(a, b)),
          universe.filter(n => holds(a, n) || holds(b, n)),
        );
        for (const set of [intersection(a, b), difference(a, b), union(a, b)])
          assert.deepEqual(set, only(...members(set)));
      }),
    );
  });
});

type Point = Readonly<Record<Field, bigint>>;

const fields = [
  'protocol',
  'state',
  'destinationPort',
  'sourcePort',
  'icmp',
  'tcpFlags',
  'destination',
  'source',
] as const;
const inside = (packets: Packets, point: Point): boolean =>
  fields.every(field => packets[field] === undefined || holds(packets[field], point[field]));

/** Points as the traffic of the judge has them, and questions that leave fields free or give them some of the values. */
const points = (family: 4 | 6): fc.Arbitrary<Point> =>
  fc.tuple(datagrams(family), fc.bigInt({ min: 0n, max: 4n })).map(([datagram, state]) => ({
    protocol: BigInt(datagram.protocol),
    state,
    destinationPort: BigInt(datagram.destinationPort),
    sourcePort: BigInt(datagram.sourcePort),
    icmp: BigInt(datagram.type * 256 + datagram.code),
    tcpFlags: BigInt(datagram.flags),
    destination: parseAddress(datagram.destination)?.address ?? 0n,
    source: parseAddress(datagram.source)?.address ?? 0n,
  }));

const questions = (family: 4 | 6): fc.Arbitrary<Packets> =>
  fc
    .tuple(fc.array(points(family), { minLength: 1, maxLength: 4 }), fc.subarray([...fields]))
    .map(([list, bound]) =>
      Object.fromEntries(bound.map(field => [field, only(...list.map(point => point[field]))])),
    );

describe('firewall: sets of packets', () => {
  const scene = fc.tuple(questions(4), questions(4), fc.array(points(4), { minLength: 20, maxLength: 20 }));

  it('meet and differ as sets do, and what differs does not overlap', () => {
    fc.assert(
      fc.property(scene, ([a, b, list]) => {
        const shared = both(a, b);
        const rest = without(a, b);
        for (const point of list) {
          const [inA, inB] = [inside(a, point), inside(b, point)];
          assert.equal(shared !== undefined && inside(shared, point), inA && inB);
          assert.equal(rest.filter(set => inside(set, point)).length, inA && !inB ? 1 : 0);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('firewall: a question about many packets', () => {
  const scene = rulesets.chain(words =>
    fc.tuple(
      fc.constant(words),
      questions(words.family),
      fc.array(points(words.family), { minLength: 25, maxLength: 25 }),
    ),
  );

  it('is answered for each packet as it is alone', () => {
    let asked = 0;
    fc.assert(
      fc.property(scene, ([words, question, list]) => {
        const ruleset = readRuleset(treeOf(commandsOf(words, 'TEST').join('\n')), words.family, 'TEST');
        assert.ok(ruleset);
        const parts = ask(ruleset, question);
        for (const point of list.filter(one => inside(question, one))) {
          asked++;
          const alone = ask(ruleset, Object.fromEntries(fields.map(field => [field, only(point[field])])));
          const mine = parts.filter(part => inside(part.packets, point));
          const said = (part: Part): unknown => ({
            rule: ruleOf(part)?.number,
            action: part.action,
            doubts: part.doubts.map(one => one.number),
          });
          assert.deepEqual(mine.map(said), alone.map(said));
          const whole = passage(parts);
          if (whole !== 'some' && whole !== 'maybe')
            assert.deepEqual(alone.map(passes), [whole === 'all' ? 'yes' : 'no']);
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(asked > 500, `only ${asked} packets were in a question`);
  });
});
