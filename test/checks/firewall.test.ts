// What the checks of ports and rulesets say about a home and its two servers, and about each single thing that can be wrong there.
import assert from 'node:assert/strict';
import { but, findings, lines } from '../support/checked.ts';

const key4 = Buffer.alloc(32, 4).toString('base64');
const phone = Buffer.alloc(32, 9).toString('base64');

const home = `
  interfaces ethernet eth0 address 198.51.100.2/24
  interfaces ethernet eth0 address 2001:db8:1::2/64
  interfaces ethernet eth0 firewall local name WAN_LOCAL
  interfaces ethernet eth0 firewall local ipv6-name WANv6_LOCAL
  interfaces ethernet eth1 address 192.168.2.1/24
  system gateway-address 198.51.100.1
  protocols static route6 ::/0 next-hop 2001:db8:1::1
  firewall name WAN_LOCAL default-action drop
  firewall name WAN_LOCAL rule 10 action accept
  firewall name WAN_LOCAL rule 10 state established enable
  firewall name WAN_LOCAL rule 20 action drop
  firewall name WAN_LOCAL rule 20 state invalid enable
  firewall ipv6-name WANv6_LOCAL default-action drop
  firewall ipv6-name WANv6_LOCAL rule 10 action accept
  firewall ipv6-name WANv6_LOCAL rule 10 state established enable
  service dns forwarding listen-on eth1
  service ubnt-discover disable`;

const site = `version: 1
router: { host: 192.168.2.1 }
uplink: { rulesets: { ipv4: WAN_LOCAL, ipv6: WANv6_LOCAL } }
manages:
  interfaces: [wg1-wg9]
  firewallRules: { WAN_LOCAL: [24], WANv6_LOCAL: [24] }
tunnels:
  wg4:
    address: [192.168.5.14/32]
    listenPort: 51824
    openPort: { rule: 24 }
    firewall: { in: { ipv4: K8S_IN }, local: { ipv4: K8S_LOCAL } }
    peers:
      srv4:
        publicKey: ${key4}
        endpoint: "[2001:db8:ffff::4]:51820"
        allowedIPs: [192.168.5.4/32, 10.42.4.0/24]
        persistentKeepalive: 25
rulesets:
  K8S_IN:
    family: ipv4
    default: drop
    rules:
      10: { action: accept, state: [established] }
      20: { action: accept, protocol: tcp, source: { address: 10.42.0.0/16 }, destination: { address: 192.168.2.10, port: 9090 } }
  K8S_LOCAL:
    family: ipv4
    default: drop
    rules:
      10: { action: accept, state: [established] }
      20: { action: accept, protocol: tcp, source: { address: 192.168.5.4 }, destination: { port: 179 } }
bgp:
  asn: 64512
  neighbors:
    192.168.5.4: { tunnel: wg4, remoteAsn: 64513, accept: [192.168.10.0/24] }
`;

/** Ports, rulesets and what they need; routes have tests of their own. */
const troubles = (file: string, router: string): string[] =>
  lines(file, router, /EW(0|1[0-2])/).filter(line => !line.startsWith('note'));

describe('checks: a correct network', () => {
  it('has no error and no warning', () => {
    assert.deepEqual(troubles(site, home), []);
  });

  it('is told what becomes reachable and what the other end may reach', () => {
    assert.deepEqual(lines(site, home, /EW1[0-2]/), [
      'note EW100 11:5 wg4: port 51824 becomes reachable over IPv4 at eth0 by rule 24 of WAN_LOCAL (accept)',
      'note EW100 11:5 wg4: port 51824 becomes reachable over IPv6 at eth0 by rule 24 of WANv6_LOCAL (accept)',
      'note EW124 12:5 wg4: over IPv4 its peers may open tcp from 10.42.4.0/24 to 192.168.2.10 port 9090 behind the router, by rule 20 of K8S_IN (accept); tcp from 192.168.5.4 to port 179 of the router itself, by rule 20 of K8S_LOCAL (accept)',
    ]);
  });
});

describe('checks: the port of a tunnel', () => {
  it('behind a rule that drops it: the rule, and a number before it', () => {
    const router = `${home}
      firewall ipv6-name WANv6_LOCAL rule 22 action drop
      firewall ipv6-name WANv6_LOCAL rule 22 protocol udp`;
    assert.deepEqual(troubles(site, router), [
      'error EW101 11:5 wg4: port 51824 is closed over IPv6 at eth0: rule 22 of WANv6_LOCAL (drop) comes before rule 24 of WANv6_LOCAL, which opens it',
    ]);
    const found = findings(site, router).find(({ code }) => code === 'EW101');
    assert.equal(found?.hint, 'take a number that comes before it: openPort: { ipv6: 21 }');
  });

  it('with the rule only in the other family than the endpoint', () => {
    const file = but(site, ['{ rule: 24 }', '{ ipv4: 24 }'], [', WANv6_LOCAL: [24]', '']);
    assert.deepEqual(troubles(file, home), [
      'warning EW103 10:17 wg4: port 51824 is closed over IPv6 at eth0: the default action of WANv6_LOCAL (drop); the endpoint is IPv6',
    ]);
  });

  it('opened in a ruleset that is not attached there', () => {
    const router = but(home, ['local ipv6-name WANv6_LOCAL', 'local ipv6-name OTHER']);
    assert.deepEqual(troubles(site, `${router}\nfirewall ipv6-name OTHER default-action drop`), [
      'error EW101 11:5 wg4: port 51824 is closed over IPv6 at eth0: rule 24 of WANv6_LOCAL opens it, but eth0 brings nothing to WANv6_LOCAL; there decides the default action of OTHER (drop)',
    ]);
  });

  it('closed at one of two uplinks: no advice that would close the other', () => {
    const router = `${home}
      interfaces ethernet eth2 address dhcp
      interfaces ethernet eth2 firewall local name TV_LOCAL
      firewall name TV_LOCAL default-action drop`;
    const hints = findings(site, router).flatMap(({ code, hint }) => (code === 'EW103' ? [hint] : []));
    assert.deepEqual(hints, ['leave it where no peer comes in by eth2; else attach WAN_LOCAL there']);
  });

  it('of an interface that faces the internet without any ruleset', () => {
    const router = but(home, ['interfaces ethernet eth0 firewall local ipv6-name WANv6_LOCAL', '']);
    assert.deepEqual(troubles(site, router), [
      'warning EW105 3:46 no IPv6 ruleset keeps the internet from the router itself at eth0 (default route via 2001:db8:1::1): every port of it is open there',
    ]);
  });

  it('in doubt behind a rule with a limit', () => {
    const router = `${home}
      firewall name WAN_LOCAL rule 5 action drop
      firewall name WAN_LOCAL rule 5 limit rate 5/second`;
    assert.deepEqual(troubles(site, router), [
      'warning EW102 11:5 wg4: port 51824 is perhaps open over IPv4 at eth0: rule 5 (drop) may take it first: it has `limit`',
    ]);
  });

  it('that nobody opens while a peer without endpoint waits', () => {
    const file = but(
      site,
      ['    openPort: { rule: 24 }\n', ''],
      ['        endpoint: "[2001:db8:ffff::4]:51820"\n', ''],
      ['        persistentKeepalive: 25\n', ''],
    );
    assert.deepEqual(troubles(file, home), [
      'warning EW103 10:17 wg4: port 51824 is closed over IPv4 at eth0: the default action of WAN_LOCAL (drop); a peer without an endpoint has no other way to begin',
    ]);
    assert.deepEqual(troubles(but(site, ['    openPort: { rule: 24 }\n', '']), home), []);
  });

  it('is closed through a zone that does not name the ruleset', () => {
    const router = `${but(
      home,
      ['interfaces ethernet eth0 firewall local name WAN_LOCAL', ''],
      ['interfaces ethernet eth0 firewall local ipv6-name WANv6_LOCAL', ''],
    )}
      zone-policy zone local local-zone
      zone-policy zone local from wan firewall name WAN_LOCAL
      zone-policy zone wan interface eth0`;
    assert.deepEqual(troubles(site, router), [
      'error EW101 11:5 wg4: port 51824 is closed over IPv6 at eth0: rule 24 of WANv6_LOCAL opens it, but eth0 brings nothing to WANv6_LOCAL; there decides the default action of zone local (drop)',
      "error EW123 12:54 BGP neighbour 192.168.5.4 can't reach port 179 of the router through wg4: the default action of zone local (drop)",
    ]);
  });

  it('on a router whose way to the internet is not known', () => {
    const router = but(home, ['system gateway-address 198.51.100.1', '']);
    const attached = lines(site, router, /EW10[0-4]/).filter(line => line.includes('IPv4'));
    assert.equal(attached.length, 1, 'the ruleset that the file names tells it');
    assert.match(attached[0] ?? '', /^note EW100 .* over IPv4 at eth0 by rule 24 of WAN_LOCAL/);
    const nowhere = but(router, ['interfaces ethernet eth0 firewall local name WAN_LOCAL', '']);
    assert.deepEqual(
      lines(site, nowhere, /EW10[0-4]/).filter(line => line.includes('IPv4')),
      [
        'error EW101 11:5 wg4: port 51824 stays closed over IPv4: WAN_LOCAL, in which the file opens it, guards the router at no interface',
      ],
    );
  });
});

describe('checks: a port that somebody has', () => {
  const taken = (router: string, port = 51824): string[] =>
    lines(but(site, ['listenPort: 51824', `listenPort: ${port}`]), `${home}\n${router}`, /EW11/);

  it('another WireGuard interface', () => {
    assert.deepEqual(taken('interfaces wireguard wg0 listen-port 51824'), [
      'error EW110 10:17 wg4: port 51824 is taken by wg0',
    ]);
  });

  it('a service of the router, and not one that speaks TCP', () => {
    assert.deepEqual(taken('', 53), ['error EW111 10:17 wg4: port 53 is taken by DNS forwarding']);
    assert.deepEqual(taken('interfaces openvpn vtun0 mode server', 1194), [
      'error EW111 10:17 wg4: port 1194 is taken by OpenVPN on vtun0',
    ]);
    assert.deepEqual(taken('interfaces openvpn vtun0 mode client', 1194), []);
    assert.deepEqual(
      taken('interfaces openvpn vtun0 local-port 7777\ninterfaces openvpn vtun0 protocol tcp-passive', 7777),
      [],
    );
    assert.deepEqual(taken('vpn l2tp remote-access mtu 1400', 4500), [
      'error EW111 10:17 wg4: port 4500 is taken by L2TP',
    ]);
    assert.deepEqual(taken('service gui https-port 443', 443), []);
    assert.deepEqual(taken('service snmp listen-address 192.168.2.1 port 5161', 5161), [
      'error EW111 10:17 wg4: port 5161 is taken by SNMP',
    ]);
  });

  it('a port forward, by its range', () => {
    const forward = `
      port-forward wan-interface eth0
      port-forward rule 3 original-port 51000-52000
      port-forward rule 3 protocol udp
      port-forward rule 3 forward-to address 192.168.2.9`;
    assert.deepEqual(taken(forward), [
      'error EW112 10:17 wg4: port-forward rule 3 sends what comes to UDP port 51824 at eth0 elsewhere, before WireGuard sees it',
    ]);
    assert.deepEqual(taken(but(forward, ['protocol udp', 'protocol tcp'])), []);
    assert.deepEqual(taken(but(forward, ['wan-interface eth0', 'wan-interface eth7'])), []);
  });

  it('a destination NAT, unless an earlier rule excludes it', () => {
    const nat = `
      service nat rule 20 type destination
      service nat rule 20 inbound-interface eth0
      service nat rule 20 protocol udp
      service nat rule 20 destination port 50000-60000
      service nat rule 20 inside-address address 192.168.2.9`;
    assert.deepEqual(taken(nat), [
      'error EW112 10:17 wg4: service nat rule 20 sends what comes to UDP port 51824 at eth0 elsewhere, before WireGuard sees it',
    ]);
    assert.deepEqual(taken(`${nat}\nservice nat rule 20 disable`), []);
    assert.deepEqual(taken(`${nat}\nservice nat rule 20 destination address 203.0.113.1`), []);
    const exclude = `
      service nat rule 10 type destination
      service nat rule 10 exclude
      service nat rule 10 inbound-interface eth0
      service nat rule 10 protocol udp
      service nat rule 10 destination port 51824`;
    assert.deepEqual(taken(nat + exclude), []);
  });
});

describe('checks: a rule number that somebody has', () => {
  it('with the next free one that nothing shadows', () => {
    const file = but(site, ['  firewallRules: { WAN_LOCAL: [24], WANv6_LOCAL: [24] }\n', '']);
    const foreign = (more = ''): string | undefined =>
      findings(
        file,
        `${home}
        firewall name WAN_LOCAL rule 24 action accept
        firewall name WAN_LOCAL rule 24 protocol tcp
        firewall name WAN_LOCAL rule 25 action accept
        firewall name WAN_LOCAL rule 25 protocol icmp
        ${more}`,
      ).find(({ code }) => code === 'EW002')?.hint;
    assert.match(foreign() ?? '', /^take 26, which is free/);
    const shadow =
      'firewall name WAN_LOCAL rule 26 action drop\nfirewall name WAN_LOCAL rule 26 protocol udp';
    assert.match(foreign(shadow) ?? '', /^take 23, which is free/);
  });
});

describe('checks: rulesets of a tunnel', () => {
  it('are missed where there are none, unless the file says why', () => {
    const bare = but(site, ['    firewall: { in: { ipv4: K8S_IN }, local: { ipv4: K8S_LOCAL } }\n', '']);
    assert.deepEqual(troubles(bare, home), [
      'warning EW122 8:3 wg4 has no ruleset for IPv4 in and local: the router itself and every network behind it is open to its peers',
    ]);
    const half = but(site, ['in: { ipv4: K8S_IN }, ', '']);
    assert.deepEqual(troubles(half, home), [
      'warning EW122 8:3 wg4 has no ruleset for IPv4 in: every network behind it is open to its peers',
    ]);
    const said = but(bare, ['    peers:', '    unfiltered: both ends are ours\n    peers:']);
    assert.deepEqual(troubles(said, home), []);
  });

  it('are missed for IPv6 too when a peer may send it', () => {
    const file = but(site, ['10.42.4.0/24]', '10.42.4.0/24, "2001:db8:4::/64"]']);
    assert.deepEqual(troubles(file, home), [
      'warning EW122 8:3 wg4 has no ruleset for IPv6 in and local: the router itself and every network behind it is open to its peers',
    ]);
  });

  it("of somebody else's interface are only noted", () => {
    const file = `version: 1
router: { host: 192.168.2.1 }
tunnels:
  wg0:
    peers:
      phone: { publicKey: ${phone}, allowedIPs: [192.168.5.100/32] }
`;
    const router = `${home}
      interfaces wireguard wg0 address 192.168.5.1/24
      interfaces wireguard wg0 listen-port 51820
      firewall name WAN_LOCAL rule 30 action accept
      firewall name WAN_LOCAL rule 30 protocol udp
      firewall name WAN_LOCAL rule 30 destination port 51820`;
    assert.deepEqual(
      lines(file, router).map(line => line.slice(0, 50)),
      ['note EW122 4:3 wg0 has no ruleset for IPv4 in and '],
    );
  });

  it('must be there after the plan, and in the right family', () => {
    assert.deepEqual(troubles(but(site, ['local: { ipv4: K8S_LOCAL }', 'local: { ipv4: OTHER }']), home), [
      "error EW121 12:54 interfaces wireguard wg4 firewall local name names OTHER for IPv4, which isn't there",
      "warning EW123 12:54 BGP neighbour 192.168.5.4 may not reach port 179 of the router through wg4: OTHER, which isn't there",
    ]);
    assert.deepEqual(
      troubles(
        but(site, ['local: { ipv4: K8S_LOCAL }', 'local: { ipv4: LAN6 }']),
        `${home}\nfirewall ipv6-name LAN6 default-action drop`,
      )[0],
      'error EW121 12:54 interfaces wireguard wg4 firewall local name names LAN6 for IPv4, which is an IPv6 ruleset',
    );
  });

  it('share one namespace', () => {
    assert.deepEqual(troubles(site, `${home}\nfirewall modify K8S_IN rule 1 action modify`), [
      'error EW120 20:3 K8S_IN would be an IPv4 ruleset and an IPv4 modify ruleset: EdgeOS has one namespace for all of them',
    ]);
  });

  it('that something else still uses are not deleted', () => {
    const file = `version: 1
router: { host: 192.168.2.1 }
absent: { rulesets: [OLD] }
`;
    const router = `${home}
      firewall name OLD default-action drop
      interfaces ethernet eth1 firewall in name OLD`;
    assert.deepEqual(troubles(file, router), [
      'error EW121 3:22 interfaces ethernet eth1 firewall in name names OLD for IPv4, which the plan deletes',
    ]);
  });

  it('let BGP in', () => {
    assert.deepEqual(troubles(but(site, ['port: 179', 'port: 180']), home), [
      "error EW123 12:54 BGP neighbour 192.168.5.4 can't reach port 179 of the router through wg4: the default action of K8S_LOCAL (drop)",
    ]);
  });
});
