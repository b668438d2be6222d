// What an apply does to tunnels that are up, to routes of the kernel, and to the session that applies it.
import assert from 'node:assert/strict';
import { checks } from '../../src/checks/all.ts';
import { explanations } from '../../src/checks/explain.ts';
import { makePlan } from '../../src/plan/make.ts';
import { withSilences } from '../../src/plan/silence.ts';
import type { RouterFacts } from '../../src/plan/types/facts.ts';
import type { Finding, Plan, Severity } from '../../src/plan/types/plan.ts';
import { loadSite } from '../../src/site/load.ts';
import { aRouter, key, someFacts } from '../support/builders.ts';
import { but } from '../support/checked.ts';

const site = `version: 1
router: { host: 192.168.2.1 }
manages: { interfaces: [wg4] }
mssClamp: { ipv4: off, ipv6: off }
tunnels:
  wg4:
    address: [192.168.5.14/32, "fd00:5::14/64"]
    listenPort: 51824
    mtu: 1420
    unfiltered: a test
    peers:
      srv4:
        publicKey: ${key(4)}
        endpoint: 203.0.113.4:51820
        allowedIPs: [10.42.4.0/24]
      laptop:
        publicKey: ${key(5)}
        description: laptop
        allowedIPs: [10.9.0.5/32]
    routes:
      10.42.4.0/24: pods
      10.9.0.5/32: laptop
`;

const router = `
interfaces ethernet eth0 address 198.51.100.2/24
interfaces ethernet eth1 address 192.168.2.1/24
interfaces ethernet eth1 address fd00:2::1/64
system gateway-address 198.51.100.1
service ssh port 22
interfaces wireguard wg4 address 192.168.5.14/32
interfaces wireguard wg4 address fd00:5::14/64
interfaces wireguard wg4 listen-port 51824
interfaces wireguard wg4 mtu 1420
interfaces wireguard wg4 private-key /config/auth/wg4.key
interfaces wireguard wg4 route-allowed-ips false
interfaces wireguard wg4 peer ${key(4)} allowed-ips 10.42.4.0/24
interfaces wireguard wg4 peer ${key(4)} endpoint 203.0.113.4:51820
interfaces wireguard wg4 peer ${key(5)} allowed-ips 10.9.0.5/32
interfaces wireguard wg4 peer ${key(5)} description laptop
protocols static interface-route 10.42.4.0/24 next-hop-interface wg4 description pods
protocols static interface-route 10.9.0.5/32 next-hop-interface wg4 description laptop
service ubnt-discover interface wg4 disable
firewall name K8S_IN default-action drop
firewall ipv6-name LAN6 default-action drop`;

const planOf = (file: string, running: string, facts?: RouterFacts): Plan => {
  const { site: loaded, place } = loadSite(file, 'edgewg.yaml');
  const lines = running.split('\n').filter(line => line.trim() !== '');
  return makePlan(
    { site: loaded, placeOf: path => place(path), running: aRouter(...lines), ...(facts && { facts }) },
    checks,
  );
};
const keyFile = { path: '/config/auth/wg4.key', mode: '640:ubnt:vyattacfg', changed: 0, publicKey: key(8) };
const keyFiles = new Map([[keyFile.path, keyFile]]);

describe('impact of a change on a tunnel', () => {
  const effect = (file: string, running = router, facts?: RouterFacts): [string, string][] =>
    (planOf(file, running, facts).impacts ?? []).map(one => [one.effect, one.text]);

  const cases: [string, [from: string, to: string][], string, RegExp][] = [
    [
      'a new peer',
      [['      laptop:', `      more: { publicKey: ${key(6)} }\n      laptop:`]],
      'keeps',
      /other peers keep/,
    ],
    ['a new MTU', [['mtu: 1420', 'mtu: 1412']], 'keeps', /^sessions go on$/],
    ['another endpoint', [['203.0.113.4:51820', '203.0.113.9:51820']], 'keeps', /at the new endpoint/],
    ['no endpoint', [['        endpoint: 203.0.113.4:51820\n', '']], 'peer', /taken out and put in again/],
    [
      'a disabled peer',
      [['      laptop:\n', '      laptop:\n        disable: true\n']],
      'peer',
      /taken out and put in/,
    ],
    [
      'a preshared key',
      [['      laptop:\n', '      laptop:\n        presharedKey: /config/auth/p.key\n']],
      'keeps',
      /within two minutes/,
    ],
    ['another port', [['listenPort: 51824', 'listenPort: 51844']], 'peer', /needs the new port/],
    [
      'another key',
      [['    mtu:', '    privateKey: /config/auth/new.key\n    mtu:']],
      'handshakes',
      /somebody else/,
    ],
    ['its first address gone', [['192.168.5.14/32, ', '']], 'peer', /^fd00:5::14\/64 is gone for a moment/],
    ['its last address gone', [[', "fd00:5::14/64"', '']], 'keeps', /^sessions go on$/],
    [
      'a ruleset',
      [['    mtu:', '    firewall: { in: { ipv4: K8S_IN } }\n    mtu:']],
      'flaps',
      /goes down and up: every peer handshakes anew, and loses fd00:5::14\/64, which the apply adds again$/,
    ],
    ['disable', [['    mtu:', '    disable: true\n    mtu:']], 'flaps', /goes down and up/],
    ['a route', [['      10.42.4.0/24: pods\n', '']], '', /^$/],
  ];
  for (const [what, changes, expected, text] of cases)
    it(`${what}: ${expected || 'none'}`, () => {
      const [[worst, told] = ['', '']] = effect(but(site, ...changes));
      assert.equal(worst, expected);
      assert.match(told, text);
    });

  it('a peer that goes ends its session', () => {
    const laptop = site.slice(site.indexOf('      laptop:\n'), site.indexOf('    routes:'));
    assert.deepEqual(effect(but(site, [laptop, ''])), [
      ['peer', 'the session of this peer ends, the others go on'],
    ]);
  });

  it('the same key in a file: none', () => {
    const literal = 'yAYFhBnOloq5U06nCTalDvhCnaLBroX06J927dHTjXY=';
    const running = router.replace('private-key /config/auth/wg4.key', `private-key ${literal}`);
    assert.deepEqual(effect(site, running, someFacts()), [
      ['keeps', 'the key moves into its file: sessions go on'],
    ]);
    assert.equal(effect(site, running, someFacts({ keyFiles }))[0]?.[0], 'handshakes');
  });

  it('a new interface interrupts nothing, and one that goes ends its sessions', () => {
    const without = router
      .split('\n')
      .filter(line => !line.includes('wireguard'))
      .join('\n');
    assert.deepEqual(effect(site, without), [['new', 'new: nothing that runs is interrupted']]);
    const gone = `${site.slice(0, site.indexOf('tunnels:'))}tunnels: {}\n`;
    assert.deepEqual(effect(gone), [['gone', 'removed, and its sessions with it']]);
  });

  it('a new interface gets its rulesets in the commit that makes it, so that it need not flap for them', () => {
    const file = but(site, [
      '    mtu: 1420\n    unfiltered: a test',
      '    mtu: 1420\n    firewall: { in: { ipv4: NEW } }',
    ]).concat('rulesets: { NEW: { family: ipv4, default: drop } }\nabsent: { rulesets: [OLD] }\n');
    // the ruleset that goes is attached to an interface of the same plan, which takes a second commit
    const running = router
      .split('\n')
      .filter(line => !line.includes('wg4'))
      .concat(
        'interfaces wireguard wg5 firewall in name OLD',
        'interfaces wireguard wg5 private-key /config/auth/wg5.key',
        'firewall name OLD default-action drop',
      )
      .join('\n');
    const two = but(file, ['interfaces: [wg4]', 'interfaces: [wg4, wg5]']);
    const { commits, impacts } = planOf(two, running);
    assert.equal(commits.length, 2);
    const first = commits[0]?.run.map(({ op, path }) => `${op} ${path.join(' ')}`) ?? [];
    assert.ok(first.includes('set interfaces wireguard wg4 firewall in name NEW'));
    assert.ok(first.includes('set interfaces wireguard wg4 listen-port 51824'));
    assert.ok(first.includes('set firewall name NEW default-action drop'));
    assert.ok(commits[1]?.run.every(({ path }) => path[0] !== 'interfaces'));
    assert.equal(impacts?.find(({ tunnel }) => tunnel === 'wg4')?.effect, 'new');
  });

  it('every change takes the interface down with an old package', () => {
    const file = but(site, ['mtu: 1420', 'mtu: 1412']);
    const old = someFacts({ wireguardPackage: '1.0.20210219-1', keyFiles });
    assert.equal(effect(file, router, old)[0]?.[0], 'flaps');
    const next = someFacts({ wireguardPackage: '1.0.20210219-2', keyFiles });
    assert.equal(effect(file, router, next)[0]?.[0], 'keeps');
  });

  it('stands at each change, in short', () => {
    const file = but(site, ['    mtu: 1420', '    firewall: { in: { ipv4: K8S_IN } }\n    mtu: 1412']);
    assert.deepEqual(
      planOf(file, router).changes.map(({ path, impact }) => [path.slice(3).join(' '), impact]),
      [
        ['mtu', 'sessions go on'],
        ['firewall in name', 'takes the interface down and up'],
      ],
    );
  });
});

describe('checks: routes of route-allowed-ips', () => {
  const found = (file: string, running: string, code: string): Finding | undefined =>
    planOf(file, running).diagnostics.find(diagnostic => diagnostic.code === code);
  const on = router
    .replace('route-allowed-ips false', 'route-allowed-ips true')
    .replace(/protocols static interface-route.*\n/g, '');

  it('are missed where they are switched off, and nothing else carries the prefix', () => {
    const file = but(site, ['      10.42.4.0/24: pods\n', '']);
    const told = found(file, on, 'EW240');
    assert.equal(
      told?.message,
      'wg4: route-allowed-ips goes from true to false, and with it the route to 10.42.4.0/24',
    );
    assert.equal(told?.hint, 'add under routes of wg4: 10.42.4.0/24: wg4; or say routeAllowedIPs: true');
    assert.deepEqual(told?.running?.path.slice(3), ['route-allowed-ips', 'true']);
    assert.equal(found(site, on, 'EW240'), undefined);
    assert.equal(found(but(file, ['allowedIPs: [10.42.4.0/24]', 'allowedIPs: []']), on, 'EW240'), undefined);
    assert.equal(
      found(but(file, ['    mtu:', '    routeAllowedIPs: true\n    mtu:']), on, 'EW240'),
      undefined,
    );
  });

  it('vanish when the interface goes down and up', () => {
    const file = but(
      site,
      ['    mtu:', '    routeAllowedIPs: true\n    firewall: { in: { ipv4: K8S_IN } }\n    mtu:'],
      ['      10.42.4.0/24: pods\n', ''],
    );
    assert.match(
      found(file, on, 'EW241')?.message ?? '',
      /^wg4 goes down and up, and loses .* to 10\.42\.4\.0\/24 until/,
    );
    assert.equal(found(but(file, ['    firewall: { in: { ipv4: K8S_IN } }\n', '']), on, 'EW241'), undefined);
  });
});

describe('checks: can this cut me off?', () => {
  const lan = { from: '192.168.2.50', fromPort: 50000, to: '192.168.2.1', toPort: 22 };
  const outside = { ...lan, from: '203.0.113.77', to: '198.51.100.2' };
  const tunnelled = { ...lan, from: '10.9.0.5', to: '192.168.5.14' };
  const change: [string, string] = ['mtu: 1420', 'mtu: 1412'];

  const verdict = (file: string, session: typeof lan | undefined, running = router): string => {
    const plan = planOf(file, running, someFacts({ session, keyFiles }));
    const told = plan.diagnostics.filter(({ code }) => /^EW23/.test(code));
    assert.ok(told.length <= 1);
    return told
      .map(({ code, allow, message }) => `${code}${allow === undefined ? '' : ` ${allow}`} ${message}`)
      .join();
  };

  it('no: nothing changes on the way', () => {
    assert.equal(
      verdict(but(site, change), lan),
      "EW232 this plan doesn't cut off the session that applies it: the way of 192.168.2.50 → 192.168.2.1:22 by eth1 stays open, let in by nothing, since no ruleset is attached; answers go by 192.168.2.0/24 → eth1 (connected)",
    );
    assert.match(verdict(but(site, change), outside), /^EW232 .* by eth0 stays open.*0\.0\.0\.0\/0 → eth0/);
    assert.match(verdict(but(site, change), tunnelled), /^EW232 .* by wg4 stays open/);
  });

  it('nothing is said of a plan that changes nothing, nor where nobody was asked', () => {
    assert.equal(verdict(site, lan), '');
    assert.deepEqual(
      planOf(but(site, change), router).diagnostics.filter(({ code }) => code.startsWith('EW23')),
      [],
    );
    assert.match(verdict(but(site, change), undefined), /^EW231 it is unknown .* said nothing of it$/);
    assert.equal(verdict(but(site, change), { ...lan, from: '127.0.0.1' }), '', 'a jump through the router');
  });

  it('yes, when the answers would go into a tunnel', () => {
    const file = but(
      site,
      ['allowedIPs: [10.42.4.0/24]', 'allowedIPs: [10.42.4.0/24, 203.0.113.64/26]'],
      ['10.42.4.0/24: pods', '10.42.4.0/24: pods\n      203.0.113.64/26: office'],
    );
    assert.match(
      verdict(file, outside),
      /^EW230 cut-off this plan cuts off the session that applies it \(203\.0\.113\.77 → 198\.51\.100\.2:22 by eth0\): answers to 203\.0\.113\.77 go another way: 203\.0\.113\.64\/26 → wg4 \(line 22\)$/,
    );
    assert.match(verdict(file, lan), /^EW232/);
  });

  it('yes, when a ruleset of the file shuts it out', () => {
    const file = `${but(site, change)}rulesets:
  WAN_LOCAL: { family: ipv4, default: drop, rules: { 10: { action: accept, state: [established] } } }
`;
    const guarded = `${router}
firewall name WAN_LOCAL default-action drop
firewall name WAN_LOCAL rule 10 action accept
firewall name WAN_LOCAL rule 20 action accept
firewall name WAN_LOCAL rule 20 protocol tcp
firewall name WAN_LOCAL rule 20 destination port 22
interfaces ethernet eth0 firewall local name WAN_LOCAL`;
    assert.match(
      verdict(file, outside, guarded),
      /^EW230 cut-off .*: 203\.0\.113\.77 is refused at eth0 by the default action of WAN_LOCAL \(drop\)$/,
    );
    assert.match(verdict(file, lan, guarded), /^EW232/);
  });

  it('through the tunnel that changes: by its peer, its key, its port, its address', () => {
    const laptop = site.slice(site.indexOf('      laptop:\n'), site.indexOf('    routes:'));
    assert.match(
      verdict(but(site, [laptop, '']), tunnelled),
      /^EW230 .*its peer on wg4, laptop, may no longer send/,
    );
    assert.match(
      verdict(but(site, ['listenPort: 51824', 'listenPort: 51844']), tunnelled),
      /^EW230 .*wg4 takes another port/,
    );
    assert.match(
      verdict(but(site, ['192.168.5.14/32', '192.168.5.24/32']), tunnelled),
      /^EW230 .*the router loses 192\.168\.5\.14\/32 on wg4/,
    );
    assert.match(
      verdict(but(site, ['    mtu:', '    disable: true\n    mtu:']), tunnelled),
      /^EW230 .*wg4, through which it comes, is disabled/,
    );
    const gone = `${site.slice(0, site.indexOf('tunnels:'))}tunnels: {}\n`;
    assert.match(verdict(gone, tunnelled), /^EW230 .*wg4, through which it comes, is removed/);
    const newKey = but(site, ['    mtu:', '    privateKey: /config/auth/new.key\n    mtu:']);
    assert.match(verdict(newKey, tunnelled), /^EW230 .*somebody else/);
  });

  it("can't tell, when the tunnel goes down and up", () => {
    const file = but(site, ['    mtu:', '    firewall: { in: { ipv4: K8S_IN } }\n    mtu:']);
    assert.match(
      verdict(file, tunnelled),
      /^EW231 .*wg4, through which it comes: the interface goes down and up/,
    );
    assert.match(verdict(file, lan), /^EW232/);
  });

  it("of the tunnel's own packets, from where its peer was last heard", () => {
    const file = but(
      site,
      ['allowedIPs: [10.42.4.0/24]', 'allowedIPs: [10.42.4.0/24, 203.0.113.64/26]'],
      ['10.42.4.0/24: pods', '10.42.4.0/24: pods\n      203.0.113.64/26: office'],
    );
    const peer = {
      publicKey: key(5),
      hasPresharedKey: false,
      endpoint: '203.0.113.77:40000',
      allowedIPs: ['10.9.0.5/32'],
      latestHandshake: 1,
      received: 1,
      sent: 1,
    };
    const live = { publicKey: key(8), listenPort: 51824, peers: [peer], mtu: 1420, addresses: [] };
    const facts = someFacts({ session: tunnelled, keyFiles, interfaces: new Map([['wg4', live]]) });
    const told = planOf(file, router, facts).diagnostics.find(({ code }) => code === 'EW230');
    assert.match(
      told?.message ?? '',
      /: under wg4: answers to 203\.0\.113\.77, where wg4's peer is, go another way: 203\.0\.113\.64\/26 → wg4/,
    );
  });

  it('of a link-local session by its interface', () => {
    const session = { ...lan, from: 'fe80::5%eth1', to: 'fe80::1%eth1' };
    assert.match(verdict(but(site, change), session), /^EW232 .* by eth1 stays open/);
  });
});

describe('silences of the site file', () => {
  const clear = but(site, [
    '10.42.4.0/24: pods',
    '10.42.4.0/24: pods # edgewg-ignore EW214: only tests run there',
  ]);
  const silenced = (file: string, code: string): string | undefined =>
    planOf(file, router).diagnostics.find(one => one.code === code && one.source?.line === 21)?.silenced;

  it('are about the finding on their line, with their reason', () => {
    assert.equal(silenced(clear, 'EW214'), 'only tests run there');
    assert.equal(silenced(but(clear, ['EW214', 'EW213']), 'EW214'), undefined);
    const whole = `${site}ignore: { EW214: a laboratory }\n`;
    assert.equal(silenced(whole, 'EW214'), 'a laboratory');
  });

  it('never lift what a person has to lift by a flag', () => {
    const file = `${site.slice(0, site.indexOf('tunnels:'))}tunnels: {} # edgewg-ignore EW030: please\n`;
    const plan = planOf(file, router);
    const found = plan.diagnostics.find(({ code }) => code === 'EW030');
    assert.equal(found?.silenced, undefined);
  });

  it('lift no error but those that are declared so', () => {
    const finding = (code: string, severity: Severity): Finding => ({
      code,
      severity,
      message: 'm',
      hint: 'h',
    });
    const silences = [...Object.keys(explanations), 'EW999'].map(code => ({ code, reason: 'why' }));
    const lifted = (severity: Severity): string[] =>
      withSilences(
        silences.map(({ code }) => finding(code, severity)),
        silences,
        explanations,
      ).flatMap(({ code, silenced }) => (silenced === undefined ? [] : [code]));
    assert.equal(lifted('warning').length, silences.length);
    const errors = lifted('error').filter(code => !code.startsWith('EW4'));
    assert.deepEqual(errors, [
      'EW002',
      'EW101',
      'EW123',
      'EW134',
      'EW135',
      // without its rule, translated, or without DNS: a tunnel of the file and its clients, and nothing of the router's own
      'EW150',
      'EW152',
      'EW155',
      'EW156',
      'EW211',
      'EW212',
      'EW214',
      'EW215',
      'EW216',
      'EW221',
      // packets of the clients that the file names
      'EW261',
      'EW262',
      'EW263',
      'EW264',
    ]);
    const [refused] = withSilences([finding('EW021', 'error')], silences, explanations);
    assert.equal(refused?.hint, "h; the site file asks to ignore it, which it can't");
  });
});
