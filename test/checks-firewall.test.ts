// What the checks of ports and rulesets say about a home with one tunnel, and about single things that can be wrong there.
import assert from 'node:assert/strict';
import { checks } from '../src/plan/checks/all.ts';
import { makePlan } from '../src/plan/make.ts';
import type { Tunnel } from '../src/site/site.ts';
import { aPeer, aRouter, aSite, aTunnel, placeOf } from './support/builders.ts';

const home = [
  'interfaces ethernet eth0 address 198.51.100.2/24',
  'interfaces ethernet eth0 firewall local name WAN_LOCAL',
  'system gateway-address 198.51.100.1',
  'firewall name WAN_LOCAL default-action drop',
  'firewall name WAN_LOCAL rule 10 action accept',
  'firewall name WAN_LOCAL rule 10 state established enable',
];

const found = (router: readonly string[], more: Partial<Tunnel> = {}): string[] => {
  const peer = aPeer(1, {
    endpoint: { host: '203.0.113.4', port: 51820, family: 4 },
    allowedIPs: ['192.168.5.4/32'],
    persistentKeepalive: 25,
  });
  const tunnel = aTunnel('wg4', {
    listenPort: 51824,
    openPort: { at: ['openPort'], ipv4: 24, asNeeded: false },
    unfiltered: 'tried elsewhere',
    peers: [peer],
    ...more,
  });
  return makePlan({ site: aSite([tunnel]), placeOf, running: aRouter(...router) }, checks)
    .diagnostics.filter(({ code }) => code >= 'EW002' && code !== 'EW012')
    .map(({ severity, code, message }) => `${severity} ${code} ${message}`);
};

describe('checks: ports and rulesets', () => {
  it('tell what becomes reachable', () => {
    assert.deepEqual(found(home), [
      'note EW100 wg4: port 51824 becomes reachable over IPv4 at eth0 by rule 24 of WAN_LOCAL (accept)',
    ]);
  });

  it('tell the rule that comes before', () => {
    assert.deepEqual(
      found([
        ...home,
        'firewall name WAN_LOCAL rule 22 action drop',
        'firewall name WAN_LOCAL rule 22 protocol udp',
      ]),
      [
        'error EW101 wg4: port 51824 is closed over IPv4 at eth0: rule 22 of WAN_LOCAL (drop) comes before rule 24 of WAN_LOCAL, which opens it',
      ],
    );
  });

  it("tell of somebody else's interface that has the port, and leave it alone", () => {
    const [first, ...rest] = found([...home, 'interfaces wireguard wg0 listen-port 51824']);
    assert.match(first ?? '', /^note EW100/);
    assert.deepEqual(rest, ['error EW110 wg4: port 51824 is taken by wg0']);
  });
});
