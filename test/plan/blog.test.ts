// The network of the blog post: an EdgeRouter 12 at home, two servers elsewhere.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checks } from '../../src/checks/all.ts';
import { makePlan } from '../../src/plan/make.ts';
import { applied } from '../../src/plan/order.ts';
import type { Plan } from '../../src/plan/types/plan.ts';
import { renderCommands } from '../../src/report/commands.ts';
import { loadSite } from '../../src/site/load.ts';
import { parseBoot } from '../../src/vyatta/boot.ts';
import { parseCommands, printCommands } from '../../src/vyatta/commands.ts';
import { isMulti } from '../../src/vyatta/nodes.ts';
import { equal, type Tree } from '../../src/vyatta/tree.ts';
import { assertGolden } from '../support/golden.ts';
import { root, runCli } from '../support/run-cli.ts';

const blog = new URL('fixtures/blog/', root);
const read = (name: string): string => readFileSync(new URL(name, blog), 'utf8');
const { site, place } = loadSite(read('site.yaml'), 'site.yaml');
const planFor = (running: Tree, changed = site): Plan =>
  makePlan({ site: changed, placeOf: path => place(path), running }, checks);
const linesFor = (plan: Plan): string[] => renderCommands(plan, false).split('\n').slice(0, -1);
const afterwards = (running: Tree, plan: Plan): Tree =>
  applied(
    running,
    plan.commits.flatMap(commit => commit.run),
  );

/** Exactly these words, for wg4. */
const peer = 'peer GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc=';
const wanted = [
  'set interfaces wireguard wg4 address 192.168.5.14/32',
  'set interfaces wireguard wg4 listen-port 51824',
  'set interfaces wireguard wg4 route-allowed-ips false',
  'set interfaces wireguard wg4 mtu 1420',
  `set interfaces wireguard wg4 ${peer} endpoint '[2607:5300:60:5fac::abcd]:51820'`,
  ...['name WAN_LOCAL', 'ipv6-name WANv6_LOCAL'].flatMap(ruleset => [
    `set firewall ${ruleset} rule 24 action accept`,
    `set firewall ${ruleset} rule 24 protocol udp`,
    `set firewall ${ruleset} rule 24 destination port 51824`,
    `set firewall ${ruleset} rule 24 description 'WireGuard wg4'`,
  ]),
  'set service ubnt-discover interface wg4 disable',
  'set protocols static interface-route 192.168.5.4/32 next-hop-interface wg4 description Wireguard-srv4-Internal',
  'set firewall options mss-clamp interface-type wg',
  'set firewall options mss-clamp mss 1380',
  'set firewall options mss-clamp6 interface-type wg',
  'set firewall options mss-clamp6 mss 1360',
];

describe('the network of the blog', () => {
  for (const name of ['router', 'router-pppoe'])
    it(`${name}: config.boot and commands are the same configuration, as a router prints it`, () => {
      const tree = parseCommands(read(`${name}.commands`));
      assert.ok(equal(parseBoot(read(`${name}.boot`)), tree));
      assert.equal(printCommands(tree, isMulti), read(`${name}.commands`));
    });

  it('gets the very commands that EdgeOS needs, and exit 2', async () => {
    const args = ['plan', '-f', 'site.yaml', '--running', 'router.commands', '--format', 'commands'];
    const cwd = blog.pathname;
    const { stdout, exit } = await runCli([...args, '--detailed-exitcode'], { cwd });
    const lines = new Set(stdout.split('\n'));
    for (const line of wanted) assert.ok(lines.has(line), line);
    assert.ok(![...lines].some(line => line.startsWith('delete')));
    assert.equal(exit, 2);
    // nothing of the phones, of the home network, of the rules that are there
    for (const line of lines)
      assert.doesNotMatch(line, /wg0|\beth|switch|\bnat\b|WAN_IN|WAN(v6)?_LOCAL rule (?!2[45] )/);
  });

  it('is complete when that is done: no commands, exit 0', async () => {
    const running = parseCommands(read('router.commands'));
    const after = afterwards(running, planFor(running));
    assertGolden(printCommands(after, isMulti), new URL('complete.commands', blog));
    const { stdout, exit } = await runCli(
      [
        'plan',
        '-f',
        'site.yaml',
        '--running',
        'complete.commands',
        '--format',
        'commands',
        '--detailed-exitcode',
      ],
      { cwd: blog.pathname },
    );
    assert.deepEqual({ stdout, exit }, { stdout: '', exit: 0 });
  });

  it('is adopted where it was set up by hand: only what differs changes', () => {
    const running = parseCommands(read('by-hand.commands'));
    const plan = planFor(running);
    const lines = linesFor(plan);
    // the post has no IPv6 rule, no clamp for IPv6, no rulesets on the tunnels, no guards, no filter and no second hop for BGP
    const news = /WANv6_LOCAL rule 2[45]|mss-clamp6|K8S_|blackhole|prefix-list|ebgp-multihop|update-source/;
    for (const line of lines) assert.match(line, news);
    assert.ok(lines.every(line => line.startsWith('set ')));
    assert.equal(linesFor(planFor(afterwards(running, plan))).length, 0);
  });

  it('has smaller tunnels and a shared clamp behind PPPoE', () => {
    const running = parseCommands(read('router-pppoe.commands'));
    const plan = planFor(running, { ...site, uplink: { ...site.uplink, mtu: 1492 } });
    const lines = new Set(linesFor(plan));
    for (const line of [
      'set interfaces wireguard wg4 mtu 1412',
      'set firewall options mss-clamp interface-type wg',
      'set firewall options mss-clamp mss 1372',
      'set firewall options mss-clamp6 mss 1352',
    ])
      assert.ok(lines.has(line), line);
    assert.ok(!lines.has('delete firewall options mss-clamp interface-type pppoe'));
    assert.ok(plan.diagnostics.some(({ code, severity }) => code === 'EW004' && severity === 'warning'));
  });
});
