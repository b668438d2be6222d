// The firewall engine before an independent judge: random rulesets, built into iptables chains as EdgeOS builds them, and
// real packets through the netfilter of a network namespace that the test makes for itself (root only).
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { states } from '../../src/model/firewall/packets.ts';
import { type Ruleset, readRuleset } from '../../src/model/firewall/ruleset.ts';
import { ask, ruleOf } from '../../src/model/firewall/verdict.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import type { Family } from '../../src/wireguard/prefix.ts';
import { commandsOf, type RulesetWords, rulesOf, setsOf } from '../support/iptables.ts';
import { type Judge, packetOf, type Said, startJudge, wire } from '../support/judge.ts';
import { type Datagram, datagrams, openerOf, rulesets } from '../support/traffic.ts';

const perRuleset = 100;
const runs = Number(process.env['FIREWALL_RULESETS'] ?? 250);

describe('firewall: before real netfilter', function () {
  this.timeout(600_000);
  let judge: Judge;

  before(async function () {
    const root = process.getuid?.() === 0;
    if (!root && process.env['CI'] === 'true') assert.fail('CI must run this suite as root');
    if (!root) {
      process.stderr.write(
        '  SKIPPED: the firewall engine is not judged, since only root may make a namespace\n',
      );
      this.skip();
    }
    judge = await startJudge('netfilter.py');
  });

  after(() => judge?.stop());

  it('decides each packet by the same rule', async function () {
    const seen = new Map<string, number>();
    const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
    const packets = (family: Family): fc.Arbitrary<Datagram[]> =>
      fc.noShrink(fc.array(datagrams(family), { minLength: perRuleset, maxLength: perRuleset }));
    const scene = rulesets.chain(words => fc.tuple(fc.constant(words), packets(words.family)));
    const agree = fc.asyncProperty(scene, async ([words, sent]) => {
      const ruleset = rulesetOf(words);
      // [state, numbers logged by rules …, true when it came out of the ruleset]
      const said = await judge.ask({
        family: words.family,
        sets: setsOf(words),
        rules: rulesOf(words),
        flows: sent.filter(({ answers }) => answers).map(one => wire(openerOf(one, words.family))),
        packets: sent.map(wire),
      });
      sent.forEach((datagram, i) => {
        const problem = compare(ruleset, datagram, said[i] ?? [], count);
        if (problem !== undefined) assert.fail([...commandsOf(words, 'TEST'), problem].join('\n'));
      });
    });
    const result = await fc.check(agree, { numRuns: runs });
    if (result.failed) assert.fail(`seed ${result.seed}: ${result.errorInstance}`);
    for (const what of [
      'new',
      'established',
      'related',
      'invalid',
      'untracked',
      'accepted',
      'refused',
      'in doubt',
    ])
      assert.ok((seen.get(what) ?? 0) > 20, `too few packets ${what}: ${seen.get(what)}`);
    assert.ok((seen.get('packets') ?? 0) >= 10_000);
    if (this.test) this.test.title += ` (${[...seen].map(([what, n]) => `${n} ${what}`).join(', ')})`;
  });
});

function rulesetOf(words: RulesetWords): Ruleset {
  const tree = parseCommands(
    commandsOf(words, 'TEST')
      .map(line => `set ${line}\n`)
      .join(''),
  );
  return readRuleset(tree, words.family, 'TEST') ?? assert.fail('the ruleset is there');
}

/** What the two disagree about, if they do. A rule in doubt may have been taken or not. */
function compare(
  ruleset: Ruleset,
  datagram: Datagram,
  said: Said,
  count: (what: string) => void,
): string | undefined {
  const [state = '', rule = ''] = said.map(String);
  const accepted = said[2] === true;
  const [part, ...more] = ask(ruleset, packetOf(datagram, state as keyof typeof states));
  const doubts = part?.doubts ?? [];
  const choices = [part && ruleOf(part), ...doubts].map(one => String(one?.number ?? 'default'));
  for (const what of ['packets', state, accepted ? 'accepted' : 'refused']) count(what);
  if (rule === 'default') count('by default');
  if (doubts.length > 0) count('in doubt');
  const right =
    more.length === 0 &&
    choices.includes(rule) &&
    (doubts.length > 0 || accepted === (part?.action === 'accept'));
  return right
    ? undefined
    : `${JSON.stringify(datagram)}\nnetfilter: ${said.join(' ')}\nengine: ${choices.join(', perhaps ')}`;
}
