// The firewall engine before an independent judge: random rulesets, built into iptables chains as EdgeOS builds them, and
// real packets through the netfilter of a network namespace that the test makes for itself (root only).
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { type Packets, states } from '../../src/model/firewall/packets.ts';
import { only, span } from '../../src/model/firewall/ranges.ts';
import { type Ruleset, readRuleset } from '../../src/model/firewall/ruleset.ts';
import { ask, ruleOf } from '../../src/model/firewall/verdict.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { type Family, parseAddress } from '../../src/wireguard/prefix.ts';
import { commandsOf, type RulesetWords, rulesOf, setsOf } from '../support/iptables.ts';
import { type Datagram, datagrams, openerOf, rulesets } from '../support/traffic.ts';

const perRuleset = 100;
const runs = Number(process.env['FIREWALL_RULESETS'] ?? 250);

/** [state, numbers logged by rules …, true when it came out of the ruleset] */
type Said = (string | true)[];

describe('firewall: before real netfilter', function () {
  this.timeout(180_000);
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
    judge = await startJudge();
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
      const said = await judge.ask(words, sent);
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

function packetOf(datagram: Datagram, state: keyof typeof states): Packets {
  const address = (text: string): bigint => parseAddress(text)?.address ?? assert.fail(text);
  return {
    state: only(states[state]),
    protocol: only(datagram.protocol),
    source: only(address(datagram.source)),
    destination: only(address(datagram.destination)),
    sourcePort: only(datagram.sourcePort),
    destinationPort: only(datagram.destinationPort),
    tcpFlags: only(datagram.flags),
    icmp: span(datagram.type * 256 + datagram.code, datagram.type * 256 + datagram.code),
  };
}

interface Judge {
  ask(ruleset: RulesetWords, sent: readonly Datagram[]): Promise<Said[]>;
  stop(): void;
}

type Wire = [number, string, string, number, number, number, number, number, Wire | null];

const wire = (d: Datagram): Wire => [
  d.protocol,
  d.source,
  d.destination,
  d.sourcePort,
  d.destinationPort,
  d.flags,
  d.type,
  d.code,
  d.quoted ? wire(d.quoted) : null,
];

async function startJudge(): Promise<Judge> {
  const script = fileURLToPath(new URL('../../../test/support/netfilter.py', import.meta.url));
  const child: ChildProcessWithoutNullStreams = spawn('unshare', ['-n', 'python3', script]);
  let problems = '';
  child.stderr.on('data', chunk => {
    problems += chunk;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    return done ? assert.fail(`netfilter.py ended: ${problems}`) : value;
  };
  assert.equal(await next(), 'ready');
  return {
    async ask(ruleset, sent) {
      const flows = sent.filter(datagram => datagram.answers).map(d => wire(openerOf(d, ruleset.family)));
      const job = {
        family: ruleset.family,
        sets: setsOf(ruleset),
        rules: rulesOf(ruleset),
        flows,
        packets: sent.map(wire),
      };
      child.stdin.write(`${JSON.stringify(job)}\n`);
      const reply: Said[] | { error: string } = JSON.parse(await next());
      return Array.isArray(reply) ? reply : assert.fail(reply.error);
    },
    stop: () => void child.stdin.end(),
  };
}
