// What a ruleset does with packets, by the rules of EdgeOS (docs/edgeos.md 'Rulesets'; vyatta-cfg src/ubnt/fw).
import assert from 'node:assert/strict';
import { ask, passage, ruleOf, shadowsOf } from '../../src/model/firewall/verdict.ts';
import { packets, rulesetOf, tcp, told, udp } from '../support/firewall.ts';

const factory = `
  default-action drop
  rule 10 action accept
  rule 10 state established enable
  rule 10 state related enable
  rule 20 action drop
  rule 20 state invalid enable`;

const wireguard = `
  rule 24 action accept
  rule 24 protocol udp
  rule 24 destination port 51824`;

describe('firewall: the port of a tunnel', () => {
  it('is open to new connections by its rule', () => {
    const ruleset = rulesetOf(factory + wireguard);
    assert.equal(told(ruleset, udp({ port: 51824 })), 'all: 24 accept');
    assert.equal(told(ruleset, udp({ port: 51825 })), 'none: default drop');
    assert.equal(told(ruleset, tcp({ port: 51824 })), 'none: default drop');
  });

  it('is closed without a rule, and open to answers all the same', () => {
    const ruleset = rulesetOf(factory);
    assert.equal(told(ruleset, udp({ port: 51824 })), 'none: default drop');
    assert.equal(told(ruleset, udp({ port: 51824, state: 'established' })), 'all: 10 accept');
    assert.equal(told(ruleset, udp({ port: 51824, state: 'invalid' })), 'none: 20 drop');
  });

  it('is open by the default action', () => {
    assert.equal(told(rulesetOf('default-action accept'), udp({ port: 51824 })), 'all: default accept');
    assert.equal(told(rulesetOf('default-action reject'), udp({ port: 51824 })), 'none: default reject');
    assert.equal(told(rulesetOf(''), udp({ port: 51824 })), 'none: default drop');
  });

  it('is shadowed by an earlier drop, and the shadow is named', () => {
    const ruleset = rulesetOf(`${factory}${wireguard}
      rule 22 action drop
      rule 22 protocol udp`);
    assert.equal(told(ruleset, udp({ port: 51824 })), 'none: 22 drop');
    assert.deepEqual(
      shadowsOf(ruleset, 24).map(part => ruleOf(part)?.number),
      [10, 20, 22],
    );
  });

  it('is not opened by a rule that is disabled', () => {
    const ruleset = rulesetOf(`${factory}${wireguard}
      rule 24 disable`);
    assert.equal(told(ruleset, udp({ port: 51824 })), 'none: default drop');
    assert.deepEqual(shadowsOf(ruleset, 24), []);
  });

  it('is open to the sources that a rule names, and it is told which', () => {
    const ruleset = rulesetOf(`${wireguard}
      rule 24 source address 198.51.100.0/24`);
    assert.equal(told(ruleset, udp({ port: 51824 })), 'some: 24 accept, default drop');
    assert.equal(told(ruleset, udp({ port: 51824, from: '198.51.100.7' })), 'all: 24 accept');
    assert.equal(told(ruleset, udp({ port: 51824, from: '192.0.2.1' })), 'none: default drop');
  });

  it('stays open behind a rule with a limit that accepts, and is in doubt behind one that drops', () => {
    const limited = (action: string): string => `${wireguard}
      rule 5 action ${action}
      rule 5 limit rate 10/second
      rule 5 limit burst 5`;
    assert.equal(told(rulesetOf(limited('accept')), udp({ port: 51824 })), 'all: 24 accept (5?)');
    assert.equal(told(rulesetOf(limited('drop')), udp({ port: 51824 })), 'maybe: 24 accept (5?)');
    const parts = ask(rulesetOf(limited('drop')), udp({ port: 51824 }));
    assert.deepEqual(parts[0]?.doubts[0]?.because, ['it has `limit`']);
  });
});

describe('firewall: rules in order', () => {
  it('are taken by their numbers, not by their place in the text', () => {
    const ruleset = rulesetOf(`
      rule 100 action accept
      rule 9 action drop`);
    assert.equal(told(ruleset, udp()), 'none: 9 drop');
  });

  it('decide for themselves what earlier ones leave', () => {
    const ruleset = rulesetOf(`
      rule 1 action drop
      rule 1 source address 10.0.0.0/8
      rule 2 action accept
      rule 2 source address 10.1.0.0-11.0.0.255
      rule 3 action reject
      rule 3 source address !192.0.2.0/24`);
    const sources = (question = udp()): string[] =>
      ask(ruleset, question).map(
        part => `${ruleOf(part)?.number ?? 'default'} ${part.packets.source?.length}`,
      );
    assert.deepEqual(sources(), ['1 1', '2 1', '3 3', 'default 1']);
    assert.equal(told(ruleset, udp({ from: '10.1.2.3' })), 'none: 1 drop');
    assert.equal(told(ruleset, udp({ from: '11.0.0.255' })), 'all: 2 accept');
    assert.equal(told(ruleset, udp({ from: '11.0.1.0' })), 'none: 3 reject');
    assert.equal(told(ruleset, udp({ from: '192.0.2.255' })), 'none: default drop');
  });
});

describe('firewall: protocols', () => {
  const by = (protocol: string, question = tcp()): string =>
    told(rulesetOf(`rule 1 action accept\nrule 1 protocol ${protocol}`), question);
  const gre = packets({ protocol: 47 });

  it('are names, numbers, all, tcp_udp, or not one of them', () => {
    for (const all of ['all', 'ip', '0']) assert.equal(by(all, gre), 'all: 1 accept');
    for (const name of ['tcp', '6', 'TCP', 'tcp_udp', "'!udp'"])
      assert.equal(by(name), 'all: 1 accept', name);
    for (const name of ['udp', '17', "'!tcp'", "'!6'"]) assert.equal(by(name), 'none: default drop', name);
    assert.equal(by('gre', gre), 'all: 1 accept');
    assert.equal(by('no-such-protocol'), 'maybe: default drop (1?)');
  });

  it('not tcp_udp takes everything, since EdgeOS makes two rules of it', () => {
    for (const question of [tcp(), udp(), gre]) assert.equal(by("'!tcp_udp'", question), 'all: 1 accept');
  });

  it("icmp is IPv4's: an IPv6 ruleset that names it takes no ICMPv6", () => {
    const ping = packets({ protocol: 58, icmp: [128, 0] }, 6);
    const named = (name: string): string =>
      told(rulesetOf(`rule 1 action accept\nrule 1 protocol ${name}`, 6), ping);
    assert.equal(named('icmp'), 'none: default drop');
    for (const name of ['icmpv6', 'ipv6-icmp', '58']) assert.equal(named(name), 'all: 1 accept');
  });
});

describe('firewall: ports', () => {
  const by = (port: string, said: Parameters<typeof tcp>[0]): string =>
    told(
      rulesetOf(`rule 1 action accept\nrule 1 protocol tcp\nrule 1 destination port ${port}`),
      tcp(said),
    ).split(':')[0] ?? '';

  it('are numbers, names, ranges and lists, and a ! is for the whole list', () => {
    assert.equal(by('22', { port: 22 }), 'all');
    assert.equal(by('ssh', { port: 22 }), 'all');
    assert.equal(by('1000-2000,ssh', { port: 2000 }), 'all');
    assert.equal(by('1000-2000,ssh', { port: 2001 }), 'none');
    for (const port of [22, 23, 1005]) assert.equal(by("'!22,telnet,1001-1005'", { port }), 'none');
    assert.equal(by("'!22,telnet,1001-1005'", { port: 1006 }), 'all');
    assert.equal(by('22', {}), 'some');
  });

  it('with a name that is not known are known in part', () => {
    assert.equal(by('22,frobnicate', { port: 22 }), 'all');
    assert.equal(by('22,frobnicate', { port: 23 }), 'maybe');
    assert.equal(by("'!22,frobnicate'", { port: 22 }), 'none');
    assert.equal(by("'!22,frobnicate'", { port: 23 }), 'maybe');
  });

  it('of the source are told from those of the destination', () => {
    const ruleset = rulesetOf(`
      rule 40 action accept
      rule 40 protocol udp
      rule 40 source port 547
      rule 40 destination port 546`);
    assert.equal(told(ruleset, udp({ sourcePort: 547, port: 546 })), 'all: 40 accept');
    assert.equal(told(ruleset, udp({ sourcePort: 546, port: 547 })), 'none: default drop');
  });
});

describe('firewall: groups', () => {
  const groups = `
    group address-group ADMINS address 192.0.2.10
    group address-group ADMINS address 192.0.2.20-192.0.2.29
    group network-group HOMES network 198.51.100.0/24
    group port-group TUNNELS port 51820-51829
    group port-group TUNNELS port openvpn
    group port-group EMPTY description none
    rule 1 action accept`;
  const by = (lines: string, question = udp()): string => told(rulesetOf(`${groups}\n${lines}`), question);

  it('of addresses, networks and ports', () => {
    const admins = 'rule 1 source group address-group ADMINS';
    assert.equal(by(admins, udp({ from: '192.0.2.25' })), 'all: 1 accept');
    assert.equal(by(admins, udp({ from: '192.0.2.30' })), 'none: default drop');
    const homes = "rule 1 source group network-group '!HOMES'";
    assert.equal(by(homes, udp({ from: '198.51.100.3' })), 'none: default drop');
    const tunnels = 'rule 1 protocol udp\nrule 1 destination group port-group TUNNELS';
    for (const port of [1194, 51829]) assert.equal(by(tunnels, udp({ port })), 'all: 1 accept');
    assert.equal(by('rule 1 destination group port-group EMPTY'), 'none: default drop');
  });

  it('of ports know TCP and UDP only', () => {
    const gre = packets({ protocol: 47 });
    assert.equal(by('rule 1 destination group port-group TUNNELS', gre), 'none: default drop');
    assert.equal(by("rule 1 destination group port-group '!TUNNELS'", gre), 'all: 1 accept');
    assert.equal(
      by("rule 1 destination group port-group '!TUNNELS'", udp({ port: 1194 })),
      'none: default drop',
    );
  });

  it('that are not defined leave the question open', () => {
    assert.equal(by('rule 1 source group address-group NOBODY'), 'maybe: default drop (1?)');
  });
});

describe('firewall: what no configuration tells', () => {
  const question = tcp({ port: 22 });
  for (const line of [
    'source mac-address 00:53:00:12:34:56',
    'recent count 4',
    'time weekdays Mon',
    'p2p all',
    'mark 7',
    'statistic probability 50',
    'application category P2P',
    'ttl 5',
  ])
    it(`is left open: ${line}`, () => {
      const ruleset = rulesetOf(`rule 1 action accept\nrule 1 ${line}`);
      assert.equal(passage(ask(ruleset, question)), 'maybe');
      assert.notDeepEqual(ruleset.rules[0]?.because, []);
    });

  it('is not made of log, a description, a burst without its rate, or a fragment that is none', () => {
    const ruleset = rulesetOf(`
      rule 1 action accept
      rule 1 description 'anything'
      rule 1 log enable
      rule 1 limit burst 5
      rule 1 fragment match-non-frag
      rule 1 ipsec match-none
      rule 1 state new disable`);
    assert.equal(told(ruleset, question), 'all: 1 accept');
  });

  it('is not asked of packets that come in clear and in one piece', () => {
    for (const line of ['ipsec match-ipsec', 'fragment match-frag'])
      assert.equal(told(rulesetOf(`rule 1 action accept\nrule 1 ${line}`), question), 'none: default drop');
  });
});

describe('firewall: flags and ICMP types', () => {
  it('tells a SYN from an ACK', () => {
    const ruleset = rulesetOf(`
      rule 1 action accept
      rule 1 protocol tcp
      rule 1 tcp flags 'SYN,!ACK,!RST'`);
    assert.equal(told(ruleset, tcp({ flags: 2 })), 'all: 1 accept');
    assert.equal(told(ruleset, tcp({ flags: 2 + 8 })), 'all: 1 accept');
    assert.equal(told(ruleset, tcp({ flags: 2 + 16 })), 'none: default drop');
  });

  it('tells ICMP types by name and number, with and without a code', () => {
    const by = (line: string, icmp: [number, number]): string =>
      told(
        rulesetOf(`rule 1 action accept\nrule 1 protocol icmp\nrule 1 icmp ${line}`),
        packets({ protocol: 1, icmp }),
      );
    assert.equal(by('type-name echo-request', [8, 0]), 'all: 1 accept');
    assert.equal(by('type-name echo-request', [0, 0]), 'none: default drop');
    assert.equal(by('type 3', [3, 9]), 'all: 1 accept');
    assert.equal(by('type 3\nrule 1 icmp code 4', [3, 9]), 'none: default drop');
    assert.equal(by('type-name any', [13, 0]), 'all: 1 accept');
  });
});
