// What a packet has room for: uplinks as routers have them, tunnels over them, and what the plan says of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { linesOut, uplinksOf } from '../../src/objects/uplinks.ts';
import { loadSite } from '../../src/site/load.ts';
import { interfacesOf } from '../../src/vyatta/interfaces.ts';
import { linkMtu } from '../../src/vyatta/link-mtu.ts';
import { key } from '../support/builders.ts';
import { but, findings, lines } from '../support/checked.ts';
import { treeOf } from '../support/firewall.ts';
import { root } from '../support/run-cli.ts';

const mtuOf = (name: string, router: string): string => {
  const iface = interfacesOf(treeOf(router)).find(one => one.name === name);
  if (iface === undefined) throw new Error(`no ${name}`);
  const { mtu, said } = linkMtu(iface);
  return `${mtu} ${said}`;
};

describe('the MTU of a link', () => {
  for (const [name, router, expected] of [
    ['eth0', 'interfaces ethernet eth0 address dhcp', '1500 eth0'],
    ['eth0', 'interfaces ethernet eth0 mtu 9000', '9000 eth0'],
    ['switch0', 'interfaces switch switch0 mtu 1496', '1496 switch0'],
    ['switch0.20', 'interfaces switch switch0 vif 20 mtu 1400', '1400 switch0.20'],
    ['bond0', 'interfaces bonding bond0 mtu 1600', '1600 bond0'],
    ['br0.7', 'interfaces bridge br0 mtu 1400\ninterfaces bridge br0 vif 7', '1400 br0'],
    ['pppoe0', 'interfaces ethernet eth0 pppoe 0', '1492 pppoe0'],
    ['pppoe0', 'interfaces ethernet eth0 pppoe 0 mtu 1454', '1454 pppoe0'],
    ['pppoe0', 'interfaces ethernet eth0 pppoe 0 mtu 1500', '1492 eth0, 1500 − 8 PPPoE'],
    ['pppoe0', 'interfaces ethernet eth0 mtu 1508\ninterfaces ethernet eth0 pppoe 0 mtu 1500', '1500 pppoe0'],
    [
      'pppoe1',
      'interfaces ethernet eth0 mtu 1564\ninterfaces ethernet eth0 vif 35 mtu 1500\ninterfaces ethernet eth0 vif 35 pppoe 1 mtu 1500',
      '1492 eth0.35, 1500 − 8 PPPoE',
    ],
    ['tun0', 'interfaces tunnel tun0 encapsulation sit', '1480 tun0'],
    ['wg0', 'interfaces wireguard wg0 listen-port 51820', '1420 wg0'],
    ['wg0', 'interfaces wireguard wg0 mtu 1280', '1280 wg0'],
  ] as const)
    it(`${router.replaceAll('\n', '; ')}`, () => assert.equal(mtuOf(name, router), expected));
});

const file = (mtu = ''): string => `version: 1
router: { host: 192.168.2.1 }
${mtu}manages: { interfaces: [wg1-wg9] }
tunnels:
  wg4:
    unfiltered: a test
    mtu: auto
    peers:
      srv4:
        publicKey: ${key(4)}
        endpoint: 203.0.113.4:51820
        allowedIPs: [192.168.5.4/32]
    routes:
      192.168.5.4/32: { guard: true }
`;

const uplinks = (router: string, mtu?: string): string[] => {
  const { 4: four, 6: six } = uplinksOf(loadSite(file(mtu), 'edgewg.yaml').site, treeOf(router));
  return [four, six].map(({ mtu: bytes, said }) => `${bytes} ${said}`);
};

describe('the way to the internet', () => {
  const ethernet = 'interfaces ethernet eth0 address 198.51.100.2/24\nsystem gateway-address 198.51.100.1';

  it('is that of the interfaces that face it, by family', () => {
    assert.deepEqual(uplinks(ethernet), ['1500 eth0', '1500 eth0']);
    const sixInFour = `${ethernet}
      interfaces tunnel tun0 encapsulation sit
      interfaces tunnel tun0 address 2001:db8::2/64
      protocols static interface-route6 ::/0 next-hop-interface tun0`;
    assert.deepEqual(uplinks(sixInFour), ['1500 eth0', '1480 tun0']);
    const two = `${ethernet}\ninterfaces ethernet eth1 pppoe 0 default-route auto`;
    assert.deepEqual(uplinks(two), ['1492 pppoe0', '1492 pppoe0']);
  });

  it('is not that of a network at home, or of a PPPoE line that is off', () => {
    const home = `${ethernet}\ninterfaces switch switch0 mtu 1400\ninterfaces switch switch0 address 192.168.2.1/24`;
    assert.deepEqual(uplinks(home), ['1500 eth0', '1500 eth0']);
    const off = `${ethernet}\ninterfaces ethernet eth1 pppoe 0 disable`;
    assert.deepEqual(uplinks(off), ['1500 eth0', '1500 eth0']);
  });

  it("is Ethernet's at most, or where nothing is known, and what the file says", () => {
    assert.deepEqual(uplinks(`${ethernet}\ninterfaces ethernet eth0 mtu 9000`), [
      '1500 the internet',
      '1500 the internet',
    ]);
    assert.deepEqual(uplinks('system host-name router'), ['1500 Ethernet', '1500 Ethernet']);
    assert.deepEqual(linesOut(() => [])[6].mtu, 1500);
    assert.deepEqual(uplinks(ethernet, 'uplink: { mtu: 1454 }\n'), ['1454 uplink.mtu', '1454 uplink.mtu']);
  });
});

const pppoe = `
  interfaces ethernet eth0 pppoe 0 default-route auto
  interfaces ethernet eth0 pppoe 0 ipv6 enable
  interfaces ethernet eth0 pppoe 0 mtu 1492
  interfaces ethernet eth1 address 192.168.2.1/24`;
const told = (site: string, router = pppoe): string[] => lines(site, router, /EW(00[34]|14)/);

describe('checks: the MTU of a tunnel', () => {
  it('by the family of the endpoint, with its sum', () => {
    assert.deepEqual(told(file()), [
      'note EW140 7:10 wg4: MTU 1432 = 1492 (pppoe0) − 20 IPv4 − 8 UDP − 32 WireGuard; TCP segments up to 1392 (1432 − 20 IPv4 − 20 TCP) and 1372 (1432 − 40 IPv6 − 20 TCP); the other end needs the same MTU',
    ]);
    const six = but(file(), ['203.0.113.4:51820', '"[2001:db8::4]:51820"']);
    assert.match(told(six)[0] ?? '', /MTU 1412 = 1492 \(pppoe0\) − 40 IPv6/);
    const name = but(file(), ['203.0.113.4:51820', 'srv4.example.net:51820']);
    assert.match(told(name)[0] ?? '', /MTU 1412 = .*; srv4 may come by either family, and the worse counts;/);
    const roaming = but(file(), ['        endpoint: 203.0.113.4:51820\n', '']);
    assert.match(told(roaming)[0] ?? '', /MTU 1412 = .*; srv4 may come by either family/);
  });

  it('with what an overlay of the cluster leaves for pods', () => {
    const blog = readFileSync(new URL('fixtures/blog/site.yaml', root), 'utf8');
    const router = readFileSync(new URL('fixtures/blog/router.commands', root), 'utf8').replaceAll(
      /^set /gm,
      '',
    );
    const sum = (cni: string): string => told(but(blog, ['overlay: vxlan, mtu: 1370', cni]), router)[0] ?? '';
    assert.match(
      sum('overlay: vxlan, mtu: 1370'),
      /; pods in vxlan through it have 1370 \(1420 − 20 IPv4 − 8 UDP − 8 VXLAN − 14 Ethernet\); the other/,
    );
    assert.match(
      sum('overlay: vxlan, mtu: 1450'),
      /14 Ethernet\), and cni.mtu is 1450: right only where the overlay goes another way;/,
    );
    assert.match(sum('overlay: wireguard'), /have 1360 \(1420 − 20 IPv4 − 8 UDP − 32 WireGuard\)/);
    assert.match(sum('overlay: ipip'), /have 1400 \(1420 − 20 IPv4\)/);
    assert.match(sum('overlay: geneve'), /have 1370 \(1420 − 20 IPv4 − 8 UDP − 8 Geneve − 14 Ethernet\)/);
    assert.doesNotMatch(sum('overlay: none'), /pods/);
  });

  it('is told once for tunnels with the same sum', () => {
    const more = Array.from(
      { length: 5 },
      (_, i) =>
        `  wg${i + 5}: { unfiltered: a test, peers: { p: { publicKey: ${key(i + 5)}, endpoint: 203.0.113.${i + 5}:51820 } } }\n`,
    );
    const site = `${file()}${more.join('')}`;
    assert.match(told(site)[0] ?? '', /^note EW140 7:10 wg4, wg5, wg6, wg7 and 2 more: MTU 1432 =/);
  });

  it('that the file says, against the line', () => {
    const said = (mtu: number): string => but(file(), ['mtu: auto', `mtu: ${mtu}`]);
    assert.deepEqual(told(said(1500)), [
      'warning EW141 7:10 wg4: MTU 1500 is 68 too large: packets to srv4 grow to 1560 = 1500 + 20 IPv4 + 8 UDP + 32 WireGuard, and 1492 bytes leave in one piece (pppoe0)',
    ]);
    assert.deepEqual(told(said(1432)), []);
    assert.deepEqual(told(said(1380)), [], 'smaller may have its reasons');
  });

  it('through another tunnel, or to a network at home', () => {
    const outer = `${pppoe}
      interfaces wireguard wg0 mtu 1412
      interfaces wireguard wg0 peer ${key(1)} allowed-ips 203.0.113.0/24
      protocols static interface-route 203.0.113.0/24 next-hop-interface wg0`;
    assert.match(
      told(file(), outer)[1] ?? '',
      /^warning EW141 7:10 wg4: MTU 1432 is 80 too large: .* and 1412 bytes leave in one piece \(wg0\)$/,
    );
    const jumbo = but(file(), ['203.0.113.4', '192.168.2.9'], ['mtu: auto', 'mtu: 1500']);
    assert.deepEqual(told(jumbo, `${pppoe}\ninterfaces ethernet eth1 mtu 9000`), []);
  });

  it("of somebody else's interface is only noted", () => {
    const foreign = but(file(), ['wg1-wg9', 'wg5-wg9'], ['    mtu: auto\n', '']);
    const router = `${pppoe}\ninterfaces wireguard wg4 mtu 1440`;
    assert.match(told(foreign, router)[0] ?? '', /^note EW141 5:3 wg4: MTU 1440 is 8 too large/);
  });

  it('with IPv6 inside', () => {
    const small = but(file(), ['mtu: auto', 'mtu: 1279']);
    assert.deepEqual(told(small), []);
    const address = but(small, ['    unfiltered', '    address: [fd00::1/64]\n    unfiltered']);
    assert.match(told(address)[0] ?? '', /^error EW142 8:10 wg4: MTU 1279 is too small for fd00::1\/64/);
    const carried = but(small, ['192.168.5.4/32]', '192.168.5.4/32, "2001:db8::/64"]']);
    assert.match(told(carried)[0] ?? '', /^error EW142 7:10 .* for 2001:db8::\/64/);
    assert.equal(told(but(carried, ['1279', '1339'])).length, 1, 'EW003: no clamp below 1280');
    assert.deepEqual(told(but(carried, ['1279', '1340'])), []);
  });
});

describe('checks: the MSS clamp', () => {
  it('that the file says', () => {
    const said = `${file()}mssClamp: { ipv4: 1400, ipv6: 1372 }\n`;
    assert.deepEqual(told(said).slice(1), [
      'warning EW143 15:19 mss-clamp 1400 lets TCP segments through that wg4 has no room for: 1432 − 20 IPv4 − 20 TCP = 1392',
    ]);
  });

  it('that is on the router, where the file leaves it alone', () => {
    const off = `${file()}mssClamp: { ipv4: off, ipv6: off }\n`;
    const router = (type: string): string =>
      `${pppoe}\nfirewall options mss-clamp mss 1452\nfirewall options mss-clamp interface-type ${type}`;
    assert.match(told(off, router('all'))[1] ?? '', /^warning EW143 15:19 mss-clamp 1452 lets/);
    assert.equal(told(off, router('pppoe')).length, 1, 'not for tunnels');
    const found = findings(off, router('wg')).find(({ code }) => code === 'EW143');
    assert.deepEqual(found?.running?.path, ['firewall', 'options', 'mss-clamp', 'mss', '1452']);
  });

  it('that pppoe shares, with the sums of both', () => {
    const router = `${pppoe}\nfirewall options mss-clamp mss 1452\nfirewall options mss-clamp interface-type pppoe`;
    assert.deepEqual(
      told(file(), router).filter(line => line.includes('EW004')),
      [
        'warning EW004 1:1 mss-clamp has one value for all interface types: 1452 (1492 − 20 IPv4 − 20 TCP) becomes 1392 (wg4: 1432 − 20 IPv4 − 20 TCP), and TCP segments on pppoe shrink by 60 bytes, 4.1 %',
      ],
    );
    const more = `${file()}mssClamp: { ipv4: 1460 }\n`;
    assert.match(
      told(more, router).find(line => line.includes('EW004')) ?? '',
      /becomes 1460 \(as the file says\), and TCP segments on pppoe may grow by 8 bytes, and a line of 1492 has no room/,
    );
  });
});

describe('checks: uplink.mtu', () => {
  it('against the line', () => {
    const said = (mtu: number): string[] =>
      told(file(`uplink: { mtu: ${mtu} }\n`)).filter(line => line.includes('EW144'));
    assert.deepEqual(said(1500), [
      "warning EW144 3:16 uplink.mtu is 1500, and the way to the internet takes 1492 (pppoe0): tunnels that count on 1500 send packets that don't fit",
    ]);
    assert.deepEqual(said(1492), []);
    assert.deepEqual(said(1400), []);
  });
});
