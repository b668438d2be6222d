// The ways of packets from home: modify rules, tables, NAT, rulesets and tunnels, as netfilter and the kernel ask them.
import assert from 'node:assert/strict';
import { Chalk } from 'chalk';
import fc from 'fast-check';
import { compared, marked, parseMark, unmarked } from '../../src/model/firewall/mark.ts';
import { holds, intersection, ranges } from '../../src/model/firewall/ranges.ts';
import { clientTrace } from '../../src/model/routing/client-trace.ts';
import { shares } from '../../src/model/routing/split.ts';
import { renderClientTrace } from '../../src/report/client-trace.ts';
import { parsePrefix } from '../../src/wireguard/prefix.ts';
import { key } from '../support/builders.ts';
import { treeOf } from '../support/firewall.ts';

const home = `
  interfaces ethernet eth0 address 198.51.100.2/24
  interfaces ethernet eth0 address 2001:db8:ff::2/64
  interfaces switch switch0 address 192.168.1.1/24
  interfaces switch switch0 address 2001:db8:1::1/64
  interfaces switch switch0 firewall in modify VPN
  interfaces wireguard wg1 address 10.2.0.2/32
  interfaces wireguard wg1 route-allowed-ips false
  interfaces wireguard wg1 peer ${key(9)} allowed-ips 0.0.0.0/0
  interfaces wireguard wg1 peer ${key(9)} endpoint 203.0.113.9:51820
  protocols static route 0.0.0.0/0 next-hop 198.51.100.1
  protocols static route6 ::/0 next-hop 2001:db8:ff::1
  protocols static table 10 interface-route 0.0.0.0/0 next-hop-interface wg1
  firewall group network-group PRIVATE network 192.168.0.0/16
  firewall modify VPN rule 10 action modify
  firewall modify VPN rule 10 destination group network-group PRIVATE
  firewall modify VPN rule 10 modify table main
  firewall modify VPN rule 20 action modify
  firewall modify VPN rule 20 source address 192.168.1.20
  firewall modify VPN rule 20 modify table 10
  service nat rule 5000 type masquerade
  service nat rule 5000 outbound-interface wg1
  service nat rule 5001 type masquerade
  service nat rule 5001 outbound-interface eth0`;
const blackhole = 'protocols static table 10 route 0.0.0.0/0 blackhole distance 254';

/** Each way in a few words: `tunnel wg1 by 10`, and what becomes of it with the tunnels gone. */
function ways(router: string, source: string, destination: string): { up: string[]; down: string[] } {
  const found = clientTrace(treeOf(router), source, destination) ?? assert.fail('two addresses of a family');
  const say = ({ way, answers }: (typeof found.ways)[number]): string => {
    const back = answers.map(({ kind }) => ` ${kind}`).join('');
    const doubt = way.doubts.length === 0 ? '' : '?';
    return `${way.end}${way.out === undefined ? '' : ` ${way.out.name}`} by ${way.table}${back}${doubt}`;
  };
  return { up: found.ways.map(say), down: found.down.flatMap(({ ways: then }) => then.map(say)) };
}

describe('the way of a client: tables', () => {
  it('goes by the table of the first rule that takes it', () => {
    assert.deepEqual(ways(home, '192.168.1.20', '1.1.1.1').up, ['tunnel wg1 by 10']);
    assert.deepEqual(ways(home, '192.168.1.21', '1.1.1.1').up, ['line eth0 by main']);
    assert.deepEqual(ways(home, '192.168.1.20', '192.168.1.99').up, ['line switch0 by main']);
  });

  it('leaves by the main table when the only route of its own is gone', () => {
    assert.deepEqual(ways(home, '192.168.1.20', '1.1.1.1').down, ['line eth0 by main']);
    assert.deepEqual(ways(`${home}\n${blackhole}`, '192.168.1.20', '1.1.1.1').down, ['discarded by 10']);
  });

  it("reaches the router's own addresses before any table", () => {
    assert.deepEqual(ways(home, '192.168.1.20', '10.2.0.2').up, ['own by local']);
  });

  it('ends where no peer has the destination among its allowed IPs', () => {
    const router = home.replace('allowed-ips 0.0.0.0/0', 'allowed-ips 10.0.0.0/8');
    assert.deepEqual(ways(router, '192.168.1.20', '1.1.1.1').up, ['no-peer wg1 by 10']);
    assert.deepEqual(ways(router, '192.168.1.20', '10.9.9.9').up, ['tunnel wg1 by 10']);
  });

  it('is dropped where a modify rule or a blackhole says so', () => {
    const rule =
      'firewall modify VPN rule 5 action drop\nfirewall modify VPN rule 5 source address 192.168.1.20';
    assert.deepEqual(ways(`${home}\n${rule}`, '192.168.1.20', '1.1.1.1').up, ['dropped by main']);
  });

  it('leaves the ruleset by accept, with the mark that it has', () => {
    const accept = 'firewall modify VPN rule 15 action accept';
    assert.deepEqual(ways(`${home}\n${accept}`, '192.168.1.20', '1.1.1.1').up, ['line eth0 by main']);
    const mark = `firewall modify VPN rule 14 action modify
      firewall modify VPN rule 14 modify mark ${10 * 2 ** 23}/0x7f800000`;
    assert.deepEqual(ways(`${home}\n${accept}\n${mark}`, '192.168.1.21', '1.1.1.1').up, ['tunnel wg1 by 10']);
  });

  it('follows a mark to the rule that asks for it', () => {
    const marks = `${home.replace('rule 20 source address 192.168.1.20', 'rule 20 mark 7')}
      firewall modify VPN rule 12 action modify
      firewall modify VPN rule 12 source address 192.168.1.30
      firewall modify VPN rule 12 modify mark 7`;
    assert.deepEqual(ways(marks, '192.168.1.30', '1.1.1.1').up, ['tunnel wg1 by 10']);
    assert.deepEqual(ways(marks, '192.168.1.31', '1.1.1.1').up, ['line eth0 by main']);
    const not = marks.replace('rule 20 mark 7', 'rule 20 mark !7');
    assert.deepEqual(ways(not, '192.168.1.31', '1.1.1.1').up, ['tunnel wg1 by 10']);
  });

  it('is two ways where nobody knows whether a rule takes it', () => {
    const rule = 'firewall modify VPN rule 20 limit rate 1/second';
    assert.deepEqual(ways(`${home}\n${rule}`, '192.168.1.20', '1.1.1.1').up, [
      'tunnel wg1 by 10?',
      'line eth0 by main?',
    ]);
  });

  it('is one of the lines of a load-balance group, which a table behind it overrules', () => {
    const group = `${home.replace('rule 20 source address 192.168.1.20', 'rule 20 source address 192.168.1.99')}
      load-balance group G interface eth0
      load-balance group G interface wg1
      firewall modify VPN rule 15 action modify
      firewall modify VPN rule 15 modify lb-group G`;
    assert.deepEqual(ways(group, '192.168.1.20', '1.1.1.1').up, ['line eth0 by G?', 'tunnel wg1 by G?']);
    assert.deepEqual(ways(group, '192.168.1.99', '1.1.1.1').up, ['tunnel wg1 by 10']);
  });

  it('is never certain by a table for IPv6, which has no rule in the kernel that is known', () => {
    const six = `${home}
      interfaces switch switch0 firewall in ipv6-modify VPN6
      interfaces wireguard wg1 peer ${key(9)} allowed-ips ::/0
      protocols static table 10 interface-route6 ::/0 next-hop-interface wg1
      firewall ipv6-modify VPN6 rule 20 action modify
      firewall ipv6-modify VPN6 rule 20 modify table 10`;
    assert.deepEqual(ways(six, '2001:db8:1::20', '2606::1').up, [
      'tunnel wg1 by 10 unmasked?',
      'line eth0 by main?',
    ]);
    assert.deepEqual(ways(home, '2001:db8:1::20', '2606::1').up, ['line eth0 by main']);
  });
});

describe('the way of a client: rulesets, NAT and answers', () => {
  it('ends at a ruleset between the interfaces', () => {
    const out = `interfaces wireguard wg1 firewall out name OUT
      firewall name OUT rule 10 action accept
      firewall name OUT rule 10 protocol tcp`;
    assert.deepEqual(ways(`${home}\n${out}`, '192.168.1.20', '1.1.1.1').up, [
      'tunnel wg1 by 10',
      'refused wg1 by 10',
    ]);
  });

  it('tells where answers get lost', () => {
    const closed =
      'interfaces wireguard wg1 firewall in name NOTHING\nfirewall name NOTHING default-action drop';
    assert.deepEqual(ways(`${home}\n${closed}`, '192.168.1.20', '1.1.1.1').up, ['tunnel wg1 by 10 lost']);
    const open = `${closed}
      firewall name NOTHING rule 10 action accept
      firewall name NOTHING rule 10 state established enable`;
    assert.deepEqual(ways(`${home}\n${open}`, '192.168.1.20', '1.1.1.1').up, ['tunnel wg1 by 10']);
    const strict = 'firewall source-validation strict';
    assert.deepEqual(ways(`${home}\n${strict}`, '192.168.1.20', '1.1.1.1').up, [
      'tunnel wg1 by 10 validated',
    ]);
    const unmasked = home.replace('rule 5000 outbound-interface wg1', 'rule 5000 outbound-interface eth5');
    assert.deepEqual(ways(unmasked, '192.168.1.20', '1.1.1.1').up, ['tunnel wg1 by 10 unmasked']);
  });

  it('is dropped by a masquerade without an address', () => {
    const router = home.replace('interfaces wireguard wg1 address 10.2.0.2/32', '');
    assert.deepEqual(ways(router, '192.168.1.20', '1.1.1.1').up, ['no-address wg1 by 10']);
  });

  it('goes on to where destination NAT sends it', () => {
    const nat = `${home}
      service nat rule 1 type destination
      service nat rule 1 inbound-interface switch0
      service nat rule 1 protocol udp
      service nat rule 1 destination port 53
      service nat rule 1 inside-address address 192.168.1.1`;
    assert.deepEqual(ways(nat, '192.168.1.20', '1.1.1.1').up, [
      'own by local',
      'tunnel wg1 by 10',
      'tunnel wg1 by 10',
    ]);
  });

  it('is printed step by step, with its tunnel and without', () => {
    const found = clientTrace(treeOf(home), '192.168.1.20', '1.1.1.1') ?? assert.fail('a trace');
    const lines = renderClientTrace(found, 'now', new Chalk({ level: 0 })).replace(
      / \(line \d+ on the router\)/g,
      '',
    );
    assert.equal(
      lines,
      `The way from 192.168.1.20 to 1.1.1.1 now:
    it comes in by switch0
    rule 20 of VPN sends it by table 10, by firewall modify VPN rule 20
    0.0.0.0/0 → wg1, by protocols static table 10 interface-route 0.0.0.0/0 next-hop-interface wg1
    its source becomes 10.2.0.2, by service nat rule 5000
    peer ${key(9)} takes it, at 203.0.113.9:51820
    it leaves encrypted by wg1
    encrypted, to 203.0.113.9: 0.0.0.0/0 → eth0 via 198.51.100.1, by protocols static route 0.0.0.0/0 next-hop 198.51.100.1
    with wg1 gone:
        rule 20 of VPN sends it by table 10, by firewall modify VPN rule 20
        0.0.0.0/0 → eth0 via 198.51.100.1, by protocols static route 0.0.0.0/0 next-hop 198.51.100.1
        its source becomes 198.51.100.2, by service nat rule 5001
        it leaves by eth0
`,
    );
  });

  it('says which rules of port-forward it does not follow', () => {
    const forward = (...more: string[]): string =>
      [
        home,
        'port-forward wan-interface eth0',
        'port-forward lan-interface switch0',
        'port-forward rule 1 original-port 443',
        'port-forward rule 1 protocol tcp',
        'port-forward rule 1 forward-to address 192.168.1.5',
        'port-forward rule 2 original-port 80',
        'port-forward rule 2 disable',
        ...more,
      ].join('\n');
    const doubts = (router: string, destination: string): readonly string[] =>
      (clientTrace(treeOf(router), '192.168.1.20', destination) ?? assert.fail()).doubts;
    const hairpin = forward('port-forward hairpin-nat enable');
    assert.deepEqual(doubts(hairpin, '198.51.100.2'), [
      'port-forward rule 1 sends tcp to port 443 on to 192.168.1.5, which is not followed here',
    ]);
    assert.deepEqual(doubts(hairpin, '192.168.1.1'), []);
    assert.deepEqual(doubts(hairpin, '1.1.1.1'), []);
    // without hairpin-nat home asks the router itself
    assert.deepEqual(doubts(forward(), '198.51.100.2'), []);
  });

  it('says of which sources it knows nothing', () => {
    const say = (source: string): string =>
      renderClientTrace(
        clientTrace(treeOf(home), source, '1.1.1.1') ?? assert.fail(),
        'now',
        new Chalk({ level: 0 }),
      );
    assert.match(say('172.16.0.9'), /no route leads to 172\.16\.0\.9/);
    assert.match(say('192.168.1.1'), /is the router's own address/);
    assert.equal(clientTrace(treeOf(home), '192.168.1.20', '2606::1'), undefined);
  });
});

describe('marks and shares', () => {
  it('sets and compares marks as iptables does', () => {
    const mark = (text: string) => parseMark(text) ?? assert.fail(text);
    assert.deepEqual(mark('5'), { value: 5, mask: 0xff });
    assert.deepEqual(mark('300'), { value: 300, mask: 0xffffffff });
    assert.deepEqual(mark('0x100'), { value: 0x100, mask: 0xff });
    assert.deepEqual(mark('0x100/0xff00'), { value: 0x100, mask: 0xff00 });
    assert.equal(parseMark('5/'), undefined);
    assert.equal(parseMark('0x1ffffffff'), undefined);
    const words = fc.nat(0xffff).chain(value => fc.nat(0xffff).map(mask => ({ value, mask })));
    fc.assert(
      fc.property(words, words, (set, asked) => {
        const value = ((0 & ~set.mask) | set.value) >>> 0;
        const expected = (value & asked.mask) >>> 0 === asked.value ? 'yes' : 'no';
        assert.equal(compared(marked(unmarked, set), asked), expected);
      }),
    );
  });

  it('gives every address to the longest prefix over it, and each once', () => {
    const prefixes = fc.array(
      fc.record({ bits: fc.nat(255), length: fc.integer({ min: 22, max: 32 }) }).map(({ bits, length }) => {
        const prefix = parsePrefix(`192.0.2.${bits}/${length}`) ?? assert.fail();
        return { prefix, value: `${prefix.first}/${length}` };
      }),
      { maxLength: 12 },
    );
    const spans = fc.array(fc.tuple(fc.nat(1023), fc.nat(1023)), { minLength: 1, maxLength: 4 });
    const base = parsePrefix('192.0.0.0/22')?.first ?? 0n;
    fc.assert(
      fc.property(prefixes, spans, fc.nat(1023), (holders, list, offset) => {
        const asked = ranges(
          list.map(([a, b]) => [base + BigInt(Math.min(a, b)), base + BigInt(Math.max(a, b))]),
        );
        const address = base + BigInt(offset);
        const found = shares(asked, holders, 4).filter(share => holds(share.addresses, address));
        const longest = holders
          .filter(
            ({ prefix }) =>
              intersection(
                [[address, address]],
                [[prefix.first, prefix.first + (1n << BigInt(32 - prefix.length)) - 1n]],
              ).length > 0,
          )
          .sort((a, b) => b.prefix.length - a.prefix.length)[0];
        assert.equal(found.length, holds(asked, address) ? 1 : 0);
        if (found[0] !== undefined) assert.equal(found[0].value, longest?.value);
      }),
    );
  });
});
