// Which interfaces face the internet, and which rulesets packets really have to pass there.
import assert from 'node:assert/strict';
import { type Stage, stagesThrough, stagesToRouter, usesOf } from '../../src/model/firewall/attached.ts';
import { askStages } from '../../src/model/firewall/passing.ts';
import { firewallOf } from '../../src/model/firewall/ruleset.ts';
import { passage } from '../../src/model/firewall/verdict.ts';
import { facingWan } from '../../src/model/firewall/wan.ts';
import { type Interface, interfacesOf } from '../../src/vyatta/interfaces.ts';
import type { Tree } from '../../src/vyatta/tree.ts';
import type { Family } from '../../src/wireguard/prefix.ts';
import { tcp, treeOf, udp } from '../support/firewall.ts';

const iface = (tree: Tree, name: string): Interface =>
  interfacesOf(tree).find(one => one.name === name) ?? assert.fail(`no interface ${name}`);
const wan = (text: string, family: Family = 4): string[] =>
  facingWan(treeOf(text), family).map(
    ({ iface: found, reasons }) => `${found.name}: ${reasons.map(reason => reason.text).join(', ')}`,
  );
const told = (stages: readonly Stage[]): string[] =>
  stages.map(stage => (stage.kind === 'zone' ? `zone ${stage.name} ${stage.action}` : stage.name));

describe('interfaces', () => {
  it('have the names that the kernel gives them', () => {
    const tree = treeOf(`
      interfaces ethernet eth0 vif 35 pppoe 2 default-route auto
      interfaces ethernet eth1 pppoe 0 mtu 1492
      interfaces ethernet eth2 vif-s 200 vif-c 7 address 192.0.2.1/24
      interfaces switch switch0 vif 10 address 10.0.10.1/24
      interfaces bonding bond0 vif 5 disable
      interfaces wireguard wg4 address 10.9.0.1/32
      interfaces openvpn vtun0 mode server
      interfaces loopback lo`);
    assert.deepEqual(
      interfacesOf(tree).map(found => `${found.name} ${found.kind}`),
      [
        'eth0 ethernet',
        'eth0.35 vif',
        'pppoe2 pppoe',
        'eth1 ethernet',
        'pppoe0 pppoe',
        'eth2 ethernet',
        'eth2.200 vif-s',
        'eth2.200.7 vif-c',
        'switch0 switch',
        'switch0.10 vif',
        'bond0 bonding',
        'bond0.5 vif',
        'wg4 wireguard',
        'vtun0 openvpn',
        'lo loopback',
      ],
    );
    assert.equal(iface(tree, 'bond0.5').disabled, true);
    assert.deepEqual(iface(tree, 'pppoe2').path, [
      'interfaces',
      'ethernet',
      'eth0',
      'vif',
      '35',
      'pppoe',
      '2',
    ]);
  });

  it('are disabled with what they lie upon', () => {
    const tree = treeOf(`
      interfaces ethernet eth0 disable
      interfaces ethernet eth0 vif 35 address dhcp`);
    assert.equal(iface(tree, 'eth0.35').disabled, true);
  });
});

describe('firewall: what faces the internet', () => {
  it('by a gateway in the network of an interface', () => {
    const lan = 'interfaces ethernet eth1 address 192.168.1.1/24\n';
    const eth0 = 'interfaces ethernet eth0 address 198.51.100.2/24\n';
    assert.deepEqual(wan(`${lan}${eth0}system gateway-address 198.51.100.1`), [
      'eth0: default route via 198.51.100.1',
    ]);
    assert.deepEqual(wan(`${lan}${eth0}protocols static route 0.0.0.0/0 next-hop 198.51.100.1 distance 5`), [
      'eth0: default route via 198.51.100.1',
    ]);
    assert.deepEqual(wan(`${lan}${eth0}protocols static route 0.0.0.0/0 next-hop 198.51.100.1 disable`), []);
  });

  it('by an interface route, in tables too', () => {
    const tree = `
      interfaces ethernet eth0 pppoe 0 default-route none
      interfaces ethernet eth2 vif 7 address 203.0.113.2/30
      protocols static interface-route 0.0.0.0/0 next-hop-interface pppoe0
      protocols static table 2 route 0.0.0.0/0 next-hop 203.0.113.1`;
    assert.deepEqual(wan(tree), [
      'pppoe0: default route out of it',
      'eth2.7: default route via 203.0.113.1 in table 2',
    ]);
  });

  it('by DHCP, PPPoE, load-balance groups and port-forward', () => {
    assert.deepEqual(
      wan(`
        interfaces ethernet eth0 address dhcp
        interfaces ethernet eth1 address dhcp
        interfaces ethernet eth1 dhcp-options default-route no-update
        interfaces ethernet eth2 vif 35 pppoe 0 mtu 1492
        interfaces ethernet eth3 address 192.0.2.1/24
        load-balance group G interface eth3
        port-forward wan-interface eth0`),
      [
        'eth0: address by DHCP, the WAN interface of port-forward',
        'pppoe0: PPPoE with its default route',
        'eth3: load-balance group G',
      ],
    );
  });

  it('by a masquerade only where nothing else says it', () => {
    const nat = `
      interfaces ethernet eth0 address 198.51.100.2/24
      interfaces ethernet eth1 address 192.168.1.1/24
      service nat rule 5000 outbound-interface eth1
      service nat rule 5000 type masquerade
      service nat rule 5000 disable
      service nat rule 5010 outbound-interface eth0
      service nat rule 5010 type masquerade`;
    assert.deepEqual(wan(nat), ['eth0: masquerade rule 5010']);
    assert.deepEqual(wan(`${nat}\ninterfaces ethernet eth2 address dhcp`), ['eth2: address by DHCP']);
  });

  it('and never what lies within another: WireGuard, OpenVPN; nor what is disabled', () => {
    assert.deepEqual(
      wan(`
        interfaces wireguard wg0 address 10.0.0.2/32
        interfaces ethernet eth0 address dhcp
        interfaces ethernet eth0 disable
        protocols static interface-route 0.0.0.0/0 next-hop-interface wg0`),
      [],
    );
  });

  it('in IPv6 by its own routes and addresses, a tunnel of a broker included', () => {
    assert.deepEqual(
      wan(
        `
        interfaces ethernet eth0 address dhcp
        interfaces ethernet eth1 ipv6 address autoconf
        interfaces ethernet eth2 address 2001:db8:1::2/64
        interfaces ethernet eth3 pppoe 0 dhcpv6-pd pd 0
        interfaces ethernet eth4 description 'link-local next hop'
        interfaces tunnel tun0 encapsulation sit
        protocols static route6 ::/0 next-hop 2001:db8:1::1
        protocols static table 2 route6 ::/0 next-hop fe80::1 interface eth4
        protocols static interface-route6 ::/0 next-hop-interface tun0`,
        6,
      ),
      [
        'eth1: address by router advertisement',
        'eth2: default route via 2001:db8:1::1',
        'pppoe0: prefix by DHCPv6',
        'eth4: default route out of it in table 2',
        'tun0: default route out of it',
      ],
    );
  });
});

describe('firewall: what packets have to pass', () => {
  const tree = treeOf(`
    interfaces ethernet eth0 vif 35 pppoe 0 firewall local name WAN_LOCAL
    interfaces ethernet eth0 vif 35 pppoe 0 firewall in name WAN_IN
    interfaces ethernet eth0 firewall local ipv6-name WANv6_LOCAL
    interfaces ethernet eth1 firewall out name LAN_OUT
    interfaces wireguard wg4 firewall in name K8S_IN`);

  it('is what their interface names, in their family', () => {
    assert.deepEqual(told(stagesToRouter(tree, iface(tree, 'pppoe0'), 4)), ['WAN_LOCAL']);
    assert.deepEqual(told(stagesToRouter(tree, iface(tree, 'pppoe0'), 6)), []);
    assert.deepEqual(told(stagesToRouter(tree, iface(tree, 'eth0'), 6)), ['WANv6_LOCAL']);
    assert.deepEqual(told(stagesThrough(tree, iface(tree, 'wg4'), iface(tree, 'eth1'), 4)), [
      'K8S_IN',
      'LAN_OUT',
    ]);
    assert.deepEqual(
      usesOf(tree, interfacesOf(tree), 4).map(use => use.path.slice(-3).join(' ')),
      ['firewall in name', 'firewall local name', 'firewall out name', 'firewall in name'],
    );
  });

  const zoned = treeOf(`
    interfaces ethernet eth0 address dhcp
    interfaces ethernet eth1 address 192.168.1.1/24
    interfaces ethernet eth2 address 192.168.2.1/24
    interfaces wireguard wg0 address 10.0.0.1/32
    firewall name WAN_LOCAL rule 24 action accept
    firewall name WAN_LOCAL rule 24 protocol udp
    firewall name WAN_LOCAL rule 24 destination port 51824
    zone-policy zone local local-zone
    zone-policy zone local default-action reject
    zone-policy zone local from wan firewall name WAN_LOCAL
    zone-policy zone wan interface eth0
    zone-policy zone lan interface eth1
    zone-policy zone lan interface eth2
    zone-policy zone lan from wan firewall name WAN_LAN`);

  it('is what zones say where there are zones', () => {
    const at = (name: string): Interface => iface(zoned, name);
    assert.deepEqual(told(stagesToRouter(zoned, at('eth0'), 4)), ['WAN_LOCAL']);
    assert.deepEqual(told(stagesToRouter(zoned, at('eth0'), 6)), ['zone local reject']);
    assert.deepEqual(told(stagesToRouter(zoned, at('wg0'), 4)), ['zone local reject']);
    assert.deepEqual(told(stagesThrough(zoned, at('eth0'), at('eth1'), 4)), ['WAN_LAN']);
    assert.deepEqual(told(stagesThrough(zoned, at('eth1'), at('eth2'), 4)), []);
    assert.deepEqual(told(stagesThrough(zoned, at('wg0'), at('eth2'), 4)), ['zone lan drop']);
    assert.deepEqual(told(stagesThrough(zoned, at('eth1'), at('eth0'), 4)), ['zone wan drop']);
    assert.deepEqual(told(stagesThrough(zoned, at('eth1'), at('wg0'), 4)), []);
  });

  it('lets a packet pass when every stage does', () => {
    const firewall = firewallOf(zoned);
    const passes = (name: string, question = udp({ port: 51824 })): string =>
      passage(askStages(firewall, stagesToRouter(zoned, iface(zoned, name), 4), 4, question));
    assert.equal(passes('eth0'), 'all');
    assert.equal(passes('eth0', udp({ port: 22 })), 'none');
    assert.equal(passes('eth1'), 'none');
    assert.equal(passage(askStages(firewall, [], 4, udp())), 'all');
  });
});

describe('firewall: several stages', () => {
  const rulesets = `
    firewall name OPEN default-action accept
    firewall name SHUT default-action drop
    firewall name WEB rule 1 action accept
    firewall name WEB rule 1 protocol tcp
    firewall name WEB rule 1 destination port 80,443
    firewall name MAYBE rule 1 action accept
    firewall name MAYBE rule 1 time weekdays Mon
    firewall name LIMIT default-action accept
    firewall name LIMIT rule 1 action drop
    firewall name LIMIT rule 1 limit rate 1/second`;
  const firewall = firewallOf(treeOf(rulesets));
  const through = (...names: string[]): string => {
    const stages = names.map(name => ({ kind: 'ruleset', name, path: [] }) as const);
    return passage(askStages(firewall, stages, 4, tcp({ port: 80 })));
  };

  it('are as strict as the strictest, and as sure as the least sure', () => {
    assert.equal(through('OPEN', 'WEB', 'OPEN'), 'all');
    assert.equal(through('WEB', 'SHUT'), 'none');
    assert.equal(through('MAYBE'), 'maybe');
    assert.equal(through('MAYBE', 'OPEN'), 'maybe');
    assert.equal(through('LIMIT', 'WEB'), 'maybe');
    assert.equal(through('LIMIT', 'MAYBE'), 'maybe');
    assert.equal(through('MAYBE', 'SHUT'), 'none');
    assert.equal(through('SHUT', 'MAYBE'), 'none');
  });

  it('of which one is missing tell nothing, unless another refuses', () => {
    assert.equal(through('NOBODY'), 'maybe');
    assert.equal(through('NOBODY', 'OPEN'), 'maybe');
    assert.equal(through('OPEN', 'NOBODY'), 'maybe');
    assert.equal(through('NOBODY', 'SHUT'), 'none');
  });
});
