// The kernel's text, as real iptables of both back ends prints it, is read and found to be as configured; and each rule that is taken out is
// missed. The rules go in as ubnt-fw writes them (src/lab/engine/netfilter-rule.ts), in a network namespace of their own (root only).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { routerTemplates } from '../../src/lab/engine/behaviour/all.ts';
import { ConfigNode } from '../../src/lab/engine/config.ts';
import { Kernel } from '../../src/lab/engine/kernel.ts';
import { printNetfilter } from '../../src/lab/engine/netfilter.ts';
import { readSeed } from '../../src/lab/engine/seed.ts';
import { compareKernel } from '../../src/model/kernel/compare.ts';
import { touchesOf } from '../../src/model/kernel/touches.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { emptyTree, leaves } from '../../src/vyatta/tree.ts';

const commands = [
  'interfaces ethernet eth0 firewall local name WAN_LOCAL',
  'interfaces ethernet eth0 firewall local ipv6-name WANv6_LOCAL',
  'firewall name WAN_LOCAL default-action drop',
  'firewall name WAN_LOCAL enable-default-log',
  'firewall name WAN_LOCAL rule 10 action accept',
  'firewall name WAN_LOCAL rule 10 state established enable',
  'firewall name WAN_LOCAL rule 10 state related enable',
  'firewall name WAN_LOCAL rule 20 action drop',
  'firewall name WAN_LOCAL rule 20 state invalid enable',
  'firewall name WAN_LOCAL rule 24 action accept',
  'firewall name WAN_LOCAL rule 24 protocol udp',
  'firewall name WAN_LOCAL rule 24 destination port 51824',
  'firewall name WAN_LOCAL rule 24 log enable',
  'firewall name WAN_LOCAL rule 30 action reject',
  'firewall name WAN_LOCAL rule 30 protocol tcp_udp',
  'firewall name WAN_LOCAL rule 30 source address 192.0.2.0/24',
  "firewall name WAN_LOCAL rule 30 destination port '53,8000-8010'",
  'firewall name WAN_LOCAL rule 40 action accept',
  "firewall name WAN_LOCAL rule 40 protocol '!tcp'",
  "firewall name WAN_LOCAL rule 40 source address '!10.0.0.1'",
  'firewall ipv6-name WANv6_LOCAL default-action drop',
  'firewall ipv6-name WANv6_LOCAL rule 10 action accept',
  'firewall ipv6-name WANv6_LOCAL rule 10 protocol icmpv6',
  'firewall ipv6-name WANv6_LOCAL rule 24 action accept',
  'firewall ipv6-name WANv6_LOCAL rule 24 protocol udp',
  "firewall ipv6-name WANv6_LOCAL rule 24 destination address '2001:db8::1'",
  'firewall ipv6-name WANv6_LOCAL rule 24 destination port 51824',
  'firewall modify CLIENTS rule 10 action modify',
  'firewall modify CLIENTS rule 10 modify table 10',
  'firewall modify CLIENTS rule 10 source address 192.168.2.10',
  'firewall options mss-clamp interface-type wg',
  'firewall options mss-clamp mss 1380',
  'firewall options mss-clamp6 interface-type wg',
  'firewall options mss-clamp6 mss 1360',
  'service nat rule 5010 type masquerade',
  'service nat rule 5010 outbound-interface wg4',
];
const text = commands.map(line => `set ${line}\n`).join('');
const running = parseCommands(text);

/** What the lab says, put into real netfilter and read from it again. */
function real(backEnd: string, family: 4 | 6, without?: RegExp): string {
  const kernel = new Kernel();
  kernel.attached.set('filter4 local eth0', 'name WAN_LOCAL');
  kernel.attached.set('filter6 local eth0', 'ipv6-name WANv6_LOCAL');
  const active = readSeed(text, routerTemplates()) ?? new ConfigNode();
  const input = printNetfilter(active, kernel, family)
    .split('\n')
    .filter(line => without === undefined || !without.test(line))
    .join('\n');
  const program = `ip${family === 6 ? '6' : ''}tables-${backEnd}`;
  const ran = spawnSync('unshare', ['-n', 'sh', '-c', `${program}-restore && ${program}-save`], {
    input,
    encoding: 'utf8',
  });
  assert.equal(ran.status, 0, ran.stderr);
  return ran.stdout;
}

describe('the kernel against the configuration, before real iptables', function () {
  this.timeout(600_000);
  const paths = [...leaves(running)].map(({ path }) => path).filter(([top]) => top !== 'interfaces');
  const touches = touchesOf(paths, emptyTree(), running);
  const seen = (backEnd: string, without?: RegExp) =>
    compareKernel({
      before: emptyTree(),
      running,
      touches,
      text: {
        filter4: real(backEnd, 4, without),
        filter6: real(backEnd, 6, without),
        rules: '10:\tfrom all fwmark 0x5000000/0x7f800000 lookup 10 \n',
      },
    });

  before(function () {
    const root = process.getuid?.() === 0;
    if (!root && process.env['CI'] === 'true') assert.fail('CI must run this suite as root');
    if (!root) this.skip();
  });

  for (const backEnd of ['legacy', 'nft']) {
    it(`finds everything that is there (${backEnd})`, function () {
      const tried = spawnSync('unshare', ['-n', `iptables-${backEnd}-save`], { encoding: 'utf8' });
      if (tried.status !== 0) return this.skip();
      const found = seen(backEnd);
      assert.deepEqual(
        found.filter(({ is }) => is !== 'there'),
        [],
      );
      assert.ok(found.length >= 14, String(found.length));
      if (this.test) this.test.title += `: ${found.length} things`;
    });

    for (const [missing, wrong] of [
      [/WAN_LOCAL-24/, 'rule 24 of WAN_LOCAL in netfilter'],
      [/WAN_LOCAL-30 .*-p udp|-p udp .*WAN_LOCAL-30/, 'rule 30 of WAN_LOCAL in netfilter'],
      [/WANv6_LOCAL-24/, 'rule 24 of WANv6_LOCAL in netfilter'],
      [/-j TCPMSS --set-mss 1380/, 'MSS clamp 1380 for IPv4 in netfilter'],
      [/NAT-5010/, 'NAT rule 5010 in netfilter'],
      [/CLIENTS-10 /, 'rule 10 of CLIENTS in netfilter'],
      [/default-action drop" -j DROP/, 'default action of WAN_LOCAL in netfilter'],
    ] as const)
      it(`misses ${missing.source} (${backEnd})`, function () {
        const tried = spawnSync('unshare', ['-n', `iptables-${backEnd}-save`], { encoding: 'utf8' });
        if (tried.status !== 0) return this.skip();
        const found = seen(backEnd, missing).filter(({ is }) => is === 'wrong');
        assert.ok(
          found.some(({ what }) => what === wrong),
          JSON.stringify(found),
        );
      });
  }
});
