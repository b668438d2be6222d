// Real configurations, read where they lie beside the project; skipped where the folder is absent.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { makePlan } from '../../src/plan/make.ts';
import { applied } from '../../src/plan/order.ts';
import { parseBoot, printBoot } from '../../src/vyatta/boot.ts';
import { parseCommands, printCommands } from '../../src/vyatta/commands.ts';
import { redact } from '../../src/vyatta/redact.ts';
import type { UnreadableText } from '../../src/vyatta/source.ts';
import { equal, leaves, type Tree } from '../../src/vyatta/tree.ts';
import { aPeer, aSite, aTunnel, placeOf } from '../support/builders.ts';

const corpus = new URL('../../../../shared/corpus/', import.meta.url);
const files = existsSync(corpus) ? readdirSync(corpus).filter(f => /\.(boot|commands)$/.test(f)) : [];
const read = (file: string): string => readFileSync(new URL(file, corpus), 'utf8');
const parse = (file: string): Tree => (file.endsWith('.boot') ? parseBoot : parseCommands)(read(file));

/** Files that no router printed, or with a prompt behind: the line that a strict reader must stop at. */
const rejected: Record<string, number> = {
  'TimoDJatomika__EdgeRouter-Stuff__aws-s2s.commands': 1,
  'brealorg__ubnt__working_ipv6_altibox.boot': 272,
  'bneijt__mullvad-edgerouter-x__mullvad-example_edit-session.commands': 1,
  'schlivo__edgerouter-x-wiregard-failsafe__example.boot': 1,
  'unknown__index-10656397145__two-tunnels-wg1-wg2.commands': 3,
  'unknown__index-17624459772__proton-wg1-pbr.commands': 34,
  'unknown__index-44616081034__ovpn-wg0-pbr-vlan.commands': 8,
};

/** `peer KEY = endpoint …`: words that braces can't hold. */
const notInBraces = 'unknown__index-36905361731__plt-wireguard-vbash.commands';

describe('corpus', () => {
  before(function () {
    if (files.length === 0) this.skip();
  });

  for (const file of files) {
    it(`${file}: print and parse give the same tree`, () => {
      const line = rejected[file];
      if (line !== undefined) {
        assert.throws(
          () => parse(file),
          (error: UnreadableText) => error.problems[0]?.line === line,
        );
        return;
      }
      const tree = parse(file);
      assert.ok(equal(parseCommands(printCommands(tree)), tree));
      if (file !== notInBraces) assert.ok(equal(parseBoot(printBoot(tree)), tree));
    });
  }

  for (const boot of files.filter(file => file.endsWith('.boot'))) {
    const commands = boot.replace(/boot$/, 'commands');
    if (!files.includes(commands)) continue;
    it(`${boot}: config.boot and commands are the same tree`, () => {
      const [a, b] = [boot, commands].map(file =>
        [...leaves(parse(file))].map(({ path }) => path.join(' ')).sort(),
      );
      assert.deepEqual(a, b);
    });
  }

  for (const file of files.filter(name => rejected[name] === undefined)) {
    it(`${file}: a new tunnel touches nothing but its own`, () => {
      const running = redact(parse(file));
      const plan = makePlan({ site: newTunnel, placeOf, running });
      const own = [
        /^interfaces wireguard wg77( |$)/,
        /^service ubnt-discover interface wg77( |$)/,
        /^firewall (name W77|ipv6-name W77v6) rule 7077( |$)/,
        /^protocols static interface-route6? (198\.18\.77\.0\/24|2001:db8:77::\/64) next-hop-interface wg77( |$)/,
        /^protocols static route 198\.18\.77\.0\/24 blackhole( |$)/,
        /^firewall options mss-clamp6? (interface-type (wg|all)|mss \d+)$/,
      ];
      const commands = plan.commits.flatMap(commit => commit.run);
      assert.ok(commands.length > 10);
      for (const { op, path } of commands) {
        assert.equal(op, 'set');
        assert.ok(
          own.some(pattern => pattern.test(path.join(' '))),
          path.join(' '),
        );
      }
      assert.deepEqual(
        makePlan({ site: newTunnel, placeOf, running: applied(running, commands) }).commits,
        [],
      );
    });
  }
});

/** A tunnel with everything that a file can ask for it, under names and numbers that nobody has. */
const newTunnel = aSite(
  [
    aTunnel('wg77', {
      address: ['198.18.0.77/32', '2001:db8:77::1/64'],
      listenPort: 57077,
      openPort: { at: [], asNeeded: true, ipv4: 7077, ipv6: 7077 },
      peers: [aPeer(77, { allowedIPs: ['198.18.77.0/24', '2001:db8:77::/64'] })],
      routes: [
        { at: [], prefix: '198.18.77.0/24', family: 4, description: 'new', disable: false, guard: true },
        { at: [], prefix: '2001:db8:77::/64', family: 6, disable: false, guard: false },
      ],
    }),
  ],
  {
    uplink: { at: [], rulesets: { ipv4: 'W77', ipv6: 'W77v6' } },
    mssClamp: {},
    manages: { at: [], interfaces: [], firewallRules: new Map(), natRules: [] },
  },
);
