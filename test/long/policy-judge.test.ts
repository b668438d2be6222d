// Policy routing before an independent judge: random modify rulesets, marks and tables, built as EdgeOS builds them, and real packets
// through the mangle table, the rules and the routing tables of a network namespace that the test makes for itself (root only).
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { states } from '../../src/model/firewall/packets.ts';
import { firewallOf } from '../../src/model/firewall/ruleset.ts';
import { routingOf } from '../../src/model/routing/routing.ts';
import type { Way, World } from '../../src/model/routing/step.ts';
import { waysOf } from '../../src/model/routing/way.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import type { Family } from '../../src/wireguard/prefix.ts';
import { commandsOf, modifyRulesOf, type RulesetWords, setsOf, tablesOf } from '../support/iptables.ts';
import { type Judge, packetOf, startJudge, wire } from '../support/judge.ts';
import { type Datagram, datagrams, modifyRulesets, type RouteWords, routes } from '../support/traffic.ts';

const perRuleset = 60;
const runs = Number(process.env['POLICY_RULESETS'] ?? 150);

/** The router's own address, as test/support/policy.py has it. */
const own: Readonly<Record<Family, string>> = { 4: '10.1.2.3/32', 6: '2001:db8:1:2::1/128' };

describe('policy routing: before the real kernel', function () {
  this.timeout(600_000);
  let judge: Judge;

  before(async function () {
    const root = process.getuid?.() === 0;
    if (!root && process.env['CI'] === 'true') assert.fail('CI must run this suite as root');
    if (!root) {
      process.stderr.write('  SKIPPED: policy routing is not judged, since only root may make a namespace\n');
      this.skip();
    }
    judge = await startJudge('policy.py');
  });

  after(() => judge?.stop());

  it('sends each packet the same way', async function () {
    const seen = new Map<string, number>();
    const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
    const scene = modifyRulesets.chain(words =>
      fc.tuple(
        fc.constant(words),
        routes(words.family),
        fc.noShrink(fc.array(fromOthers(words.family), { minLength: perRuleset, maxLength: perRuleset })),
      ),
    );
    const agree = fc.asyncProperty(scene, async ([words, table, sent]) => {
      const lines = configurationOf(words, table);
      const world = worldOf(lines);
      const said = await judge.ask({
        family: words.family,
        sets: setsOf(words),
        mangle: modifyRulesOf(words),
        pbr: tablesOf(words),
        routes: table.map(one => [one.table, one.prefix, one.out, one.distance]),
        packets: sent.map(wire),
      });
      sent.forEach((datagram, i) => {
        const problem = compare(world, words.family, datagram, said[i]?.map(String) ?? [], count);
        if (problem !== undefined) assert.fail([...lines, problem].join('\n'));
      });
    });
    const result = await fc.check(agree, { numRuns: runs, endOnFailure: true });
    if (result.failed) assert.fail(`seed ${result.seed}: ${result.errorInstance}`);
    for (const what of ['by 10', 'by 20', 'by main', 'own', 'gone', 'in doubt'])
      assert.ok((seen.get(what) ?? 0) > 20, `too few packets ${what}: ${seen.get(what)}`);
    if (this.test) this.test.title += ` (${[...seen].map(([what, n]) => `${n} ${what}`).join(', ')})`;
  });
});

/** A router drops what comes in with an address of its own. */
const fromOthers = (family: Family): fc.Arbitrary<Datagram> =>
  datagrams(family).filter(({ source }) => !own[family].startsWith(`${source}/`));

function configurationOf(words: RulesetWords, table: readonly RouteWords[]): string[] {
  const six = words.family === 6 ? '6' : '';
  return [
    ...commandsOf(words, 'TEST'),
    `interfaces ethernet tun0 firewall in ${six === '' ? 'modify' : 'ipv6-modify'} TEST`,
    `interfaces ethernet out0 address ${own[words.family]}`,
    ...['out1', 'out2', 'out3'].map(name => `interfaces ethernet ${name} duplex auto`),
    ...table.map(one => {
      const top = one.table === 'main' ? 'protocols static' : `protocols static table ${one.table}`;
      return one.out === 'blackhole'
        ? `${top} route${six} ${one.prefix} blackhole distance ${one.distance}`
        : `${top} interface-route${six} ${one.prefix} next-hop-interface ${one.out} distance ${one.distance}`;
    }),
  ];
}

function worldOf(lines: readonly string[]): World {
  const tree = parseCommands(lines.map(line => `set ${line}\n`).join(''));
  return { tree, routing: routingOf(tree), firewall: firewallOf(tree) };
}

const endOf = ({ end, out }: Way): string =>
  end === 'line' ? (out?.name ?? '') : end === 'own' ? 'own' : 'gone';

/** What the two disagree about, if they do. Of several ways the kernel must have taken one. */
function compare(
  world: World,
  family: Family,
  datagram: Datagram,
  [state = '', where = 'gone']: readonly string[],
  count: (what: string) => void,
): string | undefined {
  const from = world.routing.iface('tun0') ?? assert.fail('it is there');
  const packets = packetOf(datagram, state as keyof typeof states);
  const ways = waysOf(world, { from, family, packets });
  const choices = ways.map(endOf);
  count('packets');
  count(where === 'own' || where === 'gone' ? where : `by ${ways[choices.indexOf(where)]?.table}`);
  if (ways.length > 1) count('in doubt');
  const isRight =
    choices.includes(where) && (ways.length === 1 || ways.every(({ doubts }) => doubts.length > 0));
  return isRight
    ? undefined
    : `${JSON.stringify(datagram)}\nkernel: ${state} ${where}\nmodel: ${choices.join(', perhaps ')}`;
}
